from __future__ import annotations

import zipfile

import pytest

from praxi_tasks.inventory.binary import java_classes
from praxi_tasks.inventory.binary.java_names import Artifact
from tests.inventory.binary.programs import releases
from tests.support.java import jar, manifest, pom

CLASSES = {f"org/example/tool/{name}.class": name.encode() for name in ("A", "B", "in/C")}
TOOL = Artifact("org.example", "tool", "1.2.0")


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("jars") / "tool.jar"
    file.write_bytes(jar(CLASSES))
    with zipfile.ZipFile(file) as archive:
        told = java_classes.digest(archive.filelist)
    monkeypatch.setattr(java_classes, "_known", lambda: {"org/example/tool": {told: TOOL}})


@pytest.mark.parametrize(
    ("members", "named"),
    [
        (CLASSES, ["maven/org.example:tool@1.2.0"]),
        ({**CLASSES, "com/other/X.class": b"x", "module-info.class": b""}, ["maven/org.example:tool@1.2.0"]),
        ({**CLASSES, "META-INF/versions/9/org/example/tool/A.class": b"x"}, ["maven/org.example:tool@1.2.0"]),
        ({**CLASSES, "org/example/tool/A.class": b"patched"}, []),
        ({**CLASSES, "org/example/tool/D.class": b"more"}, []),
        (dict(list(CLASSES.items())[1:]), []),
        ({f"shaded/{name}": data for name, data in CLASSES.items()}, []),
        ({**CLASSES, **pom("a.b", "app", "7")}, ["maven/a.b:app@7"]),
        (
            {**CLASSES, **manifest(Implementation_Title="app", Implementation_Version="7")},
            ["maven/app:app@7", "maven/org.example:tool@1.2.0"],
        ),
    ],
)
def test_a_library_by_all_of_its_classes(members: dict[str, bytes], named: list[str]) -> None:
    assert releases(jar(members), "opt/app.jar") == named


def test_a_jar_that_names_itself_is_not_named_twice() -> None:
    assert releases(jar(CLASSES), "opt/tool-1.2.0.jar") == ["maven/tool:tool@1.2.0"]


def test_the_table_has_what_is_most_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    known = {artifact.name for rows in java_classes._known().values() for artifact in rows.values()}
    assert {"commons-text", "jackson-databind", "log4j-core", "snakeyaml", "zookeeper"} <= known

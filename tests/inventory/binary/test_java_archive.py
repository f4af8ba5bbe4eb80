from __future__ import annotations

import zipfile

import pytest

from praxi_tasks.inventory.binary.inspect import Inspector, part_to_read
from praxi_tasks.inventory.binary.java_archive import may_be_java
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.oci.layer import FileContent
from tests.inventory.binary.programs import inspect, releases
from tests.support.java import jar, manifest, pom

GUAVA = jar({**manifest(), **pom("com.google.guava", "guava", "31.1-jre"), "a/B.class": b"\xca\xfe\xba\xbe"})
GSON = jar({**manifest(Implementation_Title="Gson"), "a/B.class": b"x"})


def test_an_archive_of_maven() -> None:
    assert releases(GUAVA, "opt/x.jar") == ["maven/com.google.guava:guava@31.1-jre"]


def test_archives_in_archives() -> None:
    fat = jar(
        {
            **manifest(Main_Class="org.springframework.boot.loader.JarLauncher"),
            **pom("org.example", "app", "1.0"),
            "BOOT-INF/lib/guava-31.1-jre.jar": GUAVA,
            "BOOT-INF/lib/gson-2.8.5.jar": GSON,
            "BOOT-INF/lib/more.war": jar({"WEB-INF/lib/deep.ear": jar({"x/guava.jar": GUAVA})}),
            "docs/readme.txt": b"x",
        },
        method=zipfile.ZIP_STORED,
    )
    assert releases(fat, "app.jar") == [
        "maven/org.example:app@1.0",
        "maven/com.google.guava:guava@31.1-jre",
        "maven/com.google.code.gson:gson@2.8.5",
    ]


def test_an_archive_that_runs_by_itself() -> None:
    script = b"#!/bin/bash\n#\n#    .   ____          _            __ _ _\nexec java -jar $0\nexit 0\n"
    data = script + jar({**manifest(), **pom("org.example", "app", "1.0"), "BOOT-INF/lib/guava.jar": GUAVA})
    assert part_to_read(b"srv/app", data[:64])
    assert releases(data, "srv/app") == [
        "maven/org.example:app@1.0",
        "maven/com.google.guava:guava@31.1-jre",
    ]


def test_what_is_in_an_archive_of_no_javas() -> None:
    assert releases(jar({"dist/gson-2.8.5.jar": GSON, "README": b"x"}), "opt/dist.zip") == [
        "maven/com.google.code.gson:gson@2.8.5"
    ]
    assert releases(jar({"a.txt": b"x"}), "opt/a-1.0.zip") == []


def test_several_versions_in_one_archive() -> None:
    shaded = jar(
        {
            **pom("a.b", "c", "1"),
            "META-INF/maven/d.e/f/pom.xml": b"<project/>",
            "lib/c-2.jar": jar(pom("a.b", "c", "2")),
        }
    )
    assert releases(shaded, "all.jar") == ["maven/a.b:c@1", "maven/a.b:c@2"]


def test_without_a_pom_the_path_of_its_source_counts() -> None:
    data = jar({"META-INF/maven/org.example/tool/pom.xml": b"<project/>"})
    assert releases(data, "lib/tool-1.2.jar") == ["maven/org.example:tool@1.2"]


@pytest.mark.parametrize(
    "data",
    [GUAVA[:200], GUAVA[:-30], GUAVA.replace(b"PK\x01\x02", b"PK\x09\x09"), b"PK\x03\x04"],
)
def test_a_damaged_archive_is_told(data: bytes) -> None:
    found = inspect(data, "opt/x.jar")
    assert not found.claims
    assert "x.jar is damaged" in found.problems[0]
    assert not inspect(data, "opt/x.zip").problems


def test_a_damaged_archive_in_another_costs_itself() -> None:
    found = inspect(jar({"a-1.jar": GUAVA[:300], "b-2.jar": GSON}), "x.zip")
    assert [claim.name for claim in found.claims] == ["b:b"]
    assert found.problems == ("a-1.jar is damaged: File is not a zip file",)


def nested(depth: int) -> bytes:
    data = GSON
    for number in range(depth):
        data = jar({f"a-{number}.jar": data})
    return data


@pytest.mark.parametrize(
    ("data", "limits", "setting"),
    [
        (jar({str(number): b"" for number in range(30)}), {"max_archive_members": 29}, "MEMBERS"),
        (jar({"a.jar": GUAVA, "b.jar": GUAVA}), {"max_archive_members": 4}, "MEMBERS"),
        (nested(5), {"max_archive_depth": 4}, "DEPTH"),
        (jar({"a.jar": bytes(1 << 20)}), {"max_archive_bytes": 1 << 19}, "BYTES"),
        (jar({**manifest(), "a.jar": GUAVA, "b.jar": GUAVA}), {"max_archive_bytes": 900}, "BYTES"),
    ],
)
def test_what_is_over_a_limit_is_told(
    data: bytes, limits: dict[str, int], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setenv(f"PRAXI_INVENTORY_{name.upper()}", str(value))
    found = Inspector(InventoryLimits()).inspect("x.jar", FileContent(data, len(data)))
    assert f"PRAXI_INVENTORY_MAX_ARCHIVE_{setting}" in found.problems[0]


def test_members_that_overlap_take_what_they_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb of one content that many members of the directory share (Fifield, 2019)."""
    monkeypatch.setenv("PRAXI_INVENTORY_MAX_ARCHIVE_BYTES", str(8 << 20))
    data = bytearray(jar({f"{number:03}.jar": bytes(1 << 20) if not number else b"" for number in range(99)}))
    start = data.index(b"PK\x01\x02")
    entry = len(data[start : data.index(b"PK\x01\x02", start + 4)])
    first = bytes(data[start : start + entry])
    for number in range(1, 99):
        place = start + number * entry
        data[place : place + entry] = first[:46] + f"{number:03}.jar".encode()
    found = inspect(bytes(data), "x.jar")
    assert not found.claims
    assert found.problems


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_java_can_not_unpack_is_not_unpacked(method: int) -> None:
    assert "Java does not know" in inspect(jar({"a-1.jar": GUAVA}, method=method), "x.jar").problems[0]


@pytest.mark.parametrize(
    ("first", "wanted"), [("a.npy", False), ("META-INF/x.xml", True), ("org/A.class", True)]
)
def test_archives_of_others_are_told_by_their_first_member(first: str, wanted: bool) -> None:
    assert may_be_java(jar({first: b"x"})[:64]) is wanted

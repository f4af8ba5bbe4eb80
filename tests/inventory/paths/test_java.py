from __future__ import annotations

import pytest

from tests.inventory.paths.named import found, named


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("jackson-core-2.15.2.jar", "jackson-core"),
        ("kafka-clients-3.5.1.jar", "org.apache.kafka:kafka-clients"),
        ("ours-tool-1.0.0.jar", "ours-tool"),
        ("app.jar", ""),
        ("ours-tool-1.0.0-sources.jar", ""),
        ("1.0.jar", ""),
    ],
)
def test_a_jar_is_called_after_its_artifact(file: str, name: str) -> None:
    assert named([f"opt/lib/{file}"]) == ([f"maven/{name}"] if name else [])


def test_the_version_in_a_name_is_shown_and_not_said() -> None:
    (jar,) = found(["opt/lib/ours-tool-1.0.0.jar"])
    assert (jar.version, jar.evidence) == ("", ("opt/lib/ours-tool-1.0.0.jar",))

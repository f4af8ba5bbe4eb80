from __future__ import annotations

import pytest

from praxi_tasks.findings.packages.programs import advised_name, advised_version, same_release


@pytest.mark.parametrize(
    ("version", "advised"),
    [
        ("1.8.0_382", "8.0.382"),
        ("1.8.0_382-b05", "8.0.382"),
        ("17.0.11+9-Ubuntu-1", "17.0.11"),
        ("3.13.0rc2+", "3.13.0rc2"),
        ("22.3.0", "22.3.0"),
    ],
)
def test_versions_as_advisories_write_them(version: str, advised: str) -> None:
    assert advised_version(version) == advised


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("3.3.4", "3.3.4p94", True),
        ("3.3.4p94", "3.3.4", True),
        ("1.9.5p1", "1.9.5p2", False),
        ("8.0.382", "1.8.0_382-b05", True),
        ("3.12.4", "3.12.5", False),
    ],
)
def test_what_two_files_of_a_program_tell(left: str, right: str, same: bool) -> None:
    assert same_release(left, right) is same


def test_names_that_advisories_have_for_them() -> None:
    assert [advised_name(name) for name in ("go", "openjdk", "python")] == ["golang", "java", "python"]

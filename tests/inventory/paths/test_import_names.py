from __future__ import annotations

import re
from importlib import resources

import pytest

from praxi_tasks.inventory.paths.import_names import owners_of, parts_of

ROW = re.compile(r"[\w/]+(\t(-|\*( [\w.-]+)+|[\w.-]+:\d+( [\w.-]+:\d+)*))?")


def test_each_row_of_the_table_is_one_that_is_read() -> None:
    lines = (
        (resources.files("praxi_tasks.inventory.paths") / "import_names.tsv").read_text("utf-8").splitlines()
    )
    assert len(lines) > 10_000
    assert [line for line in lines if not ROW.fullmatch(line)] == []
    names = [line.partition("\t")[0] for line in lines]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("numpy", "numpy"),
        ("cv2", "opencv-python"),
        ("Bio", "biopython"),
        ("attr", "attrs"),
        ("git", "gitpython"),
    ],
)
def test_the_distribution_that_is_used_most(name: str, best: str) -> None:
    owners = owners_of(name)
    assert owners is not None
    assert max(owners.shares, key=lambda each: owners.shares[each]) == best


def test_names_that_say_nothing_are_of_nobody() -> None:
    for name in ("tests", "json", "utils", "setup"):
        owners = owners_of(name)
        assert owners is not None
        assert not owners.shares
    assert owners_of("nobody_knows_this_import") is None


def test_the_innermost_part_of_a_namespace_comes_first() -> None:
    assert next(parts_of("google", ("cloud", "storage", "x"))) == ("google-cloud-storage", 3)
    assert next(parts_of("google", ("protobuf",))) == ("protobuf", 2)
    assert not list(parts_of("google", ("_private",)))

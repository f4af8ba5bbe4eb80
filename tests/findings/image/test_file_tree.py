"""What the layers of an image leave behind."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.image.file_tree import FileTree
from tests.findings.images import Changes, layer

PARTS = st.sampled_from(["a", "b", "a-b", "a.b", "é", "0"])
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join), unique=True, max_size=12)


def tree(paths: list[str]) -> FileTree:
    return FileTree([Changes("sha256:0", paths, [ord("f")] * len(paths))])


@given(PATHS, st.lists(PARTS, min_size=1, max_size=4).map("/".join))
def test_a_folder_exists_if_a_file_lies_below_it(paths: list[str], asked: str) -> None:
    expected = any(path == asked or path.startswith(f"{asked}/") for path in paths)
    assert tree(paths).exists(asked) is expected


def test_deep_paths_cost_memory_by_their_length_alone() -> None:
    paths = [f"{number}/" + "a/" * 1_000 + "f" for number in range(400)]
    tracemalloc.start()
    found = tree(paths)
    assert found.exists("7/a/a")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def linked(links: dict[str, str], *files: str) -> FileTree:
    return FileTree([layer(1, files, links=links).changes])


@pytest.mark.parametrize(
    ("links", "file", "asked"),
    [
        ({"usr/sbin": "bin"}, "usr/bin/useradd", "usr/sbin/useradd"),
        ({"usr/sbin": "bin"}, "usr/sbin/useradd", "usr/bin/useradd"),
        ({"usr/sbin": "bin", "sbin": "usr/sbin"}, "usr/bin/useradd", "sbin/useradd"),
        ({"lib64": "usr/lib"}, "usr/lib/x.so", "lib64/x.so"),
        ({"var/lib/rpm": "../../usr/lib/sysimage/rpm"}, "usr/lib/sysimage/rpm/x", "var/lib/rpm/x"),
        ({"opt/a": "/opt/b", "opt/b": "c"}, "opt/c/x", "opt/a/x"),
        ({"opt/a": "/srv", "opt/a/b": "c"}, "srv/c/x", "opt/a/b/x"),
        ({"up": "../../.."}, "usr/bin/x", "up/bin/x"),
    ],
)
def test_one_file_is_one_file_by_whatever_name(links: dict[str, str], file: str, asked: str) -> None:
    found = linked(links, file)
    assert found.exists(asked)
    assert found.place(asked) == found.place(file)
    assert len(found.regular_files) == 1


def test_links_in_circles_end() -> None:
    found = linked({"a": "b", "b": "a", "c": "c/c/c"}, "a/x", "c/y")
    assert not found.exists("d/x")
    assert len(found.regular_files) == 2


def test_a_link_that_goes_leads_nowhere() -> None:
    lower = layer(1, ["usr/bin/x"], links={"usr/sbin": "bin"})
    for upper in (layer(2, whiteouts=["usr/sbin"]), layer(2, folders=["usr/sbin"]), layer(2, ["usr/sbin"])):
        tree = FileTree([lower.changes, upper.changes])
        assert tree.exists("usr/bin/x")
        assert not tree.exists("usr/sbin/x")


def test_a_whiteout_of_a_link_is_none_of_what_it_leads_to() -> None:
    lower = layer(1, ["usr/lib/x"], links={"lib": "usr/lib"})
    assert FileTree([lower.changes, layer(2, whiteouts=["lib"]).changes]).exists("usr/lib/x")


def test_deep_links_cost_little() -> None:
    deep = "/".join("a" * 1_000)
    links = {f"{number}/{deep}": "x" for number in range(300)}
    assert len(linked(links, *(f"{place}/f" for place in links)).regular_files) == 300

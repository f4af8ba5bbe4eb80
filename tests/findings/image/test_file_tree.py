"""What the layers of an image leave behind."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.image.file_tree import FileTree
from tests.findings.images import Changes

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

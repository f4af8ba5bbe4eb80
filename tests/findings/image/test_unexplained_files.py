"""What is counted of an image's unexplained files is told in the same order by every process."""

from __future__ import annotations

from itertools import permutations

from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.findings.image.unexplained_files import UnexplainedFiles, find_unexplained_files
from tests.findings.images import layer

FOLDERS = ("opt/a", "opt/b", "opt/c")


def found(folders: tuple[str, ...]) -> UnexplainedFiles:
    layers = [layer(n, [f"{folder}/tool"], roots={folder: 1}) for n, folder in enumerate(folders, 1)]
    return find_unexplained_files(fuse(layers))


def test_folders_with_as_many_files_come_by_name_and_of_layers_the_lowest() -> None:
    for folders in permutations(FOLDERS):
        rest = found(folders)
        assert [root.path for root in rest.roots] == list(FOLDERS)
        assert rest.layer == fuse([layer(1, ["opt/x"])]).digests[0]


def test_a_file_counts_for_the_lowest_root_above_it() -> None:
    deep = "opt/a/" + "b/" * 1500 + "tool"
    roots = {"opt/a": 1, "opt/a/b": 1, "opt/a/bc": 1, "/srv/\\x1b": 1}
    files = [deep, "opt/a/tool", "opt/ab/tool", "srv/\x1b/tool"]
    rest = find_unexplained_files(fuse([layer(1, files, roots=roots)]))
    assert {root.path: root.files for root in rest.roots} == {"opt/a/b": 1, "opt/a": 1, "srv/\\x1b": 1}


def test_the_root_is_above_every_file() -> None:
    rest = find_unexplained_files(fuse([layer(1, ["a/tool", "tool"], roots={"/": 2})]))
    assert {root.path: root.files for root in rest.roots} == {"": 2}

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

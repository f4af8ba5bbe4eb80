"""The files of an image that no database claims and no known release explains."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, TypeVar

from praxi_tasks.discovery import UnexplainedRoot
from praxi_tasks.findings.image.file_tree import FileTree, significant
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.image.own_folders import own_folders
from praxi_tasks.printable import printable

T = TypeVar("T", int, str)

_DEPTH: Final = 4
_SHOWN_ROOTS: Final = 20


@dataclass(frozen=True)
class UnexplainedFiles:
    """How many regular files are unexplained, under which roots, and their share of the image's."""

    files: int
    total: int
    roots: tuple[UnexplainedRoot, ...]
    layer: str

    @property
    def share(self) -> float:
        """Unexplained files as a share of all regular files, 0 to 1."""
        return self.files / self.total if self.total else 0.0


def find_unexplained_files(image: FusedImage) -> UnexplainedFiles:
    """Count an image's unexplained regular files.

    A file is unexplained if no database of any layer lists it and, where its layer has a prediction, it
    lies under one of the roots that the model could not explain. Settings, caches, documentation and byte
    code belong to whatever wrote them and are not counted as unexplained; nor are package databases that were
    read, and the library that an interpreter brings with it.
    """
    regular = image.tree.regular_files
    open_roots = [
        _Roots(layer.prediction.unexplained.roots, image.tree) if layer.prediction else None
        for layer in image.layers
    ]
    own = own_folders(image, regular)
    by_layer: Counter[int] = Counter()
    by_folder: Counter[str] = Counter()
    for path, number in regular.items():
        if path in image.claimed or not significant(path) or own.hold(path):
            continue
        roots = open_roots[number]
        root = _folder(path) if roots is None else roots.above(path)
        if root is not None:
            by_layer[number] += 1
            by_folder[root] += 1
    layer = image.digests[_most_first(by_layer)[0][0]] if by_layer else ""
    most = _most_first(by_folder)[:_SHOWN_ROOTS]
    roots_found = tuple(UnexplainedRoot(path, files) for path, files in most)
    return UnexplainedFiles(by_layer.total(), len(regular), roots_found, layer)


def _most_first(counts: Counter[T]) -> list[tuple[T, int]]:
    """Return items and counts, the largest first; what is equal is in the same order for every process."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


class _Roots:
    """The unexplained roots of a layer, asked by path."""

    def __init__(self, roots: tuple[UnexplainedRoot, ...], tree: FileTree) -> None:
        self._roots = {tree.place(f"{root.path.strip('/')}/.").removesuffix("/.") for root in roots}
        self._lengths = sorted({len(root) for root in self._roots}, reverse=True)

    def above(self, path: str) -> str | None:
        """Return the lowest root above a path, or None if the model explained it; roots are printable.

        Roots are few and a path may have thousands of folders: the roots' lengths are tried.
        """
        shown = printable(path)
        heads = (shown[:length] for length in self._lengths if shown[length : length + 1] in {"", "/"})
        head = next((head for head in heads if head in self._roots), None)
        if head is None:
            return "" if "" in self._roots else None
        return head


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:-1][:_DEPTH])

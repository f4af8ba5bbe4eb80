"""Symbolic links to folders: by which other names the files of an image are the same files."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

_MOST_LINKS: Final = 40  # what Linux follows in one path
_LONGEST: Final = 4096


class Folders:
    """Places, and whether another one is below any of them: of each the outermost one is enough.

    To name the folders above a path would take time and memory by the square of its length.
    """

    def __init__(self, places: Iterable[str]) -> None:
        # With NUL for the slash all that lies below a place sorts directly behind it.
        self._keys = list(_outermost(sorted(map(_key, places))))

    def __bool__(self) -> bool:
        return bool(self._keys)

    def above(self, path: str) -> str | None:
        """Return the outermost place above a path, or None if there is none; the root is not asked for."""
        key = _key(path)
        place = bisect_right(self._keys, key) - 1
        if place < 0 or not key.startswith(f"{self._keys[place]}\0"):
            return None
        return path[: len(self._keys[place])]


class FolderLinks:
    """The symbolic links of an image by place; no place is below another, as nothing can be there.

    Parameters
    ----------
    links
        Targets, relative to the root, by the links' places.
    """

    def __init__(self, links: Mapping[str, str] | None = None) -> None:
        self._targets = dict(links or {})
        self._places = Folders(self._targets)

    def __bool__(self) -> bool:
        return bool(self._places)

    def __contains__(self, place: object) -> bool:
        return place in self._targets

    def follow(self, path: str, normal: Callable[[str], str]) -> str:
        """Return where a path leads if the links above it are followed; its last part may be a link itself.

        Parameters
        ----------
        normal
            Returns the form of a path in which links were given.
        """
        path = normal(path)
        for _ in range(_MOST_LINKS):
            link = self._places.above(path)
            if link is None or len(path) > _LONGEST:
                break
            path = normal(f"{self._targets[link]}/{path[len(link) + 1 :]}".lstrip("/"))
        return path

    def changed(self, gone: Callable[[str], bool], new: Mapping[str, str]) -> FolderLinks:
        """Return the links without those that are gone, and with new ones."""
        kept = {place: target for place, target in self._targets.items() if not gone(place)}
        return self if not new and len(kept) == len(self._targets) else FolderLinks({**kept, **new})


def link_target(link: str, target: str) -> str:
    """Return where a symbolic link points to, relative to the root, which nothing is above of."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(link), target)).lstrip("/")


def _key(path: str) -> str:
    return path.replace("/", "\0")


def _outermost(keys: Iterable[str]) -> Iterator[str]:
    last = None
    for key in keys:
        if last is None or not key.startswith(f"{last}\0"):
            yield key
            last = key

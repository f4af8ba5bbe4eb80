"""Tokens of a recorded changeset: the input of experts that were trained on recordings.

Three kinds, all as 64-bit hashes: the paths, the names that occur in them, and which path followed which. The
last kind is informative where names are not: an installer writes a package's files in the same order each
time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

_MODE: Final = re.compile(r"^[0-7]{3,6} ")
_TRANSIENT: Final = re.compile(r"\.dpkg-(?:new|tmp)(?=/|$)|(?<=\.list)-(?:new|tmp)$")
_NUMBER: Final = re.compile(r"[0-9]{3,}")
_NAME_SEED: Final = 1
_FOLLOWS: Final = np.uint64(0x9E3779B97F4A7C15)


class Tokenizer:
    """Tokenises changesets, with a cache of up to ``memory`` paths, since recordings repeat them."""

    def __init__(self, memory: int = 2_000_000) -> None:
        self._memory = memory
        self._known: dict[str, tuple[int, tuple[int, ...]]] = {}

    def tokens(self, changes: Iterable[str]) -> NDArray[np.uint64]:
        """Return the distinct tokens of ``MODE PATH`` lines, or of paths, sorted, shape ``(tokens,)``."""
        order: list[int] = []
        names: set[int] = set()
        for change in changes:
            path, parts = self._known.get(change) or self._read(change)
            order.append(path)
            names.update(parts)
        paths = np.array(order, np.uint64)
        follows = paths[:-1] * _FOLLOWS ^ paths[1:]
        return np.unique(np.concatenate([paths, follows, np.fromiter(names, np.uint64, len(names))]))

    def _read(self, change: str) -> tuple[int, tuple[int, ...]]:
        path = spell(change)
        parts = tuple(_hash(part, _NAME_SEED) for part in set(path.split("/")) if len(part) > 1)
        read = (_hash(path, 0), parts)
        if len(self._known) < self._memory:
            self._known[change] = read
        return read


def spell(change: str) -> str:
    """Return the path of a change without the parts that differ from one recording to the next.

    Examples
    --------
    >>> spell("000 /usr/bin/tree.dpkg-new")
    'usr/bin/tree'
    >>> spell("000 /var/cache/man/18554")
    'var/cache/man/0'
    """
    path = _MODE.sub("", change, count=1).strip("/")
    if ".dpkg-" in path or ".list-" in path:
        path = _TRANSIENT.sub("", path)
    return _NUMBER.sub("0", path)


def _hash(text: str, seed: int) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogateescape"), seed)


def in_sorted(tokens: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which ``wanted`` tokens, shape ``(w,)``, are among the sorted ``tokens``, shape ``(t,)``."""
    if not len(tokens):
        return np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(tokens, wanted), len(tokens) - 1)
    return np.asarray(tokens[places] == wanted)


def distinct_tokens(samples: Sequence[NDArray[np.uint64]]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Return the distinct tokens of all samples, sorted, and each one's sample count; shape ``(v,)`` both."""
    together = np.concatenate(samples) if samples else np.empty(0, np.uint64)
    vocabulary, counts = np.unique(together, return_counts=True)
    return vocabulary, counts

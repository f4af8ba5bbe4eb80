"""The classic Columbus tags of a changeset: the name stems that its paths share.

Columbus inserts every prefix of every path token into a trie and keeps those that branch. The branching
prefixes of a set of words are the longest common prefixes of neighbours in their sorted order, so sorting
the distinct tokens finds the same tags, with the same values, in the same order, without a trie.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import accumulate
from typing import Final, TypeAlias

import numpy as np

from praxi_tasks.errors import UsageError

FREQUENCY_THRESHOLD: Final = 2
"""The threshold behind the published tags."""

SHORTEST_TAG: Final = 3
"""Tags have at least this many characters."""

IGNORED_TOKENS: Final = frozenset(
    "usr bin proc sys etc local src dev home root lib pkg sbin share cache".split()  # noqa: SIM905
)
"""Path tokens that say nothing about a package."""

_REMOVED: Final = str.maketrans("", "", ":|")


_WIDTH: Final = 64  # characters of a word that are compared at once; most words are shorter
_BLOCK: Final = 1 << 14  # words compared at once: bounds the memory

# A prefix that branches: rank of its first word, minus its length, itself, its count. It sorts by when a
# trie that is fed every prefix, the longest first, would have met it.
_Branch: TypeAlias = tuple[int, int, str, int]


def columbus_tags(
    changes: Iterable[str],
    *,
    frequency_threshold: int = FREQUENCY_THRESHOLD,
    stop_tags: Collection[str] = frozenset(),
) -> dict[str, int]:
    """Return the Columbus tags of a changeset.

    Parameters
    ----------
    changes
        Paths, or changes written ``MODE PATH``. The mode is read as a token of its own with the blank
        behind it (``"644 "``), as the published tags were made.
    frequency_threshold
        A prefix is a tag if at least this many different characters follow it somewhere.
    stop_tags
        Tags to leave out; a set, if it is long.

    Returns
    -------
    dict of str to int
        Each tag and how many of the changes' tokens start with it, in the order in which the original
        trie lists them: by first occurrence, a longer tag before its own prefix.

    Raises
    ------
    UsageError
        If the threshold is less than 1.

    Examples
    --------
    >>> columbus_tags(["644 /usr/lib/libpq.so", "644 /usr/lib/libpq.a", "644 /usr/bin/psql"])
    {'libpq.': 2}
    """
    if frequency_threshold < 1:
        raise UsageError("the frequency threshold must be at least 1", where=str(frequency_threshold))
    words = _clean(_tally(changes))
    if frequency_threshold == 1:
        tags = _extended_prefixes(words)
    else:
        tags = {tag: count for _, _, tag, count in sorted(_branches(words, frequency_threshold))}
    return {tag: count for tag, count in tags.items() if tag not in stop_tags}


def _tally(changes: Iterable[str]) -> dict[str, int]:
    """Count the path tokens, in order of first occurrence; every distinct folder is split once."""
    folders: dict[str, int] = {}
    tokens: dict[str, int] = {}
    for change in changes:
        folder, _, name = change.rpartition("/")
        if folder in folders:
            folders[folder] += 1
        else:
            folders[folder] = 1
            for token in folder.split("/"):
                tokens.setdefault(token, 0)  # its place in the order; the count follows below
        if name in tokens:
            tokens[name] += 1
        else:
            tokens[name] = 1
    for folder, count in folders.items():
        for token in folder.split("/"):
            tokens[token] += count
    return tokens


def _clean(tokens: dict[str, int]) -> dict[str, int]:
    """Drop tokens that say nothing, strip the rest; keep the order of first occurrence."""
    for token in IGNORED_TOKENS:
        tokens.pop(token, None)
    words: dict[str, int] = {}
    for token, count in tokens.items():
        word = token.translate(_REMOVED) if ":" in token or "|" in token else token
        if len(word) >= SHORTEST_TAG:
            words[word] = words.get(word, 0) + count
    return words


def _extended_prefixes(words: dict[str, int]) -> dict[str, int]:
    """Count every prefix that some word continues: what a threshold of 1 asks for."""
    totals: dict[str, int] = {}
    for word, count in words.items():
        for length in range(len(word), SHORTEST_TAG - 1, -1):
            prefix = word[:length]
            totals[prefix] = totals.get(prefix, 0) + count
    continued = {prefix[:-1] for prefix in totals}
    return {prefix: count for prefix, count in totals.items() if prefix in continued}


def _common_prefixes(words: list[str]) -> list[int]:
    """Return for each sorted, distinct word how many characters it shares with the word before it.

    Lengths that can't make a tag are 0.
    """
    lengths = [0]
    for start in range(0, len(words) - 1, _BLOCK):
        lengths += _common_prefixes_in_block(words[start : start + _BLOCK + 1])
    return lengths


def _common_prefixes_in_block(words: list[str]) -> list[int]:
    """Compare neighbours as rows of code points; the few that share a whole row are compared one by one."""
    rows = np.array(words, dtype=f"U{_WIDTH}").view(np.uint32).reshape(len(words), _WIDTH)
    differs = rows[1:] != rows[:-1]
    shared = differs.argmax(axis=1)
    undecided = np.flatnonzero(~differs[np.arange(len(shared)), shared])
    # Rows are padded with NUL: a word and the same word with a NUL behind it look alike for too long.
    shared = np.minimum(shared, np.fromiter(map(len, words[:-1]), np.intp, len(shared)))
    shared[shared < SHORTEST_TAG] = 0
    lengths: list[int] = shared.tolist()
    for row in undecided.tolist():
        lengths[row] = _common_prefix(words[row], words[row + 1])
    return lengths


def _common_prefix(left: str, right: str) -> int:
    """Return how many characters two words share, or 0 if too few for a tag."""
    pairs = enumerate(zip(left, right, strict=False))
    length = next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))
    return length if length >= SHORTEST_TAG else 0


def _branches(words: dict[str, int], threshold: int) -> list[_Branch]:
    """Find the intervals of the sorted words that share a prefix, and keep those that branch enough."""
    ordered = sorted(words)
    ranks = dict(zip(words, range(len(words)), strict=True))
    first = [ranks[word] for word in ordered]
    totals = [0, *accumulate([words[word] for word in ordered])]
    branches: list[_Branch] = []
    # A stack of open intervals: shared length, first row, number of parts met so far.
    lengths, starts, parts = [0], [0], [0]
    length = 0
    for row, shared in enumerate([*_common_prefixes(ordered), 0]):
        start = row - 1
        while length > shared:
            start, followers = starts.pop(), parts.pop()
            # A word that is itself the prefix sorts first and continues it by no character.
            if followers - (len(ordered[start]) == length) >= threshold:
                branches.append(
                    (min(first[start:row]), -length, ordered[start][:length], totals[row] - totals[start])
                )
            lengths.pop()
            length = lengths[-1]
        if shared == length:
            parts[-1] += 1
        else:
            lengths.append(shared)
            starts.append(start)
            parts.append(2)
            length = shared
    return branches

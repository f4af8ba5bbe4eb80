"""Columbus tags by straightforward tries: what the fast way is measured against and compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from praxi_tasks.fingerprint import IGNORED_TOKENS, SHORTEST_TAG


class Node:
    """A character of the trie: how many inserted words end here, and when the first of them came."""

    __slots__ = ("children", "count", "stamp")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.count = 0
        self.stamp = 0


class Trie:
    """A trie that counts words and remembers their order."""

    def __init__(self) -> None:
        self.root = Node()
        self.words = 0

    def insert(self, word: str) -> None:
        """Count one more occurrence of a word."""
        node = self.root
        for character in word:
            child = node.children.get(character)
            if child is None:
                child = node.children[character] = Node()
            node = child
        if not node.count:
            self.words += 1
            node.stamp = self.words
        node.count += 1

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Yield every node with the characters that lead to it."""
        stack = [("", self.root)]
        while stack:
            prefix, node = stack.pop()
            yield prefix, node
            stack.extend((prefix + character, child) for character, child in node.children.items())


def _tokens(changes: Iterable[str]) -> Iterator[str]:
    for change in changes:
        for token in change.split("/"):
            if token not in IGNORED_TOKENS:
                yield token.replace(":", "").replace("|", "")


def trie_tags(changes: Iterable[str], frequency_threshold: int) -> dict[str, int]:
    """Insert every prefix of every token, the longest first; keep what branches, in order of insertion."""
    trie = Trie()
    for token in _tokens(changes):
        for length in range(len(token), SHORTEST_TAG - 1, -1):
            trie.insert(token[:length])
    found = [
        (node.stamp, prefix, node.count)
        for prefix, node in trie.nodes()
        if node.count and len(node.children) >= frequency_threshold
    ]
    return {prefix: count for _, prefix, count in sorted(found)}


def dictionary_tags(changes: Iterable[str], frequency_threshold: int) -> dict[str, int]:
    """Flatten the trie into a dictionary of prefixes: the best that can be done without sorting."""
    counts: dict[str, int] = {}
    for token in _tokens(changes):
        for length in range(len(token), SHORTEST_TAG - 1, -1):
            prefix = token[:length]
            counts[prefix] = counts.get(prefix, 0) + 1
    continuations: dict[str, int] = {}
    for prefix in counts:
        continuations[prefix[:-1]] = continuations.get(prefix[:-1], 0) + 1
    return {
        prefix: count
        for prefix, count in counts.items()
        if continuations.get(prefix, 0) >= frequency_threshold
    }

"""XML that somebody else wrote, one element at a time: no entities, bounded in depth and size.

The parser is expat by itself. A document type is refused, for it could define entities: names that expand to
billions of characters, or to what another file holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from praxi_tasks.errors import DataError

_DEEPEST: Final = 128
_MOST_PARTS: Final = 500_000  # of one element; a notice about kernels has some ten thousand
_MOST_TEXT: Final = 16 << 20  # characters of one element
_LONGEST_TAG: Final = 4 << 20  # bytes
_NOTHING: Final = frozenset[str]()


@dataclass(slots=True)
class Element:
    """An element: its name without a prefix, attributes, text of its own, and the elements in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        """Yield the elements in it that have a name."""
        return (child for child in self.children if child.tag == tag)

    def first(self, *path: str) -> Element | None:
        """Return the first element along a path of names."""
        found: Element | None = self
        for tag in path:
            found = next(found.all(tag), None) if found else None
        return found

    def text_of(self, *path: str) -> str:
        """Return the text of the first element along a path of names; empty where there is none."""
        found = self.first(*path)
        return found.text.strip() if found else ""


def stream_elements(
    pieces: Iterable[bytes],
    wanted: Collection[str],
    root: str,
    where: str,
    *,
    skipped: Collection[str] = _NOTHING,
    action: str = "",
) -> Iterator[Element]:
    """Yield the elements of a document that have one of some names, each once it is complete.

    Parameters
    ----------
    pieces
        The document.
    wanted
        Names without prefix; one inside another belongs to that.
    root
        The name that the document's own element must have.
    where
        The file's name, for errors.
    skipped
        Names of elements inside those that nobody needs.
    action
        What to do about a document that is refused.

    Raises
    ------
    DataError
        If it is no XML, has a document type or another root, or a record is too large; it names the line.
    """
    return _Builder(wanted, root, where, frozenset(skipped), action).elements(pieces)


class _Builder:
    """Makes elements of what the parser tells."""

    def __init__(
        self, wanted: Collection[str], root: str, where: str, skipped: frozenset[str], action: str
    ) -> None:
        self._wanted, self._root, self._where = wanted, root, where
        self._skipped, self._action = skipped, action
        self._open: list[Element] = []
        self._complete: deque[Element] = deque()
        self._texts: list[list[str]] = []
        self._depth = self._parts = self._size = 0
        self._passing = 0  # the depth of the element that is being passed over
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._character
        self._parser = parser

    def elements(self, pieces: Iterable[bytes]) -> Iterator[Element]:
        fed = 0
        for piece in pieces:
            self._parse(piece, is_last=False)
            fed += len(piece)
            if fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                raise self._error(f"a tag of more than {_LONGEST_TAG >> 20} MiB")
            while self._complete:
                yield self._complete.popleft()
        self._parse(b"", is_last=True)
        yield from self._complete

    def _parse(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(piece, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
            raise self._error(f"it is no XML, or cut short: {reason}") from error

    def _doctype(self, *_: object) -> None:
        raise self._error("it has a document type, which could define entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"it nests deeper than {_DEEPEST}")
        if self._depth == 1 and tag != self._root:
            raise self._error(f"it begins with {tag[:40]!r}, not {self._root!r}")
        if self._passing or (not self._open and tag not in self._wanted):
            return
        if tag in self._skipped:
            self._passing = self._depth
            return
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise self._error(f"a record of more than {_MOST_PARTS:,} parts")
        element = Element(tag, attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._passing:
            self._passing = self._passing if self._depth >= self._passing else 0
            return
        if not self._open:
            return
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        if not self._open:
            self._complete.append(element)
            self._parts = self._size = 0

    def _character(self, text: str) -> None:
        if self._open and not self._passing:
            self._size += len(text)
            if self._size > _MOST_TEXT:
                raise self._error(f"a record of more than {_MOST_TEXT >> 20} Mi characters")
            self._texts[-1].append(text)

    def _error(self, reason: str) -> DataError:
        line = self._parser.CurrentLineNumber
        return DataError(f"line {line}: {reason}", where=self._where, action=self._action)

"""Maven's versions as its ``ComparableVersion`` orders them (Maven 3.9; the POM reference tells the rules).

univers follows an older one: it knows no ``release``, and holds ``1.0.x`` and ``1.0-x`` for different.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from univers.versions import Version

_QUALIFIERS: Final = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_ALIASES: Final = {"ga": "", "final": "", "release": "", "cr": "rc"}
_SHORT: Final = {"a": "alpha", "b": "beta", "m": "milestone"}  # where a number follows
_FORM: Final = re.compile(r"[0-9A-Za-z][\w.+~-]*")

_Word: TypeAlias = tuple[int, str]
"""The rank of a qualifier; of those that nobody knows, which come last, the text decides."""
_RELEASE: Final = (_QUALIFIERS.index(""), "")


class _List(list["int | _Word | _List"]):
    """The parts of a version up to where it changes: at a hyphen, between a word and a number.

    What follows is a list too, and the last part of this one.
    """


_Part: TypeAlias = "int | _Word | _List"


@functools.total_ordering
class _Order:
    """What decides the order of a version."""

    def __init__(self, parts: _List) -> None:
        self._parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Order) and _compare(self._parts, other._parts) == 0

    def __lt__(self, other: _Order) -> bool:
        return _compare(self._parts, other._parts) < 0

    def __hash__(self) -> int:
        return hash(str(self._parts))


class MavenVersion(Version):
    """A version of a Maven artifact."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether it may be one: Maven takes any text."""
        return _FORM.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> _Order:
        """Return what decides the order."""
        return _Order(_parse(string.lower()))


def _parse(text: str) -> _List:
    lists = [_List()]
    start, in_number = 0, False
    for place, character in enumerate(text):
        if character in ".-":
            lists[-1].append(_part(text[start:place], in_number) if place > start else 0)
            start = place + 1
            if character == "-":
                _nest(lists)
        elif character.isdecimal() != in_number:
            if place > start:
                _add(lists, _part(text[start:place], in_number, followed=True))
                start = place
                _nest(lists)
            in_number = not in_number
    if len(text) > start:
        _add(lists, _part(text[start:], in_number))
    for parts in reversed(lists):
        _normalise(parts)
    return lists[0]


def _nest(lists: list[_List]) -> None:
    """Begin a list behind the parts of the last one."""
    inner = _List()
    lists[-1].append(inner)
    lists.append(inner)


def _add(lists: list[_List], part: int | _Word) -> None:
    """Add a part; a word behind a dot is one behind a hyphen."""
    if not isinstance(part, int) and lists[-1]:
        _nest(lists)
    lists[-1].append(part)


def _part(text: str, in_number: bool, followed: bool = False) -> int | _Word:
    if in_number:
        return int(text)
    word = _SHORT.get(text, text) if followed else text
    word = _ALIASES.get(word, word)
    return (_QUALIFIERS.index(word), "") if word in _QUALIFIERS else (len(_QUALIFIERS), word)


def _normalise(parts: _List) -> None:
    """Take out what means nothing at the end, and before lists there: ``1.0.0-x`` is ``1-x``."""
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] in (0, _RELEASE, []):
            del parts[place]
        elif not isinstance(parts[place], _List):
            return


def _compare(left: _List, right: _List) -> int:
    """Return a number below, equal to or above zero; two lists can only meet as last parts."""
    while True:
        for one, other in zip(left, right, strict=False):
            if isinstance(one, _List) and isinstance(other, _List):
                left, right = one, other
                break
            if _key(one) != _key(other):
                return 1 if _key(one) > _key(other) else -1
        else:
            shared = min(len(left), len(right))
            return _sign(left[shared:]) - _sign(right[shared:])


def _key(part: _Part) -> tuple[int, int, _Word]:
    """Order parts of different kinds: words, lists, numbers."""
    if isinstance(part, int):
        return (2, part, _RELEASE)
    return (1, 0, _RELEASE) if isinstance(part, _List) else (0, 0, part)


def _sign(parts: Sequence[_Part]) -> int:
    """Return how what one version has more compares with nothing: ``1-rc`` is below ``1``, ``1-sp`` above."""
    left = list(reversed(parts))
    while left:
        part = left.pop()
        if isinstance(part, _List):
            left.extend(reversed(part))
        elif part not in (0, _RELEASE):
            return 1 if isinstance(part, int) or part > _RELEASE else -1
    return 0

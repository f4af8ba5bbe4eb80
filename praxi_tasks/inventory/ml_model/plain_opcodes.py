"""Follows the plain opcodes of a pickle in memory: texts, numbers, notes, lists and dictionaries.

Nearly all opcodes of data are such, and following each by itself in its file takes nearly twice as long. What
is amiss, or any other opcode, is left to who follows them all: this stops before it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO, Final, TypeAlias

LONGEST_TEXT: Final = 1_000
"""Bytes of a text that is followed; of a longer one nothing is known."""
MOST_ITEMS: Final = 64
"""Of a tuple or dictionary that is followed."""
MARK: Final = object()
"""What an opcode marks the stack with."""

_Stack: TypeAlias = list[object]
_Memo: TypeAlias = dict[int, object]
_Step: TypeAlias = Callable[[_Stack, _Memo, bytes, int], int]
_PIECE: Final = 1 << 16
_ROOM: Final = 16  # bytes: more than an opcode without a text and the note behind it have
_SIGNED: Final = 4  # bytes of the numbers that may be negative
_LONG_TEXT: Final = ord("X")
_SHORT_TEXTS: Final = frozenset(b"U\x8c")
_PUT, _LONG_PUT = b"qr"
_PUTS: Final = frozenset({_PUT, _LONG_PUT})
_number: Final = struct.Struct("<I").unpack_from


class PlainOpcodes:
    """Follows the plain opcodes of one pickle.

    Parameters
    ----------
    file
        Of which pieces are read; it stays where following goes on.
    stack, memo
        Of the machine, which goes on with them.
    """

    def __init__(self, file: IO[bytes], stack: list[object], memo: dict[int, object]) -> None:
        self._file, self._stack, self._memo = file, stack, memo
        self._piece, self._start = b"", 0

    def follow(self, most: int, frame: int) -> int:
        """Follow what comes next, and return how many opcodes that were.

        Parameters
        ----------
        most
            Opcodes that may be followed.
        frame
            Where the frame ends, behind which nothing is followed; 0 outside of one.
        """
        start = self._file.tell()
        place = start - self._start
        if not 0 <= place <= len(self._piece) - _ROOM:
            self._piece, self._start, place = self._file.read(_PIECE), start, 0
        room = len(self._piece)
        if frame > start:
            room = min(room, frame - self._start)
        place, followed = self._within(place, room - _ROOM, most)
        self._file.seek(self._start + place)
        return followed

    def _within(self, place: int, last: int, most: int) -> tuple[int, int]:
        """Follow opcodes of the piece, and return where the next one is and how many there were.

        Texts and the notes of them, which most opcodes are, take less time than a call would.
        """
        stack, memo, piece = self._stack, self._memo, self._piece
        followed = 0
        while place <= last and followed < most:
            code = piece[place]
            if code == _LONG_TEXT or code in _SHORT_TEXTS:
                begin = place + (5 if code == _LONG_TEXT else 2)
                end = begin + (_number(piece, place + 1)[0] if code == _LONG_TEXT else piece[place + 1])
                if end > last or end - begin > LONGEST_TEXT:
                    break
                try:
                    stack.append(text := piece[begin:end].decode("utf-8", "surrogatepass"))
                except UnicodeDecodeError:
                    break
                place, code = end, piece[end]
                if code in _PUTS:
                    memo[piece[end + 1] if code == _PUT else _number(piece, end + 1)[0]] = text
                    place, followed = end + (2 if code == _PUT else 5), followed + 1
            elif (step := _STEPS.get(code)) and (length := step(stack, memo, piece, place)):
                place += length
            else:
                break
            followed += 1
        return place, followed


def fill(target: object, items: list[object]) -> None:
    """Put keys and values into a dictionary, as many as are followed; into anything else nothing."""
    if isinstance(target, dict) and len(target) < MOST_ITEMS:
        for key, value in zip(items[::2], items[1::2], strict=False):
            if isinstance(key, str) and len(target) < MOST_ITEMS:
                target[key] = value


def _push(make: Callable[[], object], length: int = 1) -> _Step:
    def step(stack: _Stack, _memo: _Memo, _piece: bytes, _place: int) -> int:
        stack.append(make())
        return length

    return step


def _push_number(width: int) -> _Step:
    def step(stack: _Stack, _memo: _Memo, piece: bytes, place: int) -> int:
        number = piece[place + 1 : place + 1 + width]
        stack.append(int.from_bytes(number, "little", signed=width == _SIGNED))
        return 1 + width

    return step


def _put(width: int) -> _Step:
    def step(stack: _Stack, memo: _Memo, piece: bytes, place: int) -> int:
        if not stack:
            return 0
        top = stack[-1]
        number = int.from_bytes(piece[place + 1 : place + 1 + width], "little") if width else len(memo)
        memo[number] = None if top is MARK else top
        return 1 + width

    return step


def _get(width: int) -> _Step:
    def step(stack: _Stack, memo: _Memo, piece: bytes, place: int) -> int:
        number = int.from_bytes(piece[place + 1 : place + 1 + width], "little")
        if number not in memo:
            return 0
        stack.append(memo[number])
        return 1 + width

    return step


def _set_item(stack: _Stack, _memo: _Memo, _piece: bytes, _place: int) -> int:
    if len(stack) < 3 or stack[-1] is MARK or stack[-2] is MARK:
        return 0
    value, key = stack.pop(), stack.pop()
    fill(stack[-1], [key, value])
    return 1


def _set_items(stack: _Stack, _memo: _Memo, _piece: bytes, _place: int) -> int:
    mark = _last_mark(stack)
    if mark < 1:
        return 0
    fill(stack[mark - 1], stack[mark + 1 :])
    del stack[mark:]
    return 1


def _append(stack: _Stack, _memo: _Memo, _piece: bytes, _place: int) -> int:
    if len(stack) < 2 or stack[-1] is MARK or stack[-2] is MARK:
        return 0
    stack[-2:] = [None]
    return 1


def _append_all(stack: _Stack, _memo: _Memo, _piece: bytes, _place: int) -> int:
    mark = _last_mark(stack)
    if mark < 1:
        return 0
    del stack[mark:]
    return 1


def _last_mark(stack: list[object]) -> int:
    place = len(stack) - 1
    while place >= 0 and stack[place] is not MARK:
        place -= 1
    return place


def _nothing() -> None:
    return None


_STEPS: Final[dict[int, _Step]] = {
    ord("("): _push(lambda: MARK),
    ord(")"): _push(tuple),
    ord("}"): _push(dict),
    ord("]"): _push(_nothing),
    ord("N"): _push(_nothing),
    0x88: _push(lambda: True),
    0x89: _push(_nothing),
    ord("G"): _push(_nothing, 9),
    ord("K"): _push_number(1),
    ord("M"): _push_number(2),
    ord("J"): _push_number(4),
    _PUT: _put(1),
    _LONG_PUT: _put(4),
    0x94: _put(0),
    ord("h"): _get(1),
    ord("j"): _get(4),
    ord("s"): _set_item,
    ord("u"): _set_items,
    ord("a"): _append,
    ord("e"): _append_all,
}
"""Each takes the stack, the notes, the piece and the opcode's place; it returns the opcode's length, or 0
where it did nothing."""

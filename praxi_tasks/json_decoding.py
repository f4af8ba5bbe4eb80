"""Decoding JSON that somebody else wrote: safe in threads, and never deeper than a limit.

msgspec builds what it knows of a type on first use and shows it to other threads half built: two threads that
decode a new type at once may end the interpreter. Decoders are therefore made here, one at a time.

Programs of Go write a field that has no value as null, and read null as no value. So does this: where none
may be, a null is read as if its field was not there.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any, Final, TypeVar, cast, overload

import msgspec

from praxi_tasks.environment import read, whole_number

T = TypeVar("T")

SETTING: Final = "PRAXI_JSON_MAX_DEPTH"
_DEPTH: Final = 128
_NULL: Final = "got `null`"
_MOST_WITH_NULLS: Final = 4 << 20  # bytes; values of any type take up to 20 times their room in the document
_LARGEST_CUT: Final = 16 << 20  # bytes; walking the brackets of a document costs a microsecond each
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_REST: Final = rb'[^"\\]*+(?:\\.[^"\\]*+)*+"'  # of a string, from where no escape is begun
_NO_BRACKETS: Final = re.compile(rb'"' + _REST + rb'|[^\[\]{}"]++', re.DOTALL)
_STRING_END: Final = re.compile(_REST, re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\*+.", re.DOTALL)
_TOKENS: Final = re.compile(_STRING + rb"|[\[\]{}]", re.DOTALL)
_CLOSING: Final = b' "'  # ends a string, also after a backslash; outside strings its quote stays
_PIECE: Final = 1 << 18  # bytes; replacing by a regular expression takes up to 50 times as much memory
_OPENING: Final = b"[{"
_lock: Final = threading.Lock()
_decoders: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """Return the decoder of a type, which threads may share."""
    with _lock:
        found = _decoders.get(kind)
        if found is None:
            found = _decoders[kind] = msgspec.json.Decoder(kind)
    return cast("msgspec.json.Decoder[T]", found)


@overload
def decode(data: bytes) -> Any: ...
@overload
def decode(data: bytes, kind: type[T]) -> T: ...
def decode(data: bytes, kind: Any = Any) -> Any:
    """Decode a document.

    Raises
    ------
    msgspec.DecodeError
        If it is no JSON, not of that type, or nested deeper than ``PRAXI_JSON_MAX_DEPTH``.
    """
    most = _most()
    if depth(data, most) > most:
        raise msgspec.DecodeError(f"nested deeper than {most}: raise {SETTING} if it is trusted")
    return _decoded(data, kind)


def decode_shallow(data: bytes, kind: type[T]) -> T:
    """Decode a document of which only the upper levels matter: what is nested too deeply is read as null.

    Other readers of the same document may have no such limit: whoever wrote it must not be able to hide its
    first level from this one.

    Raises
    ------
    msgspec.DecodeError
        If it is no JSON or not of that type.
    """
    most = _most()
    if depth(data, most) > most:
        data = _cut(data, most)
    return _decoded(data, kind)


def depth(data: bytes, enough: int, piece: int = _PIECE) -> int:
    """Return how deep a document's arrays and objects nest; ``enough`` or less where it can't be more.

    Parameters
    ----------
    piece
        How many bytes of the document are looked at together.
    """
    if data.count(b"[") + data.count(b"{") <= enough:
        return 0
    import numpy as np  # rarely needed, and Airflow's side imports this module

    deepest = before = 0
    for brackets in _brackets(data, piece):
        opens = np.isin(np.frombuffer(brackets, np.uint8), np.frombuffer(_OPENING, np.uint8))
        levels = before + np.cumsum(np.where(opens, 1, -1))
        deepest, before = max(deepest, int(levels.max())), int(levels[-1])
    return deepest


def _brackets(data: bytes, piece: int) -> Iterator[bytes]:
    """Yield the brackets outside strings, of one piece of the document after another."""
    start = 0
    while start < len(data):
        escape = _ESCAPE.match(data, start + piece)
        end = escape.end() if escape else len(data)
        # Each string must end in what is searched, or its rest is searched again from every quote in it.
        brackets = _NO_BRACKETS.sub(b"", data[start:end] + _CLOSING)
        within = not brackets.endswith(b'"')
        if found := brackets if within else brackets[:-1]:
            yield found
        start = end
        if within:
            closing = _STRING_END.match(data, end)
            start = closing.end() if closing else len(data)


def _most() -> int:
    return read(SETTING, whole_number, _DEPTH)


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        return decoder(kind).decode(data)
    except msgspec.ValidationError as error:
        if _NULL not in str(error) or len(data) > _MOST_WITH_NULLS:
            raise
    except (RecursionError, OverflowError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"it can't be decoded: {error}") from None
    return decoder(kind).decode(msgspec.json.encode(_without_nulls(_decoded(data, Any))))


def _without_nulls(value: Any) -> Any:
    """Return a value without the fields that are null; a list keeps its nulls, which count."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _cut(data: bytes, most: int) -> bytes:
    if len(data) > _LARGEST_CUT:
        raise msgspec.DecodeError(f"nested deeper than {most}, and too large to be read in part")
    return b"".join(_shallow_pieces(data, most))


def _shallow_pieces(data: bytes, most: int) -> Iterator[bytes]:
    level = start = 0
    for token in _TOKENS.finditer(data):
        bracket = token[0]
        if bracket in (b"[", b"{"):
            level += 1
            if level == most + 1:
                yield data[start : token.start()]
        elif bracket in (b"]", b"}"):
            if level == most + 1:
                yield b"null"
                start = token.end()
            level -= 1
    yield data[start:] if level <= most else b""

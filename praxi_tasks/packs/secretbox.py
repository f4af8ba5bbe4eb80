"""NaCl's `secretbox <https://nacl.cr.yp.to/secretbox.html>`_, XSalsa20 and Poly1305: it opens small ones.

The library that this program has for cryptography has no Salsa20. What is opened is a key of a hundred bytes.
"""

from __future__ import annotations

import struct
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.poly1305 import Poly1305

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24

_TAG_BYTES: Final = 16
_BLOCK: Final = 64
_MASK: Final = 0xFFFFFFFF
_CONSTANTS: Final = struct.unpack("<4I", b"expand 32-byte k")
_COLUMNS: Final = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11))
_ROWS: Final = ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))


def open_box(key: bytes, nonce: bytes, box: bytes) -> bytes:
    """Return what a box holds.

    Parameters
    ----------
    key, nonce
        :data:`KEY_BYTES` and :data:`NONCE_BYTES` long.

    Raises
    ------
    ValueError
        If it was locked with another key, or altered.
    """
    tag, locked = box[:_TAG_BYTES], box[_TAG_BYTES:]
    stream = _stream(_hsalsa20(key, nonce[:16]), nonce[16:], KEY_BYTES + len(locked))
    try:
        Poly1305.verify_tag(stream[:KEY_BYTES], locked, tag)
    except InvalidSignature as error:
        raise ValueError("another key, or an altered box") from error
    return bytes(one ^ other for one, other in zip(locked, stream[KEY_BYTES:], strict=True))


def _stream(key: bytes, nonce: bytes, size: int) -> bytes:
    """Return the first bytes of Salsa20's key stream."""
    blocks = (_salsa20(key, nonce + struct.pack("<Q", number)) for number in range(-(-size // _BLOCK)))
    return b"".join(blocks)[:size]


def _salsa20(key: bytes, counter: bytes) -> bytes:
    state = _state(key, counter)
    mixed = _mixed(state)
    return struct.pack("<16I", *((one + other) & _MASK for one, other in zip(state, mixed, strict=True)))


def _hsalsa20(key: bytes, nonce: bytes) -> bytes:
    """Return the key that XSalsa20 derives for a nonce."""
    mixed = _mixed(_state(key, nonce))
    return struct.pack("<8I", *(mixed[word] for word in (0, 5, 10, 15, 6, 7, 8, 9)))


def _state(key: bytes, counter: bytes) -> list[int]:
    words, place = struct.unpack("<8I", key), struct.unpack("<4I", counter)
    one, two, three, four = _CONSTANTS
    return [one, *words[:4], two, *place, three, *words[4:], four]


def _mixed(state: list[int]) -> list[int]:
    """Return a state after Salsa20's twenty rounds."""
    words = list(state)
    for _ in range(10):
        for quarter in (*_COLUMNS, *_ROWS):
            _mix(words, *quarter)
    return words


def _mix(words: list[int], a: int, b: int, c: int, d: int) -> None:
    words[b] ^= _rotated(words[a] + words[d], 7)
    words[c] ^= _rotated(words[b] + words[a], 9)
    words[d] ^= _rotated(words[c] + words[b], 13)
    words[a] ^= _rotated(words[d] + words[c], 18)


def _rotated(word: int, bits: int) -> int:
    word &= _MASK
    return (word << bits | word >> (32 - bits)) & _MASK

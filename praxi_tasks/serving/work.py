"""What the service asks its workers, and what they answer: messages between processes."""

from __future__ import annotations

import struct
from typing import Final

import msgspec

LENGTH: Final = struct.Struct("<I")
"""Precedes each message."""


class Layer(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A layer by what it holds.

    Attributes
    ----------
    paths
        Separated by NUL, which no path holds.
    sizes, hashes
        Little-endian 64-bit numbers, one for each path, as a changeset has them; empty if not known.
    """

    digest: str
    paths: bytes
    sizes: bytes = b""
    hashes: bytes = b""


class Fingerprint(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A layer by its stored fingerprint (a tagset)."""

    digest: str
    data: bytes


class Changes(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A recorded changeset: its lines, separated by NUL."""

    id: str
    lines: bytes


Item = Layer | Fingerprint | Changes


class Answer(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """What a model says about an item.

    Attributes
    ----------
    document
        The prediction as it is stored, JSON; empty for a changeset.
    labels, confidence
        What it names, the most confident first.
    """

    document: bytes
    labels: list[str]
    confidence: list[float]


class Refusal(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Why an item has no answer: an error's code and sentence, and whether it is the service's fault."""

    code: str
    message: str
    internal: bool = False


class Loaded(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A model that is resident: its identity, and by what its predictions are stored."""

    model: str
    cache_key: str


Reply = Answer | Refusal

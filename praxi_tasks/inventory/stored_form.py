"""The bytes of a stored inventory: a magic number, then one zstd frame of MessagePack.

A database's path is written once and claims refer to it by number; lists of paths are one piece of bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import zstandard

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.inventory.claim import Claim, Distribution, Model
from praxi_tasks.store.frames import unpack_frame
from praxi_tasks.store.keys import INVENTORY_PROTOCOL

_MAGIC: Final = b"PRXI" + INVENTORY_PROTOCOL.to_bytes(2, "little")
_MAX_BYTES: Final = 1 << 30
_LEVEL: Final = 3


class ClaimRow(msgspec.Struct, frozen=True, array_like=True):
    """A claim as it is stored: its database by number, its files in one piece."""

    ecosystem: str
    name: str
    version: str
    database: int
    architecture: str
    source: str
    source_version: str
    files: bytes
    module: str = ""
    licences: tuple[str, ...] = ()
    model: Model | None = None
    relation: str = ""
    origin: str = ""
    checksums: bytes = b""
    maker: str = ""

    @classmethod
    def of(cls, claim: Claim, database: int) -> ClaimRow:
        """Return the row of a claim, given its database's number."""
        return cls(
            claim.ecosystem,
            claim.name,
            claim.version,
            database,
            claim.architecture,
            claim.source,
            claim.source_version,
            join_texts(claim.files),
            claim.module,
            claim.licences,
            claim.model,
            claim.relation,
            claim.origin,
            claim.checksums,
            claim.maker,
        )

    def claim(self, databases: tuple[str, ...]) -> Claim:
        """Return the claim, given the paths of all databases.

        Raises
        ------
        IndexError
            If there is no database of the row's number.
        """
        if self.database < 0:
            raise IndexError("a claim names no database")
        return Claim(
            self.ecosystem,
            self.name,
            self.version,
            databases[self.database],
            self.architecture,
            self.source,
            self.source_version,
            split_texts(self.files),
            self.module,
            self.licences,
            self.model,
            self.relation,
            self.origin,
            self.checksums,
            self.maker,
        )


class Document(msgspec.Struct, frozen=True, array_like=True):
    """A whole inventory as it is stored; ``read`` are the numbers of the databases that were read.

    Diversions, links and what version files say are threes of texts.
    """

    digest: str
    databases: bytes
    read: tuple[int, ...]
    claims: tuple[ClaimRow, ...]
    distribution: Distribution | None
    problems: bytes
    diversions: bytes
    rules: bytes
    links: bytes
    reserve: tuple[ClaimRow, ...]
    declared: tuple[ClaimRow, ...] = ()
    declared_problems: bytes = b""
    version_texts: bytes = b""


class _Opening(msgspec.Struct, frozen=True, array_like=True):
    """How a :class:`Document` begins, of which one thing is wanted: the rest is passed over."""

    digest: msgspec.Raw
    databases: msgspec.Raw
    read: msgspec.Raw
    claims: msgspec.Raw
    distribution: Distribution | None


def pack_document(document: Document) -> bytes:
    """Return a document as bytes that depend on nothing but its content."""
    packed = msgspec.msgpack.encode(document)
    return _MAGIC + zstandard.ZstdCompressor(level=_LEVEL).compress(packed)


def unpack_document(data: bytes) -> Document:
    """Read what :func:`pack_document` wrote.

    Raises
    ------
    CorruptObjectError
        If the bytes do not start as an inventory of this protocol.
    ValueError, RecursionError, msgspec.MsgspecError
        If what follows is damaged.
    """
    return msgspec.msgpack.decode(_unpacked(data), type=Document)


def stored_distribution(data: bytes) -> Distribution | None:
    """Return what a stored inventory says of the layer's distribution, without reading the claims.

    Raises
    ------
    CorruptObjectError
        If the bytes are no inventory of this protocol, or are damaged.
    """
    try:
        return msgspec.msgpack.decode(_unpacked(data), type=_Opening).distribution
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise corrupt(str(error)) from None


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_MAGIC):
        raise corrupt("it does not start as an inventory of this protocol does")
    return unpack_frame(data[len(_MAGIC) :], _MAX_BYTES)


def join_texts(texts: Iterable[str]) -> bytes:
    """Write texts without NUL as bytes; paths that were not UTF-8 become again what they were."""
    return "".join(f"{text}\0" for text in texts).encode("utf-8", "surrogateescape")


def join_threes(threes: Iterable[tuple[str, str, str]]) -> bytes:
    """Write threes of texts as :func:`join_texts` writes texts."""
    return join_texts(text for three in threes for text in three)


def split_threes(data: bytes) -> tuple[tuple[str, str, str], ...]:
    """Read what :func:`join_threes` wrote; raise ValueError where the bytes are no such text."""
    texts = split_texts(data)
    return tuple(zip(texts[::3], texts[1::3], texts[2::3], strict=True))


def split_texts(data: bytes) -> tuple[str, ...]:
    """Read what :func:`join_texts` wrote; raise ValueError where the bytes are no text."""
    return tuple(data.decode("utf-8", "surrogateescape").split("\0")[:-1])


def corrupt(problem: str) -> CorruptObjectError:
    """Return the error for a stored inventory that can't be read."""
    return CorruptObjectError("not a whole inventory: " + problem, action="delete it and audit again")

"""What the package databases in a layer claim: the record that readers of databases fill in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import zstandard

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.store.frames import unpack_frame
from praxi_tasks.store.keys import INVENTORY_PROTOCOL

_MAGIC: Final = b"PRXI" + INVENTORY_PROTOCOL.to_bytes(2, "little")
_MAX_BYTES: Final = 1 << 30
_LEVEL: Final = 3


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """One installed release, as a package database records it.

    ``ecosystem`` is the package URL type (``deb``, ``pypi``, ``npm``, ``apk``, ``rpm``). ``files`` are the
    paths the database says the release owns, without a leading slash; empty where the database does not
    tell. ``source`` and ``source_version`` name the source package (deb, rpm, apk origin).
    """

    ecosystem: str
    name: str
    version: str
    database: str
    architecture: str = ""
    source: str = ""
    source_version: str = ""
    files: tuple[str, ...] = ()


class Distribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parts of ``os-release`` that name a distribution."""

    id: str
    version_id: str = ""
    codename: str = ""
    name: str = ""


class Inventory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything one layer's databases claim.

    A layer that changes a database carries the whole of it, so claims repeat from layer to layer; who
    reduces them over an image takes the last. ``databases`` are the paths of those that were read,
    ``problems`` say what could not be.
    """

    digest: str
    claims: tuple[Claim, ...] = ()
    databases: tuple[str, ...] = ()
    distribution: Distribution | None = None
    problems: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the inventory as bytes that depend on nothing but its content."""
        databases = sorted({*self.databases, *(claim.database for claim in self.claims)})
        places = {path: place for place, path in enumerate(databases)}
        document = _Document(
            self.digest,
            _join(databases),
            tuple(places[path] for path in self.databases),
            tuple(_Row.of(claim, places[claim.database]) for claim in self.claims),
            self.distribution,
            _join(self.problems),
        )
        packed = msgspec.msgpack.encode(document)
        return _MAGIC + zstandard.ZstdCompressor(level=_LEVEL).compress(packed)

    @classmethod
    def from_bytes(cls, data: bytes) -> Inventory:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are no inventory of this protocol, or are damaged.
        """
        if not data.startswith(_MAGIC):
            raise _corrupt("it does not start as an inventory of this protocol does")
        try:
            document = msgspec.msgpack.decode(unpack_frame(data[len(_MAGIC) :], _MAX_BYTES), type=_Document)
            databases = _split(document.databases)
            return cls(
                digest=document.digest,
                claims=tuple(row.claim(databases) for row in document.claims),
                databases=tuple(databases[place] for place in document.read),
                distribution=document.distribution,
                problems=_split(document.problems),
            )
        except (msgspec.MsgspecError, ValueError, IndexError, RecursionError) as error:
            raise _corrupt(str(error)) from None


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A claim as it is stored: its database by number, its files in one piece."""

    ecosystem: str
    name: str
    version: str
    database: int
    architecture: str
    source: str
    source_version: str
    files: bytes

    @classmethod
    def of(cls, claim: Claim, database: int) -> _Row:
        return cls(
            claim.ecosystem,
            claim.name,
            claim.version,
            database,
            claim.architecture,
            claim.source,
            claim.source_version,
            _join(claim.files),
        )

    def claim(self, databases: tuple[str, ...]) -> Claim:
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
            _split(self.files),
        )


class _Document(msgspec.Struct, frozen=True, array_like=True):
    digest: str
    databases: bytes
    read: tuple[int, ...]
    claims: tuple[_Row, ...]
    distribution: Distribution | None
    problems: bytes


def _join(texts: Iterable[str]) -> bytes:
    """Write texts without NUL as bytes; paths that were not UTF-8 become again what they were."""
    return "".join(f"{text}\0" for text in texts).encode("utf-8", "surrogateescape")


def _split(data: bytes) -> tuple[str, ...]:
    return tuple(data.decode("utf-8", "surrogateescape").split("\0")[:-1])


def _corrupt(problem: str) -> CorruptObjectError:
    return CorruptObjectError("not a whole inventory: " + problem, action="delete it and audit again")

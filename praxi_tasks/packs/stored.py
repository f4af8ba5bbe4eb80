"""Packs in the store: a manifest under each name, the parts in the pool that models share."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from praxi_tasks.discovery import Pack, PartPool
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, PackError, UsageError
from praxi_tasks.store import Store, documents, keys

_WORD: Final = "[a-z0-9][a-z0-9._-]{0,63}"
_NAME: Final = re.compile(f"{_WORD}(?:/{_WORD}){{0,3}}")


class NamedPack(NamedTuple):
    """A pack, and the pool that has its parts."""

    pack: Pack
    pool: PartPool


def check_name(name: str) -> str:
    """Return a pack's name.

    Raises
    ------
    UsageError
        If it is not one to four words of small letters, digits, ``.``, ``_`` and ``-``.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "not the name of a pack",
            where=repr(name[:200]),
            action="write up to four words of a-z, 0-9, '.', '_' and '-': debian/trixie",
        )
    return name


def shared_pool(store: Store) -> PartPool:
    """Return the pool of a store's models and packs."""
    return PartPool(f"{store.uri}/{keys.parts()}")


def pack_names(store: Store) -> list[str]:
    """Return the names of a store's packs, also of those that can't be read."""
    prefix, name = keys.pack("").split("//")
    found = (key for key in store.list(prefix) if key.endswith(f"/{name}"))
    return sorted(key[len(prefix) + 1 : -len(name) - 1] for key in found)


def list_packs(store: Store) -> list[Pack]:
    """Return the packs of a store, by name.

    Raises
    ------
    PackError
        If a manifest is damaged.
    """
    return [read_pack(store, name).pack for name in pack_names(store)]


def read_pack(store: Store, name: str) -> NamedPack:
    """Return a pack of a store.

    Raises
    ------
    PackError
        If there is none of that name, or its manifest is damaged.
    UsageError
        If it is no name.
    """
    key = keys.pack(check_name(name))
    try:
        return NamedPack(documents.read(store, key, Pack), shared_pool(store))
    except KeyNotFoundError as error:
        raise PackError(
            f"the store has no pack {name}", where=store.uri, action="see praxi packs list"
        ) from error
    except CorruptObjectError as error:
        raise PackError(
            "a pack's manifest is damaged", where=error.where, action="build or pull the pack again"
        ) from error


def store_pack(store: Store, pack: Pack) -> None:
    """Store a pack's manifest, whose parts the pool has; it replaces one of the same name."""
    documents.write(store, keys.pack(check_name(pack.name)), pack)

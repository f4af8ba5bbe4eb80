"""Release lists: which versions of the packages in use there are, and since when.

Package indexes have both for the packages that the last audit met. A distribution's index has only the newest
versions and no dates, so each mirroring notes the day on which it first sees a version.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from praxi_tasks.errors import CorruptObjectError, DataError, FeedError, KeyNotFoundError
from praxi_tasks.findings.feeds.distribution_packages import Offer
from praxi_tasks.findings.feeds.fetching import read_url
from praxi_tasks.findings.feeds.package_indexes import PackageIndex
from praxi_tasks.findings.feeds.release_lists import read_releases
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

_WORKERS: Final = 4


def audited_packages(store: Store, ecosystem: str) -> list[str]:
    """Return an ecosystem's packages of the last audit that the store remembers, from its components."""
    memories = sorted(store.list(keys.history("dag")))
    if not memories:
        return []
    run = decode(store.get(memories[-1]), dict[str, Any])["run"]
    try:
        table = store.get(keys.run(run, "tables/components.parquet"))
    except KeyNotFoundError:
        return []
    return sorted(_names(table, ecosystem))


def _names(table: bytes, ecosystem: str) -> set[str]:
    from arro3.io import read_parquet

    names = set()
    for batch in read_parquet(BytesIO(table)):
        pairs = zip(batch.column("ecosystem").to_pylist(), batch.column("name").to_pylist(), strict=True)
        names |= {name for of, name in pairs if of == ecosystem}
    return names


def renewed_lists(
    index: PackageIndex, base: str, packages: Iterable[str], before: bytes | None, timeout: float = 30.0
) -> bytes:
    """Return the release lists of packages, those that can't be had as they were before.

    Parameters
    ----------
    base
        The index's base URL, such as pip's ``index-url`` or npm's ``registry``.
    before
        The file of the last time.

    Raises
    ------
    FeedError
        If not a single list could be had: the index is down, or speaks another language.
    """
    names = list(packages)
    known = _readable(before, index.file)
    with ThreadPoolExecutor(_WORKERS) as pool:
        had = list(pool.map(lambda name: _attempt(index, base, name, timeout), names))
    lists = {name: releases for name, releases in zip(names, had, strict=True) if releases is not None}
    if names and not lists:
        raise FeedError("no release list could be had", where=urlsplit(base).hostname or base)
    return msgspec.json.encode(dict(sorted((known | lists).items())))


def _attempt(index: PackageIndex, base: str, name: str, timeout: float) -> dict[str, str] | None:
    try:
        data = read_url(f"{base.rstrip('/')}/{index.place(name)}", timeout, accept=index.accept)
        return index.read(data)
    except FeedError as error:
        logger.warning("%s: %s", name, error)
    except (ValueError, RecursionError):
        logger.warning("%s: the index does not answer in the JSON of %s", name, index.ecosystem)
    return None


def sighted_releases(offers: Iterable[Offer], before: bytes | None, day: str, where: str) -> bytes:
    """Return a distribution's release lists: every version ever seen, and the day of its first sight.

    What the first mirroring sees has no day: it may be there for long.

    Parameters
    ----------
    day
        Today, ISO 8601.
    """
    known = _readable(before, where)
    first = day if known else ""
    for offer in offers:
        known.setdefault(offer.name, {}).setdefault(offer.version, first)
    return msgspec.json.encode(dict(sorted(known.items())))


def _readable(before: bytes | None, where: str) -> dict[str, dict[str, str]]:
    try:
        return read_releases(before, where) if before else {}
    except (DataError, CorruptObjectError) as error:
        logger.warning("%s", error)
        return {}

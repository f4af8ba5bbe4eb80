"""From a feeds folder to the advisory index, built once for each state of the feeds."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Final, TypeVar

from praxi_tasks.errors import CorruptObjectError, DataError, KeyNotFoundError
from praxi_tasks.findings.advisories.index import PROTOCOL, AdvisoryIndex
from praxi_tasks.findings.advisories.index_builder import IndexBuilder
from praxi_tasks.findings.advisories.osv import read_records
from praxi_tasks.findings.advisories.vendors import read_vendor_records
from praxi_tasks.findings.feeds import (
    VENDORS,
    Exploitation,
    FeedProblem,
    Feeds,
    archives,
    read_epss,
    read_kev,
    vendor_files,
)
from praxi_tasks.findings.packages import distribution_namespace, known_ecosystem
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

T = TypeVar("T")
_EPSS: Final = ("epss/epss_scores-current.csv.gz", "epss/epss_scores-current.csv")
_KEV: Final = ("kev/known_exploited_vulnerabilities.json",)


def load_index(feeds: Feeds, cache: Store | None = None) -> AdvisoryIndex:
    """Return the index of everything in a feeds folder.

    A feed that is broken or of an unknown ecosystem becomes one of the index's problems; the others count.

    Parameters
    ----------
    feeds
        The folder.
    cache
        Where a built index is kept for the next audit, under a hash of the feeds it was made from.
    """
    names = feeds.names()
    files = {
        name: data
        for name in (*archives(names).values(), *vendor_files(names), *_EPSS, *_KEV)
        if (data := feeds.read(name)) is not None
    }
    key = keys.advisory_index(_fingerprint(files), PROTOCOL)
    if cache is not None:
        try:
            return AdvisoryIndex.from_bytes(cache.get(key))
        except KeyNotFoundError:
            logger.info("feeds changed: building the advisory index")
        except CorruptObjectError as error:
            logger.warning("%s; building it again", error)
    index = build_index(files)
    if cache is not None:
        cache.replace(key, index.to_bytes())
    return index


def build_index(files: dict[str, bytes]) -> AdvisoryIndex:
    """Build the index from files of a feeds folder, by name."""
    problems: list[FeedProblem] = []
    epss = _first(files, _EPSS, read_epss, problems) or {}
    exploited = _first(files, _KEV, read_kev, problems) or frozenset()
    builder = IndexBuilder(Exploitation(epss, exploited))
    for ecosystem, name in sorted(archives(files).items()):
        if not known_ecosystem(ecosystem.partition(":")[0]):
            builder.add_problem(f"{name}: Praxi knows no ecosystem {ecosystem}; it is left out")
            continue
        try:
            builder.add_feed(ecosystem, read_records(files[name], name), name)
        except DataError as error:
            builder.add_broken(FeedProblem.of(error))
    for name, distribution in sorted(vendor_files(files).items()):
        _add_vendors(builder, name, distribution, files[name])
    for problem in problems:
        builder.add_broken(problem)
    return builder.finish()


def _add_vendors(builder: IndexBuilder, name: str, distribution: str, data: bytes) -> None:
    namespace = distribution_namespace(distribution)
    if namespace is None:
        builder.add_problem(f"{name}: {distribution} names no release of a distribution; it is left out")
        return
    try:
        builder.add_feed(name.removeprefix(VENDORS), read_vendor_records(data, name), name, namespace)
    except DataError as error:
        builder.add_broken(FeedProblem(name, str(error)))


def _first(
    files: dict[str, bytes],
    names: tuple[str, ...],
    read: Callable[[bytes, str], T],
    problems: list[FeedProblem],
) -> T | None:
    """Read the first of several names that is there; what can't be read is a problem, not the end."""
    for name in names:
        if name in files:
            try:
                return read(files[name], name)
            except DataError as error:
                problems.append(FeedProblem.of(error))
    return None


def _fingerprint(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()

"""Mirroring feeds into the store: each file whole and checked, or the previous copy stays in use."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import quote

import msgspec

from praxi_tasks.errors import DataError, FeedError, PraxiError, UsageError
from praxi_tasks.findings.feeds.contents import check_archive, check_epss, check_kev, contents_of
from praxi_tasks.findings.feeds.distribution_packages import PACKAGES, read_packages
from praxi_tasks.findings.feeds.fetching import read_url, shown
from praxi_tasks.findings.feeds.folder import (
    STATE,
    VENDORS,
    Mirrored,
    StoreFeeds,
    archive_name,
    read_state,
    store_name,
)
from praxi_tasks.findings.feeds.release_cycles import DISTRO_INFO, SLUGS, read_cycles, shipped_table
from praxi_tasks.findings.feeds.release_cycles import FOLDER as END_OF_LIFE
from praxi_tasks.findings.feeds.release_lists import read_releases
from praxi_tasks.findings.feeds.repositories import read_advisories
from praxi_tasks.findings.feeds.rollback import check_rollback
from praxi_tasks.findings.feeds.shrinkage import check_shrinkage
from praxi_tasks.findings.feeds.support_dates import read_distro_info, read_support_ended
from praxi_tasks.findings.packages import MIRRORED_ECOSYSTEMS
from praxi_tasks.store import Store

logger = logging.getLogger(__name__)

FileCheck: TypeAlias = Callable[[bytes, str], object]
"""Takes a file and its name in the feeds folder; raises DataError where it is not what the name promises.

What it returns may be the file's contents, the number of its entries, or have a length."""
OSV_URL: Final = "https://osv-vulnerabilities.storage.googleapis.com"


class Outcome(msgspec.Struct, frozen=True):
    """How mirroring a file ended: ``fetched``, ``unchanged``, ``kept`` (the earlier copy) or ``missing``.

    ``reason`` says why it was not renewed, ``retryable`` whether another try may help, ``usage`` whether only
    another setting does. ``fetched`` is when the copy in use was fetched, ISO 8601; empty where there is
    none, or that is not known.
    """

    name: str
    state: str
    reason: str = ""
    fetched: str = ""
    retryable: bool = False
    usage: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the copy in use is what the source has."""
        return self.state in {"fetched", "unchanged"}

    def line(self, day: date) -> str:
        """Return what a person reads: the outcome, what is in use since when, and why it is not renewed."""
        outcome = f"{self.state:10} {self.name}"
        if self.is_current:
            return outcome
        return f"{outcome}  {self._in_use(day)}; {self.reason}"

    def _in_use(self, day: date) -> str:
        if self.state == "missing":
            return "nothing is in use: there was never a copy"
        if not self.fetched:
            return "in use: a copy of unknown age"
        age = (day - date.fromisoformat(self.fetched[:10])).days
        return f"in use: the copy of {self.fetched[:10]}, {age} days old"


def osv_sources(base: str, ecosystems: Sequence[str] = MIRRORED_ECOSYSTEMS) -> dict[str, str]:
    """Return file name → URL of OSV's archives below a base URL, or a directory in the same form.

    A directory (a path, or a ``file://`` URL) may lay them out as OSV does or as a feeds folder does, that is
    with or without a folder ``osv``.
    """
    return {archive_name(name): f"{base.rstrip('/')}/{quote(name)}/all.zip" for name in ecosystems}


def end_of_life_sources(base: str) -> dict[str, str]:
    """Return file name → URL of each product of the shipped table, below endoflife.date's API or its like.

    Debian and Ubuntu are left out: distro-info-data has them, with long-term support.
    """
    return {
        f"{END_OF_LIFE}{name}.json": f"{base.rstrip('/')}/{SLUGS.get(name, name)}.json"
        for name in shipped_table().products
        if name not in DISTRO_INFO
    }


class Mirror:
    """Fetches feeds into a store.

    Parameters
    ----------
    store
        Where the feeds are; see :mod:`praxi_tasks.findings.feeds.folder`.
    timeout
        Longest silence of a server, in seconds.
    checks
        How files are checked of which this package does not know the form, by the beginning of their names.
    """

    def __init__(
        self, store: Store, timeout: float = 60.0, checks: Mapping[str, FileCheck] | None = None
    ) -> None:
        self._store = store
        self._timeout = timeout
        self._checks = checks or {}
        self._state = dict(_readable_state(store))

    def fetch(self, sources: Mapping[str, str], now: str) -> tuple[Outcome, ...]:
        """Mirror files; one that can't be had or is broken keeps its previous copy.

        Parameters
        ----------
        sources
            File name in the feeds folder → URL (``https``, ``http``, ``file``) or path.
        now
            The time to note, ISO 8601.
        """
        outcomes = tuple(
            self._attempt(name, url, now, partial(_reader_of(name), url, self._timeout))
            for name, url in sources.items()
        )
        self._write_state()
        return outcomes

    def keep(self, name: str, make: Callable[[bytes | None], bytes], url: str, now: str) -> Outcome:
        """Renew a file that is made rather than fetched, from the previous copy; note how that ended."""
        outcome = self._attempt(name, url, now, lambda: make(StoreFeeds(self._store).read(name)))
        self._write_state()
        return outcome

    def _attempt(self, name: str, url: str, now: str, get: Callable[[], bytes]) -> Outcome:
        try:
            data = get()
            found = contents_of(check_feed(name, data, self._checks))
            check_shrinkage(name, found.entries, self._in_use(name), now)
            check_rollback(name, found.newest, self._in_use(name), now)
        except (FeedError, DataError, UsageError) as error:
            logger.warning("%s: %s", name, error)
            return self._not_renewed(name, error)
        digest = hashlib.sha256(data).hexdigest()
        before = self._state.get(name)
        self._state[name] = Mirrored(now, shown(url), digest, found.entries, found.newest)
        if before is not None and before.sha256 == digest and self._store.exists(store_name(name)):
            return Outcome(name, "unchanged", fetched=now)
        self._store.replace(store_name(name), data)
        return Outcome(name, "fetched", fetched=now)

    def _not_renewed(self, name: str, error: PraxiError) -> Outcome:
        before = self._in_use(name)
        return Outcome(
            name,
            "kept" if self._store.exists(store_name(name)) else "missing",
            str(error),
            before.fetched if before else "",
            error.retryable,
            isinstance(error, UsageError),
        )

    def _in_use(self, name: str) -> Mirrored | None:
        """Return what is known of the copy in use; None without one."""
        return self._state.get(name) if self._store.exists(store_name(name)) else None

    def _write_state(self) -> None:
        self._store.replace(STATE, msgspec.json.encode(dict(sorted(self._state.items()))))


def _reader_of(name: str) -> Callable[[str, float], bytes]:
    return read_advisories if name.startswith(VENDORS) else read_url


def check_feed(name: str, data: bytes, checks: Mapping[str, FileCheck]) -> object:
    """Check that a file is what its name in the feeds folder promises, and return what the check found.

    Parameters
    ----------
    checks
        How files of other forms are checked, by the beginning of their names.

    Raises
    ------
    DataError
        If it is truncated or something else, such as a proxy's error page.
    """
    known = {**_READERS, **checks}
    check = next((one for prefix, one in known.items() if name.startswith(prefix)), None)
    return None if check is None else check(data, name)


_READERS: Final[dict[str, FileCheck]] = {
    "osv/": check_archive,
    "epss/": check_epss,
    "kev/": check_kev,
    "distro-info/": read_distro_info,
    "debian-security-support/": read_support_ended,
    "releases/": read_releases,
    PACKAGES: read_packages,
    END_OF_LIFE: read_cycles,
}


def _readable_state(store: Store) -> dict[str, Mirrored]:
    try:
        return read_state(StoreFeeds(store))
    except PraxiError as error:
        logger.warning("%s", error)
        return {}

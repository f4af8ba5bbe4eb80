"""Mirroring feeds into the store: each file whole and checked, or the copy of before stays in use."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import msgspec

from praxi_tasks.errors import DataError, FeedError, PraxiError, UsageError
from praxi_tasks.findings.advisories.exploitation import read_epss, read_kev
from praxi_tasks.findings.feeds import STATE, Mirrored, StoreFeeds, archive_name, read_state, store_name
from praxi_tasks.findings.lifecycle_feeds import read_distro_info, read_support_ended
from praxi_tasks.findings.outdated import read_releases
from praxi_tasks.oci.connections import Connections
from praxi_tasks.oci.redact import redact_url
from praxi_tasks.oci.settings import RegistrySettings
from praxi_tasks.store import Store

logger = logging.getLogger(__name__)

OSV_URL: Final = "https://osv-vulnerabilities.storage.googleapis.com"
ECOSYSTEMS: Final = ("PyPI", "npm", "Debian", "Alpine", "Rocky Linux", "AlmaLinux", "Red Hat", "Ubuntu")
_LARGEST: Final = 2 << 30
_CHUNK: Final = 1 << 20


class Outcome(msgspec.Struct, frozen=True):
    """How mirroring a file ended: ``fetched``, ``unchanged`` or ``kept`` (the copy of before), and why."""

    name: str
    state: str
    reason: str = ""


def osv_sources(base: str, ecosystems: Sequence[str] = ECOSYSTEMS) -> dict[str, str]:
    """Return file name → URL of OSV's archives below a base URL, or a directory in the same form.

    A directory (a path, or a ``file://`` URL) may lay them out as OSV does or as a feeds folder does, that is
    with or without a folder ``osv``.
    """
    return {archive_name(name): f"{base.rstrip('/')}/{quote(name)}/all.zip" for name in ecosystems}


class Mirror:
    """Fetches feeds into a store.

    Parameters
    ----------
    store
        Where the feeds lie; see :mod:`praxi_tasks.findings.feeds`.
    timeout
        Longest silence of a server, in seconds.
    """

    def __init__(self, store: Store, timeout: float = 60.0) -> None:
        self._store = store
        self._timeout = timeout
        self._state = dict(_readable_state(store))

    def fetch(self, sources: Mapping[str, str], now: str) -> tuple[Outcome, ...]:
        """Mirror files; one that can't be had or is broken keeps its copy of before.

        Parameters
        ----------
        sources
            File name in the feeds folder → URL (``https``, ``http``, ``file``) or path.
        now
            The time to note, ISO 8601.
        """
        outcomes = tuple(
            self._attempt(name, url, now, partial(read_url, url, self._timeout))
            for name, url in sources.items()
        )
        self._write_state()
        return outcomes

    def keep(self, name: str, make: Callable[[bytes | None], bytes], url: str, now: str) -> Outcome:
        """Renew a file that is made rather than fetched, from the copy of before; note how that ended."""
        outcome = self._attempt(name, url, now, lambda: make(StoreFeeds(self._store).read(name)))
        self._write_state()
        return outcome

    def _attempt(self, name: str, url: str, now: str, get: Callable[[], bytes]) -> Outcome:
        try:
            data = get()
            check_feed(name, data)
        except (FeedError, DataError, UsageError) as error:
            logger.warning("%s: %s", name, error)
            return Outcome(name, "kept", str(error))
        digest = hashlib.sha256(data).hexdigest()
        before = self._state.get(name)
        self._state[name] = Mirrored(now, _shown(url), digest)
        if before is not None and before.sha256 == digest and self._store.exists(store_name(name)):
            return Outcome(name, "unchanged")
        self._store.replace(store_name(name), data)
        return Outcome(name, "fetched")

    def _write_state(self) -> None:
        self._store.replace(STATE, msgspec.json.encode(dict(sorted(self._state.items()))))


def check_feed(name: str, data: bytes) -> None:
    """Check that a file is what its name in the feeds folder promises.

    Raises
    ------
    DataError
        If it is truncated or something else, such as a proxy's error page.
    """
    reader = next((read for prefix, read in _READERS.items() if name.startswith(prefix)), None)
    if reader is not None:
        reader(data, name)


def _check_archive(data: bytes, where: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            broken = archive.testzip()
            advisories = sum(name.endswith(".json") for name in archive.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"an advisory archive is broken: {error}", where=where) from error
    if broken is not None or not advisories:
        raise DataError(f"an advisory archive is broken at {broken or 'its list of files'}", where=where)


_READERS: Final[dict[str, Callable[[bytes, str], object]]] = {
    "osv/": _check_archive,
    "epss/": read_epss,
    "kev/": read_kev,
    "distro-info/": read_distro_info,
    "debian-security-support/": read_support_ended,
    "releases/": read_releases,
}


def read_url(url: str, timeout: float, accept: str = "*/*") -> bytes:
    """Return what a URL or path holds.

    Parameters
    ----------
    timeout
        Longest silence of a server, in seconds.
    accept
        The media types wanted of a server.

    Raises
    ------
    FeedError
        If it can't be had now, or is larger than any feed.
    UsageError
        If the scheme is another than ``https``, ``http`` and ``file``.
    """
    scheme = urlsplit(url).scheme
    if scheme in {"", "file"}:
        return _read_file(Path(unquote(urlsplit(url).path) if scheme else unquote(url)))
    if scheme in {"http", "https"}:
        return _read_http(url, timeout, accept)
    raise UsageError("not a feed's URL", where=_shown(url), action="use https, http or file")


def _read_file(path: Path) -> bytes:
    """Read a file; one of OSV's archives may also lie below a folder ``osv``."""
    nested = path.parent.parent / "osv" / path.parent.name / path.name
    try:
        return (path if path.exists() or not nested.exists() else nested).read_bytes()
    except OSError as error:
        raise FeedError(
            f"the feed can't be read: {error.strerror}",
            where=str(path),
            action="the copy of before stays in use",
        ) from error


def _read_http(url: str, timeout: float, accept: str) -> bytes:
    import urllib3

    parts = urlsplit(url)
    where, advice = redact_url(url), "the copy of before stays in use"
    account = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    pool = Connections(RegistrySettings.from_environment()).pool(parts.scheme, parts.hostname or "")
    try:
        answer = pool.request(
            "GET",
            plain,
            headers={"Accept": accept, **urllib3.make_headers(basic_auth=account)},
            timeout=urllib3.Timeout(connect=min(timeout, 15.0), read=timeout),
            retries=urllib3.Retry(2, backoff_factor=0.5, redirect=5),
            preload_content=False,
        )
        if answer.status != 200:
            raise FeedError(f"the feed's server answered {answer.status}", where=where, action=advice)
        data = bytearray()
        for chunk in answer.stream(_CHUNK):
            data += chunk
            if len(data) > _LARGEST:
                raise FeedError("the feed is larger than 2 GiB", where=where, action=advice)
    except urllib3.exceptions.HTTPError as error:
        reason = type(error).__name__
        raise FeedError(f"the feed can't be fetched ({reason})", where=where, action=advice) from error
    return bytes(data)


def _readable_state(store: Store) -> dict[str, Mirrored]:
    try:
        return read_state(StoreFeeds(store))
    except PraxiError as error:
        logger.warning("%s", error)
        return {}


def _shown(url: str) -> str:
    return redact_url(url) if "://" in url else url

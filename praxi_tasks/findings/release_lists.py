"""Release lists from a Python package index: which versions there are, and since when (PEP 691, PEP 700)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from praxi_tasks.errors import CorruptObjectError, DataError, FeedError, KeyNotFoundError
from praxi_tasks.findings.fetching import read_url
from praxi_tasks.findings.outdated import read_releases
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

NAME: Final = "releases/pypi.json"
_JSON: Final = "application/vnd.pypi.simple.v1+json"
_WORKERS: Final = 4


class _File(msgspec.Struct, rename="kebab"):
    filename: str
    upload_time: str = ""
    yanked: bool | str = False


class _Project(msgspec.Struct):
    files: list[_File]


def python_packages(store: Store) -> list[str]:
    """Return the Python packages of the last audit that the store remembers, from its table of components."""
    import duckdb

    memories = sorted(store.list(keys.history("dag")))
    if not memories:
        return []
    run = msgspec.json.decode(store.get(memories[-1]), type=dict[str, Any])["run"]
    try:
        table = store.get(keys.run(run, "tables/components.parquet"))
    except KeyNotFoundError:
        return []
    return sorted(_names(table, duckdb))


def _names(table: bytes, duckdb: Any) -> Iterator[str]:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as database:
        file.write(table)
        file.flush()
        rows = database.read_parquet(file.name).filter("ecosystem = 'pypi'").select("name").distinct()
        yield from (name for (name,) in rows.fetchall())


def renewed_lists(index: str, packages: Iterable[str], before: bytes | None, timeout: float = 30.0) -> bytes:
    """Return the release lists of packages, those that can't be had as they were before.

    Parameters
    ----------
    index
        Base URL of a simple index that answers in JSON, such as pip's ``index-url``.
    before
        The file of the last time.

    Raises
    ------
    FeedError
        If not a single list could be had: the index is down, or speaks HTML only.
    """
    names = list(packages)
    known = _readable(before)
    with ThreadPoolExecutor(_WORKERS) as pool:
        lists = dict(zip(names, pool.map(lambda name: _attempt(index, name, timeout), names), strict=True))
    had = {name: releases for name, releases in lists.items() if releases is not None}
    if names and not had:
        raise FeedError("no release list could be had", where=urlsplit(index).hostname or index)
    return msgspec.json.encode(dict(sorted((known | had).items())))


def _attempt(index: str, name: str, timeout: float) -> dict[str, str] | None:
    try:
        data = read_url(f"{index.rstrip('/')}/{quote(name)}/", timeout, accept=_JSON)
        return releases_of(msgspec.json.decode(data, type=_Project))
    except FeedError as error:
        logger.warning("%s: %s", name, error)
    except msgspec.MsgspecError:
        logger.warning("%s: the index does not answer in JSON (PEP 691)", name)
    return None


def releases_of(project: _Project) -> dict[str, str]:
    """Return version → day of the first file; releases whose files are all yanked are left out."""
    days: dict[str, str] = {}
    for file in project.files:
        version = None if file.yanked else _version(file.filename)
        if version is not None:
            day = file.upload_time[:10]
            days[version] = min(days.get(version) or day, day)
    return days


def _version(filename: str) -> str | None:
    try:
        if filename.endswith(".whl"):
            return str(parse_wheel_filename(filename)[1])
        return str(parse_sdist_filename(filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def _readable(before: bytes | None) -> dict[str, dict[str, str]]:
    try:
        return read_releases(before, NAME) if before else {}
    except (DataError, CorruptObjectError) as error:
        logger.warning("%s", error)
        return {}

"""Debian's security tracker as JSON, which also knows testing and unstable.

https://security-tracker.debian.org/tracker/data/json: by source package, vulnerability and release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors.notices import Fix, record_of
from praxi_tasks.findings.packages import codename_of, newest_release
from praxi_tasks.json_decoding import decode

T = TypeVar("T")

_DEBIAN: Final = "debian"
_UNSTABLE: Final = "sid"
_UNKNOWN: Final = "undetermined"
_NEVER: Final = "0"  # the fixed version of what never affected the release


class _Release(msgspec.Struct):
    status: str = ""
    fixed_version: str = ""
    urgency: str = ""


class _Issue(msgspec.Struct):
    releases: dict[str, _Release]
    description: str = ""


def read_tracker(document: bytes, where: str, distribution: str) -> Iterator[Record | str]:
    """Yield a record for each source package and vulnerability of a release.

    Testing and unstable call themselves the same, so what unstable fixed is fixed in an image of either.

    Parameters
    ----------
    distribution
        The release: ``debian-14``.

    Raises
    ------
    DataError
        If it is no such document, or has not the release.
    """
    codename = codename_of(distribution)
    sources = _decoded(document, dict[str, msgspec.Raw], where)
    releases = {name for raw in sources.values() for names in _releases(raw, where) for name in names}
    if codename not in releases:
        known = ", ".join(sorted(releases)[:20])
        raise DataError(
            f"it has nothing about {codename or distribution}, but of {known or 'no release at all'}",
            where=where,
            action="name the release that it is for, such as debian-14",
        )
    is_testing = codename == newest_release(_DEBIAN, releases)
    for source, raw in sources.items():
        for identifier, issue in _decoded(bytes(raw), dict[str, _Issue], where).items():
            here = issue.releases.get(codename)
            unstable = issue.releases.get(_UNSTABLE) if is_testing else None
            fix = _fix(source, here, unstable)
            if fix is not None:
                urgency = (here or unstable or _Release()).urgency
                record = record_of(identifier, [fix], severity=urgency, summary=issue.description)
                yield f"{where}, package {source}: {record}" if isinstance(record, str) else record


def _releases(issues: msgspec.Raw, where: str) -> Iterator[Iterable[str]]:
    """Yield the names of the releases that each vulnerability of a source package is about."""
    for issue in _decoded(bytes(issues), dict[str, _Issue], where).values():
        yield issue.releases


def _decoded(document: bytes, kind: type[T], where: str) -> T:
    try:
        return decode(document, kind)
    except msgspec.DecodeError as error:
        raise DataError(
            f"it is no security tracker: {error}", where=where, action="mirror the feed again"
        ) from error


def _fix(source: str, here: _Release | None, unstable: _Release | None) -> Fix | None:
    """Return what a release says of a vulnerability; None where it is not affected.

    Parameters
    ----------
    unstable
        What unstable says, where the release is testing: what one has not fixed the other may have.
    """
    told = here or unstable
    if told is None or told.fixed_version == _NEVER or told.status == _UNKNOWN:
        return None
    fixed = told.fixed_version or (unstable.fixed_version if unstable else "")
    return Fix(source, "" if fixed == _NEVER else fixed)

"""OSV's JSON, as far as matching reads it: https://ossf.github.io/osv-schema/."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds import open_archive
from praxi_tasks.json_decoding import decode
from praxi_tasks.store.compressed import DAMAGED_ZIP

# An advisory is some kilobytes; one that inflates beyond this is not an advisory.
_LARGEST_RECORD: Final = 64 << 20
SETTING: Final = "PRAXI_ADVISORY_MAX_VERSIONS"
_MOST_VERSIONS: Final = 100_000  # each is parsed and compared; real advisories name some thousands
NAMES_SETTING: Final = "PRAXI_ADVISORY_MAX_NAMES"
_MOST_NAMES: Final = 10_000  # aliases and related ones; notices about kernels name some thousands
_LONGEST_NAME: Final = 128  # characters; real ones have some dozens
_NO_NAME: Final = re.compile(r"[\s|]")  # in a finding's key a bar stands between its parts

Event = dict[str, str]


class Range(msgspec.Struct, frozen=True):
    """Versions as events along an order; ``GIT`` ranges order commits and are not for packages."""

    type: str = ""
    events: list[Event] = []


class Severity(msgspec.Struct, frozen=True):
    """A score of one system, mostly a CVSS vector."""

    type: str = ""
    score: str = ""


class Package(msgspec.Struct, frozen=True):
    """An affected package; ``ecosystem`` may carry a release after a colon."""

    ecosystem: str
    name: str


class Affected(msgspec.Struct, frozen=True):
    """What of one package is affected.

    Attributes
    ----------
    module
        The ``name:stream`` that a module's package is of, where a vendor's form says so.
    """

    package: Package | None = None
    ranges: list[Range] = []
    versions: list[str] = []
    severity: list[Severity] = []
    ecosystem_specific: dict[str, Any] | None = None
    database_specific: dict[str, Any] | None = None
    module: str = ""


class Record(msgspec.Struct, frozen=True):
    """One advisory."""

    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] = []
    upstream: list[str] = []
    related: list[str] = []
    summary: str = ""
    details: str = ""
    severity: list[Severity] = []
    affected: list[Affected] = []
    database_specific: dict[str, Any] | None = None


def read_records(archive: bytes, where: str) -> Iterator[Record | str]:
    """Yield the advisories of one ecosystem's ``all.zip``, and a sentence for each that can't be read.

    Raises
    ------
    DataError
        If the archive is truncated or no zip file, or has too many members.
    """
    try:
        with open_archive(archive, where) as members:
            for member in members.infolist():
                if member.filename.endswith(".json"):
                    yield _read(members, member, where)
    except DAMAGED_ZIP as error:
        raise DataError(
            f"an advisory archive is broken: {error}", where=where, action="mirror the feed again"
        ) from error


def _read(members: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> Record | str:
    if member.file_size > _LARGEST_RECORD:
        return f"{where}: {member.filename} is {member.file_size} bytes, too large for an advisory"
    try:
        record = _decoded(members.read(member))
    except ValueError as error:
        return f"{where}: {member.filename} is no OSV record: {error}"
    if not is_name(record.id):
        return f"{where}: {member.filename} is no OSV record: its id {record.id[:_LONGEST_NAME]!r} is no name"
    named = sum(map(_versions_of, record.affected))
    if named > read(SETTING, whole_number, _MOST_VERSIONS):
        return f"{where}: {member.filename} names {named:,} versions: raise {SETTING} if that is right"
    others = len(record.aliases) + len(record.upstream) + len(record.related)
    if others > read(NAMES_SETTING, whole_number, _MOST_NAMES):
        return f"{where}: {member.filename} has {others:,} names: raise {NAMES_SETTING} if that is right"
    return record


def _decoded(data: bytes) -> Record:
    """Decode a record; one with numbers for texts, or notes that are no objects, is read all the same."""
    try:
        return decode(data, Record)
    except msgspec.ValidationError as error:
        try:
            return msgspec.convert(_mended(decode(data)), Record)
        except (msgspec.ValidationError, AttributeError, TypeError):
            raise error from None


def _mended(document: Any) -> dict[str, Any]:
    """Return a document with the texts that the schema wants; what it has no place for is left out."""
    affected = [
        {
            **_without_notes(entry),
            "ranges": [
                {**part, "events": [_texts(event) for event in part.get("events") or ()]}
                for part in entry.get("ranges") or ()
            ],
            "versions": [str(version) for version in entry.get("versions") or ()],
        }
        for entry in document.get("affected") or ()
    ]
    return {**_without_notes(document), "affected": affected}


def _without_notes(part: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in part.items()
        if value is not None and (isinstance(value, dict) or not name.endswith("_specific"))
    }
    return {**kept, "severity": [_texts(score) for score in part.get("severity") or ()]}


def _texts(part: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in part.items()}


def _versions_of(affected: Affected) -> int:
    return len(affected.versions) + sum(len(one.events) for one in affected.ranges)


def is_name(text: str) -> bool:
    """Return whether a text can name an advisory: reports, keys and alerts quote it as it is."""
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable() and not _NO_NAME.search(text)

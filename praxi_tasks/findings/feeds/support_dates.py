"""Reads the feeds of support dates: distro-info-data and debian-security-support."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from praxi_tasks.errors import DataError

_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")


@dataclass(frozen=True)
class SupportEnd:
    """When a release is no longer supported: for everyone, and for those on long-term support.

    Where it ``is_bound``, the days are not known: support ended then at the latest.
    """

    regular: date
    extended: date
    is_bound: bool = False

    @property
    def since(self) -> str:
        """The day on which regular support ended, for a sentence."""
        return f"{self.regular} at the latest" if self.is_bound else f"{self.regular}"


@dataclass(frozen=True)
class EndedPackage:
    """A source package whose security support ends before its distribution's."""

    pattern: re.Pattern[str]
    day: date
    reason: str


def ended_by(release: str, ends: Mapping[str, date], at: date) -> date | None:
    """Return a day by which support of a release that is not listed had ended, or None if that is not known.

    It is that of the next newer release that is listed, if that one is out of support.
    """
    newer = {number: end for name, end in ends.items() if (number := _number(name)) > _number(release) > ()}
    bound = newer[min(newer)] if newer else None
    return bound if bound is not None and bound <= at else None


def _number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split("."))) if _NUMBER.fullmatch(release) else ()


def read_distro_info(data: bytes, where: str) -> dict[str, SupportEnd]:
    """Read a table of distro-info-data: release → when its support ends.

    Raises
    ------
    DataError
        If it has other columns or dates, or names no release whose support ends.
    """
    known = {}
    try:
        for row in csv.DictReader(data.decode().splitlines(), restval=""):
            version, end = row["version"].removesuffix(" LTS"), row["eol"]
            if version and end:
                regular = date.fromisoformat(end)
                extended = date.fromisoformat(row.get("eol-lts") or row.get("eol-server") or end)
                known[version] = SupportEnd(regular, max(regular, extended))
    except (UnicodeDecodeError, KeyError, ValueError, csv.Error) as error:
        raise DataError(
            f"not a distro-info table: {error!r}", where=where, action="mirror it again"
        ) from error
    if not known:
        raise DataError("a distro-info table without a release", where=where, action="mirror it again")
    return known


def read_support_ended(data: bytes, where: str) -> tuple[EndedPackage, ...]:
    """Read a list of debian-security-support: pattern of source packages, version, day, reason.

    Raises
    ------
    DataError
        If a line has another form, or the file is empty; where no support has ended it has comments.
    """
    ended = []
    if not data.strip():
        raise DataError("a list of ended support that is empty", where=where, action="mirror it again")
    try:
        for line in data.decode().splitlines():
            if line.strip() and not line.startswith("#"):
                pattern, _, day, *reason = line.split(None, 3)
                ended.append(EndedPackage(re.compile(pattern), date.fromisoformat(day), " ".join(reason)))
    except (UnicodeDecodeError, ValueError, re.error) as error:
        raise DataError(
            f"not a list of ended support: {error}", where=where, action="mirror it again"
        ) from error
    return tuple(ended)

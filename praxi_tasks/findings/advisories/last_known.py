"""Where GitHub's advisories end that name no fixed version: the last range known to be affected.

OSV's form has no event for it: such a record's range is open, and what OSV lists of versions goes on with it.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from praxi_tasks.findings.advisories.osv import Affected, Event, Range

_NOTE: Final = "last_known_affected_version_range"
_BOUND: Final = re.compile(r"(<=?)\s*(\S+)")
_ENDS: Final = frozenset({"fixed", "last_affected", "limit"})
_OF_COMMITS: Final = "GIT"


def closed(affected: Affected) -> Affected:
    """Return what is affected, its open ranges ended where a note of the database says so.

    The versions that are listed beside such a range are OSV's, which counted them by the open range.
    """
    end = _end((affected.database_specific or {}).get(_NOTE))
    if end is None or not any(map(_is_open, affected.ranges)):
        return affected
    ranges = [_ended(one, end) if _is_open(one) else one for one in affected.ranges]
    return msgspec.structs.replace(affected, ranges=ranges, versions=[])


def _end(note: object) -> Event | None:
    """Return the event that a note such as ``<= 1.2`` or ``< 2.0`` stands for."""
    bound = _BOUND.fullmatch(note.strip()) if isinstance(note, str) else None
    if bound is None:
        return None
    return {"last_affected" if bound[1] == "<=" else "limit": bound[2]}


def _is_open(one: Range) -> bool:
    return (
        one.type != _OF_COMMITS and bool(one.events) and not any(_ENDS & event.keys() for event in one.events)
    )


def _ended(one: Range, end: Event) -> Range:
    return msgspec.structs.replace(one, events=[*one.events, end])

"""Folding the names of one vulnerability: a CVE, its GHSA, its PYSEC and a distribution's record of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
# A distribution's own record of a vulnerability, which its notices may name: UBUNTU-CVE-2024-1234.
_RECORD_OF: Final = re.compile(rf"(?:[A-Za-z]+-)?({_CVE.pattern})")
# The name that operators search for comes first.
_ORDER: Final = ("CVE-", "GHSA-", "PYSEC-", "DSA-", "USN-")
# Update notices of distributions: each fixes one or more vulnerabilities, or none at all.
_NOTICE: Final = re.compile(
    r"(?:DSA|DLA|USN|LSN|RHSA|RLSA|ALSA|ELSA|ALAS\w*|FEDORA|SUSE|openSUSE|MGASA|OESA|PHSA)-"
    r"|(?:RH|RL|AL|EL)[BE]A-"
)
# Those that fix errors or bring new features: they tell of a vulnerability only where they name one.
_OF_ERRORS: Final = re.compile(r"(?:RH|RL|AL|EL)[BE]A-|(?:open)?SUSE-[RFO]U-")


class AliasGroups:
    """Disjoint sets of names (union-find with path halving); none ever holds two CVEs."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._cves: dict[str, str] = {}  # by the representative of its set

    def join(self, name: str, others: Iterable[str]) -> None:
        """Say that ``others`` are names of what ``name`` names; one that names another CVE stays apart."""
        root = self.find(name)
        for other in map(self.find, others):
            cves = {self._cves[one] for one in (root, other) if one in self._cves}
            if other != root and len(cves) < 2:
                self._parents[other] = root
                self._cves.update((root, cve) for cve in cves)

    def find(self, name: str) -> str:
        """Return the representative of a name's set."""
        parents = self._parents
        if name not in parents:
            parents[name] = name
            if _CVE.fullmatch(name):
                self._cves[name] = name
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return each name's whole set, the best name first."""
        members: dict[str, list[str]] = {}
        for name in self._parents:
            members.setdefault(self.find(name), []).append(name)
        ordered = {root: tuple(sorted(names, key=_rank)) for root, names in members.items()}
        return {name: ordered[self.find(name)] for name in self._parents}


class Names(NamedTuple):
    """What a record is about.

    ``subjects`` are the vulnerabilities, mostly one; ``others`` are more names of it. A record about several
    vulnerabilities is no other name of any of them.
    """

    subjects: tuple[str, ...]
    others: tuple[str, ...] = ()


def names_of(
    identifier: str, aliases: Iterable[str], upstream: Iterable[str], related: Iterable[str]
) -> Names:
    """Return the names of the vulnerabilities that a record is about.

    A record such as ``DEBIAN-CVE-2024-1234`` carries the CVE in its own name or as its only upstream. Records
    that name several CVEs are about each of them. Notices name theirs as related ones, too; one that fixes
    errors and names no CVE is about nothing.
    """
    if inside := _CVE.search(identifier):
        own = (name for name in aliases if not _CVE.fullmatch(name))
        return Names(
            (identifier,), tuple(dict.fromkeys(n for n in (inside.group(), *own) if n != identifier))
        )
    others = tuple(name for name in dict.fromkeys(aliases) if name != identifier)
    further = (*upstream, *related) if is_notice(identifier) else tuple(upstream)
    records = (_RECORD_OF.fullmatch(name) for name in (*others, *further))
    cves = tuple(dict.fromkeys(record[1] for record in records if record))
    if len(cves) > 1:
        return Names(cves)
    if not cves and _OF_ERRORS.match(identifier):
        return Names(())
    return Names((identifier,), tuple(dict.fromkeys((*others, *cves))))


def is_notice(name: str) -> bool:
    """Return whether a name is that of a distribution's update notice (``DSA-5678-1``, ``RHSA-2026:1``)."""
    return _NOTICE.match(name) is not None


def _rank(name: str) -> tuple[int, str]:
    return next((n for n, prefix in enumerate(_ORDER) if name.startswith(prefix)), len(_ORDER)), name

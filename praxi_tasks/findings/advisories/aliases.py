"""Folding the names of one vulnerability: a CVE, its GHSA, its PYSEC and a distribution's record of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,}")
# The name that operators search for comes first.
_ORDER: Final = ("CVE-", "GHSA-", "PYSEC-", "DSA-", "USN-")
# Update notices of distributions that fix many vulnerabilities at once: they join nothing.
_BUNDLES: Final = re.compile(r"(DSA|DLA|USN|RHSA|RHBA|RHEA|RLSA|ALSA|ALBA|SUSE|openSUSE|MGASA|OESA)-")


class AliasGroups:
    """Disjoint sets of names (union-find with path halving)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def join(self, name: str, others: Iterable[str]) -> None:
        """Say that ``others`` are names of what ``name`` names."""
        root = self.find(name)
        for other in others:
            self._parents[self.find(other)] = root

    def find(self, name: str) -> str:
        """Return the representative of a name's set."""
        parents = self._parents
        parents.setdefault(name, name)
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


def names_of(identifier: str, aliases: Iterable[str], upstream: Iterable[str]) -> tuple[str, ...]:
    """Return the other names of one advisory.

    A record such as ``DEBIAN-CVE-2024-1234`` carries the CVE in its own name or as its only upstream; a
    notice that fixes several CVEs at once is an alias of none of them.
    """
    names = dict.fromkeys(aliases)
    above = {name for name in upstream if _CVE.fullmatch(name)}
    if len(above) == 1:
        names.update(dict.fromkeys(above))
    if inside := _CVE.search(identifier):
        names[inside.group()] = None
    names.pop(identifier, None)
    several = sum(bool(_CVE.fullmatch(name)) for name in names) > 1
    return () if several and _BUNDLES.match(identifier) else tuple(names)


def _rank(name: str) -> tuple[int, str]:
    return next((n for n, prefix in enumerate(_ORDER) if name.startswith(prefix)), len(_ORDER)), name

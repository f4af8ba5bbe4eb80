"""The order of versions in every ecosystem, by univers wherever its rules are the ecosystem's."""

from __future__ import annotations

import functools
from typing import Final

from univers import versions
from univers.versions import InvalidVersion, SemverVersion, Version

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.packages.apk_version import ApkVersion
from praxi_tasks.findings.packages.debian_version import DpkgVersion

_OWN: Final[dict[str, type[Version]]] = {one.__name__: one for one in (ApkVersion, DpkgVersion)}


@functools.lru_cache(maxsize=1 << 18)
def parse_version(kind: str, text: str) -> Version | None:
    """Return a version that can be compared with others of its kind, or None if it is malformed.

    Parameters
    ----------
    kind
        The package URL type whose rules hold: ``pypi``, ``npm``, ``deb``, ``apk`` or ``rpm``.
    text
        The version as a database or advisory writes it.
    """
    version_class = _class_of(kind)
    if version_class is None:
        return None
    if issubclass(version_class, SemverVersion):
        text = text.partition("+")[0]  # build metadata takes no part in the order
    try:
        return version_class(text)
    except (InvalidVersion, KeyError, ValueError, TypeError, AttributeError, IndexError):
        # univers lets some malformed versions end in the errors of the parser below it.
        return None


@functools.cache
def _class_of(kind: str) -> type[Version] | None:
    name = ecosystem_of(kind).version_class
    found: type[Version] | None = _OWN.get(name) or getattr(versions, name, None)
    return found


def newest_version(kind: str, versions: tuple[str, ...]) -> str:
    """Return the highest of several versions; malformed ones count as lowest, an empty string for none."""
    ordered = [(version, text) for text in versions if (version := parse_version(kind, text)) is not None]
    best: tuple[Version, str] | None = None
    for candidate in ordered:
        if best is None or best[0] < candidate[0]:
            best = candidate
    return best[1] if best else ""

"""The order of versions in every ecosystem, by univers wherever its rules are the ecosystem's."""

from __future__ import annotations

import functools
from typing import Final

from univers.versions import (
    DebianVersion,
    InvalidVersion,
    PypiVersion,
    RpmVersion,
    SemverVersion,
    Version,
)

from praxi_tasks.findings.packages.apk_version import ApkVersion

_CLASSES: Final[dict[str, type[Version]]] = {
    "pypi": PypiVersion,
    "npm": SemverVersion,
    "deb": DebianVersion,
    "apk": ApkVersion,
    "rpm": RpmVersion,
}


@functools.lru_cache(maxsize=1 << 18)
def parse(kind: str, text: str) -> Version | None:
    """Return a version that can be compared with others of its kind, or None if it is malformed.

    Parameters
    ----------
    kind
        The package URL type whose rules hold: ``pypi``, ``npm``, ``deb``, ``apk`` or ``rpm``.
    text
        The version as a database or advisory writes it.
    """
    if kind == "npm":
        text = text.partition("+")[0]  # build metadata takes no part in the order
    try:
        return _CLASSES[kind](text)
    except (InvalidVersion, KeyError, ValueError, TypeError, AttributeError, IndexError):
        # univers lets some malformed versions end in the errors of the parser below it.
        return None


def newest(kind: str, versions: tuple[str, ...]) -> str:
    """Return the highest of several versions; malformed ones count as lowest, an empty string for none."""
    ordered = [(version, text) for text in versions if (version := parse(kind, text)) is not None]
    best: tuple[Version, str] | None = None
    for candidate in ordered:
        if best is None or best[0] < candidate[0]:
            best = candidate
    return best[1] if best else ""

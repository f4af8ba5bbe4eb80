"""Distributions whose packages are another one's: rebuilds, older names, and those built on a release of it.

Advisories are filed under the other one. Only where releases are known to be the same is anything concluded:
``ID_LIKE`` alone is not enough, for Amazon Linux 2 is no second release of Red Hat's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from praxi_tasks.inventory import Distribution

# os-release's ID -> that of the distribution with the same packages under the same release numbers.
_SAME: Final[Mapping[str, str]] = {
    "centos": "rhel",
    "scientific": "rhel",
    "eurolinux": "rhel",
    "clnstrt": "cleanstart",
    "mariner": "azurelinux",
    "raspbian": "debian",
    "sle-micro-rancher": "sle-micro",
    "sled": "sles",
    "sles_sap": "sles",
}
_CODENAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "ubuntu": {
        "trusty": "14.04",
        "xenial": "16.04",
        "bionic": "18.04",
        "focal": "20.04",
        "jammy": "22.04",
        "noble": "24.04",
        "plucky": "25.04",
        "questing": "25.10",
    },
    "debian": {
        "stretch": "9",
        "buster": "10",
        "bullseye": "11",
        "bookworm": "12",
        "trixie": "13",
        "forky": "14",
        "duke": "15",
    },
}


def codename_of(distribution: str) -> str:
    """Return the codename of a release that is named by its number or codename; empty where none is known.

    Examples
    --------
    >>> codename_of("debian-12")
    'bookworm'
    """
    identifier, _, release = distribution.rpartition("-")
    codenames = _CODENAMES.get(identifier, {})
    found = (name for name, number in codenames.items() if release in {name, number})
    return next(found, release if identifier in _CODENAMES else "")


def newest_release(distribution: str, codenames: Iterable[str]) -> str:
    """Return the newest of some releases of Debian's or Ubuntu's, by codename; empty where none is known."""
    numbers = _CODENAMES.get(distribution, {})
    known = [name for name in codenames if name in numbers]
    return max(known, key=lambda name: float(numbers[name]), default="")


def relative_name(distribution: Distribution | None) -> str:
    """Return ``id-release`` of the distribution whose advisories hold for this one; empty if its own do.

    Debian testing names no release but a codename; Mint names the Ubuntu that it is built on.
    """
    if distribution is None:
        return ""
    identifier = _SAME.get(distribution.id, distribution.id)
    if identifier != distribution.id and not (distribution.version_id or distribution.codename):
        return identifier
    if distribution.version_id and (identifier != distribution.id or identifier in _CODENAMES):
        return f"{identifier}-{distribution.version_id}" if identifier != distribution.id else ""
    for parent, releases in _CODENAMES.items():
        if parent == identifier or parent in distribution.like:
            release = releases.get(distribution.base_codename) or releases.get(distribution.codename)
            if release:
                return f"{parent}-{release}"
    return ""

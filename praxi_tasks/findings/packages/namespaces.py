"""One name for what OSV calls an ecosystem and an image calls a distribution.

A *namespace* is ``pypi``, ``npm``, or a distribution and its release: ``debian-12``, ``alpine-3.20``,
``rocky-9``. Advisories are filed under it, components looked up by it.
"""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.findings.packages.component import Component

_LANGUAGES: Final = {"PyPI": "pypi", "npm": "npm"}
_LINUX: Final = {
    "Debian": "debian",
    "Ubuntu": "ubuntu",
    "Alpine": "alpine",
    "AlmaLinux": "almalinux",
    "Rocky Linux": "rocky",
    "Red Hat": "rhel",
    "SUSE": "sles",
    "openSUSE": "opensuse-leap",
    "Photon OS": "photon",
    "Mageia": "mageia",
    "openEuler": "openEuler",
    "Azure Linux": "azurelinux",
    "Wolfi": "wolfi",
    "Chainguard": "chainguard",
    "Alpaquita": "alpaquita",
}
# The package URL type whose rules order versions in a namespace.
_TYPES: Final = {
    "pypi": "pypi",
    "npm": "npm",
    "debian": "deb",
    "ubuntu": "deb",
    "alpine": "apk",
} | dict.fromkeys(("wolfi", "chainguard", "alpaquita"), "apk")
_ROLLING: Final = frozenset({"wolfi", "chainguard"})
# Distributions whose advisories name a major release only.
_MAJOR: Final = frozenset({"debian", "almalinux", "rocky", "rhel", "mageia", "azurelinux"})
_RELEASE: Final = re.compile(r"\d+(\.\d+)*")


def of_ecosystem(ecosystem: str) -> str | None:
    """Return the namespace of an OSV ecosystem, or None where there is none that Praxi knows."""
    name, _, release = ecosystem.partition(":")
    if name in _LANGUAGES:
        return _LANGUAGES[name]
    if name not in _LINUX or release.startswith("Pro:"):
        return None
    return _release_of(_LINUX[name], release)


def known_ecosystem(name: str) -> bool:
    """Return whether an ecosystem's name, without a release, is one that Praxi matches."""
    return name in _LANGUAGES or name in _LINUX


def of_component(component: Component) -> str | None:
    """Return the namespace in which advisories about a component are filed, or None if that is not known."""
    if component.ecosystem in {"pypi", "npm"}:
        return component.ecosystem
    distribution, _, release = component.distribution.rpartition("-")
    if not distribution:
        distribution, release = component.distribution, ""
    return _release_of(distribution, release) if distribution else None


def version_type(namespace: str) -> str:
    """Return the package URL type by whose rules versions of a namespace are ordered."""
    return _TYPES.get(namespace, _TYPES.get(namespace.rpartition("-")[0], "rpm"))


def _release_of(distribution: str, release: str) -> str | None:
    if distribution in _ROLLING:
        return distribution
    number = _RELEASE.search(release.replace(" SP", "."))  # SUSE writes "15 SP5" for 15.5
    if number is None:
        return None
    parts = number.group().split(".")
    return f"{distribution}-{'.'.join(parts[: 1 if distribution in _MAJOR else 2])}"

"""One name for what OSV calls an ecosystem and an image calls a distribution.

A *namespace* is ``pypi``, ``npm``, or a distribution and its release: ``debian-12``, ``alpine-3.20``,
``rocky-9``. Advisories are filed under it, components looked up by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from praxi_tasks.ecosystems import APK, BITNAMI, DEB, ECOSYSTEMS, RPM, Ecosystem, Family, ecosystem_of
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.packages.extended_releases import ExtendedRelease, extended_release
from praxi_tasks.findings.packages.relatives import relative_name
from praxi_tasks.inventory import Distribution


class _Release(Enum):
    """How much of a release's number a distribution's advisories name."""

    NOTHING = 0
    MAJOR = 1
    MINOR = 2


class FiledBy(Enum):
    """Which names a distribution's advisories use."""

    SOURCE = "those of source packages"
    BINARY = "those of what is installed"
    EITHER = "both, or it is not known which"


@dataclass(frozen=True)
class _Distribution:
    """A distribution: OSV's name for it (empty where OSV has none), its ID in ``os-release``, its packages.

    ``product`` is what follows OSV's name where several products have their own fixes for one release: only
    those of the distribution itself hold for its images. Where all hold, their names may have numbers, and
    the release ``ends_name``. ``channel`` is a release without a number, which rolls on beside numbered ones.
    """

    osv: str
    id: str
    packages: Ecosystem = RPM
    release: _Release = _Release.MINOR
    mirrored: bool = False  # by default
    filed_by: FiledBy = FiledBy.EITHER
    product: str = ""
    ends_name: bool = False
    channel: str = ""


_DISTRIBUTIONS: Final = (
    _Distribution("Debian", "debian", DEB, _Release.MAJOR, mirrored=True, filed_by=FiledBy.SOURCE),
    _Distribution("Alpine", "alpine", APK, mirrored=True, filed_by=FiledBy.SOURCE),
    _Distribution("Rocky Linux", "rocky", release=_Release.MAJOR, mirrored=True),
    _Distribution("AlmaLinux", "almalinux", release=_Release.MAJOR, mirrored=True, filed_by=FiledBy.BINARY),
    _Distribution(
        "Red Hat",
        "rhel",
        release=_Release.MAJOR,
        mirrored=True,
        filed_by=FiledBy.BINARY,
        product="enterprise_linux:",
    ),
    _Distribution(
        "Red Hat",
        "hummingbird",
        release=_Release.NOTHING,
        filed_by=FiledBy.BINARY,
        product="hummingbird:1",
    ),
    _Distribution("Ubuntu", "ubuntu", DEB, mirrored=True, filed_by=FiledBy.SOURCE),
    _Distribution("SUSE", "sle-micro", product="Linux Enterprise Micro "),
    _Distribution("SUSE", "sl-micro", product="Linux Micro "),
    _Distribution("SUSE", "sles", ends_name=True),
    _Distribution("openSUSE", "opensuse-leap-micro", product="Leap Micro "),
    _Distribution("openSUSE", "opensuse-leap", product="Leap "),
    _Distribution("openSUSE", "opensuse-tumbleweed", release=_Release.NOTHING, product="Tumbleweed"),
    _Distribution("Photon OS", "photon"),
    _Distribution("", "amzn", release=_Release.MAJOR, filed_by=FiledBy.BINARY),
    _Distribution("", "ol", release=_Release.MAJOR, filed_by=FiledBy.BINARY),
    _Distribution("", "fedora", release=_Release.MAJOR, filed_by=FiledBy.BINARY),
    _Distribution("Mageia", "mageia", release=_Release.MAJOR),
    _Distribution("openEuler", "openEuler"),
    _Distribution("Azure Linux", "azurelinux", release=_Release.MAJOR),
    _Distribution("Wolfi", "wolfi", APK, _Release.NOTHING, filed_by=FiledBy.SOURCE),
    _Distribution("Chainguard", "chainguard", APK, _Release.NOTHING, filed_by=FiledBy.SOURCE),
    _Distribution("MinimOS", "minimos", APK, _Release.NOTHING),
    _Distribution("CleanStart", "cleanstart", APK, _Release.NOTHING),
    _Distribution("Echo", "echo", DEB, _Release.NOTHING, filed_by=FiledBy.SOURCE),
    _Distribution("Alpaquita", "alpaquita", APK, _Release.MAJOR, filed_by=FiledBy.SOURCE, channel="stream"),
    _Distribution(
        "BellSoft Hardened Containers",
        "bellsoft-hardened-containers",
        APK,
        _Release.MAJOR,
        filed_by=FiledBy.SOURCE,
        channel="stream",
    ),
)
_LANGUAGES: Final = {row.osv: row.purl_type for row in ECOSYSTEMS.values() if row.osv}
_OSV_NAMES: Final = frozenset(row.osv for row in _DISTRIBUTIONS if row.osv)
_BY_ID: Final = {row.id: row for row in _DISTRIBUTIONS}
_NUMBER: Final = re.compile(r"\d+(\.\d+)*")

MIRRORED_ECOSYSTEMS: Final = (*_LANGUAGES, *(row.osv for row in _DISTRIBUTIONS if row.mirrored))
"""OSV's names of the ecosystems whose advisories are mirrored unless others are asked for."""


def ecosystem_namespace(ecosystem: str) -> str | None:
    """Return the namespace of an OSV ecosystem, or None where there is none that Praxi knows.

    What is about a minor release that is kept alive apart is filed in its release's namespace, under names of
    its own (:mod:`praxi_tasks.findings.packages.extended_releases`).
    """
    name, _, release = ecosystem.partition(":")
    if name in _LANGUAGES:
        return _LANGUAGES[name]
    if extended := ecosystem_extension(ecosystem):
        return _release_of("rhel", extended.release)
    rows = (row for row in _DISTRIBUTIONS if row.osv == name and release.startswith(row.product))
    row = next(rows, None)
    release = release.removeprefix(row.product) if row else ""
    if row is None or release.startswith("Pro:") or (release and row.release is _Release.NOTHING):
        return None  # Ubuntu's paid fixes; the rebuilt packages of languages that Echo has beside its own
    return _release_of(row.id, release)


def ecosystem_distribution(ecosystem: str) -> str | None:
    """Return the distribution of an OSV ecosystem that names no release: what it says holds for all of them.

    None for all others, and where only some products' advisories are those of a distribution's images.
    """
    row = next((row for row in _DISTRIBUTIONS if row.osv == ecosystem and not row.product), None)
    return row.id if row and row.release is not _Release.NOTHING else None


def ecosystem_extension(ecosystem: str) -> ExtendedRelease | None:
    """Return the minor release, kept alive apart, that an OSV ecosystem is about; None for all others."""
    name, _, product = ecosystem.partition(":")
    return extended_release(product) if name == "Red Hat" else None


def distribution_namespace(name: str) -> str | None:
    """Return the namespace of a distribution's release that a person names: ``amzn-2023``, ``mariner-2.0``.

    None where it names no release of a distribution.
    """
    identifier, _, release = ("", "", "") if name in _BY_ID else name.rpartition("-")
    if not identifier:
        return _release_of(name, "")
    base = relative_name(Distribution(identifier, release if release[:1].isdigit() else "", release))
    return _release_of(*base.rsplit("-", 1)) if base else _release_of(identifier, release)


def known_ecosystem(name: str) -> bool:
    """Return whether an ecosystem's name, without a release, is one that Praxi matches."""
    return name in _LANGUAGES or name in _OSV_NAMES


def package_type(distribution: Distribution) -> str:
    """Return the package URL type of a distribution's packages; empty where it is not known."""
    parent = relative_name(distribution).rpartition("-")[0]
    rows = (_BY_ID.get(name) for name in (distribution.id, parent, *distribution.like))
    return next((row.packages.purl_type for row in rows if row), "")


def component_namespace(component: Component) -> str | None:
    """Return the namespace in which advisories about a component are filed, or None if that is not known.

    Those of a distribution say nothing about packages of another kind that are installed there, such as
    Debian's in Alpine, nor about those that others made.
    """
    if ecosystem_of(component.ecosystem).family is Family.PROGRAM:
        return BITNAMI.purl_type
    namespace = own_namespace(component, component.relative or component.distribution)
    of_language = ecosystem_of(component.ecosystem).of_language
    if namespace is None or of_language or _row_of(namespace) is None:
        return namespace
    return namespace if version_type(namespace) == component.ecosystem else None


def own_namespace(component: Component, distribution: str = "") -> str | None:
    """Return the namespace of the component's own distribution, or of another one that is named.

    None of what others than the distribution made.
    """
    if ecosystem_of(component.ecosystem).of_language:
        return component.ecosystem
    if component.by_others:
        return None
    name = distribution or component.distribution
    identifier, _, release = name.rpartition("-")
    if not identifier:
        identifier, release = name, ""
    return _release_of(identifier, release) if identifier else None


def component_subject(component: Component) -> str:
    """Return what is looked up for a component, in the words of coverage: its namespace where it has one.

    What an image calls its distribution never reads as a language or a package.
    """
    namespace = component_namespace(component)
    # Of another kind than its image's, or made by others.
    foreign = component.by_others or (namespace is None and own_namespace(component) is not None)
    subject = namespace or ("" if foreign else component.distribution)
    return subject if subject and subject.partition("/")[0] not in ECOSYSTEMS else component.ecosystem


def osv_name(namespace: str) -> str:
    """Return what OSV calls a namespace, without a release; the namespace itself where it has no name."""
    languages = {purl_type: osv for osv, purl_type in _LANGUAGES.items()}
    distribution = _row_of(namespace)
    return languages.get(namespace) or (distribution.osv if distribution else "") or namespace


def filed_by(namespace: str) -> FiledBy:
    """Return which names the advisories of a namespace use."""
    distribution = _row_of(namespace)
    return distribution.filed_by if distribution else FiledBy.EITHER


def version_type(namespace: str) -> str:
    """Return the package URL type by whose rules versions of a namespace are ordered.

    Distributions without a row are taken for relatives of Red Hat's.
    """
    if ecosystem_of(namespace).of_language:
        return namespace
    distribution = _row_of(namespace)
    return (distribution.packages if distribution else RPM).purl_type


def _row_of(namespace: str) -> _Distribution | None:
    return _BY_ID.get(namespace) or _BY_ID.get(namespace.rpartition("-")[0])


def _release_of(distribution: str, release: str) -> str | None:
    row = _BY_ID.get(distribution)
    named = row.release if row else _Release.MINOR
    if named is _Release.NOTHING:
        return distribution
    if row and release and release == row.channel:
        return f"{distribution}-{release}"
    numbers = [number.group() for number in _NUMBER.finditer(release.replace(" SP", "."))]  # "15 SP5" is 15.5
    if not numbers:
        return None
    number = numbers[-1 if row and row.ends_name else 0]
    return f"{distribution}-{'.'.join(number.split('.')[: named.value])}"

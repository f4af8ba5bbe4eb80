"""The order of versions in every ecosystem, by univers wherever its rules are the ecosystem's."""

from __future__ import annotations

import functools
from typing import Final

from semantic_version import Version as ParsedVersion
from univers import versions
from univers.versions import EnhancedSemanticVersion, InvalidVersion, SemverVersion, Version

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.environment import read, whole_number
from praxi_tasks.findings.packages.apk_version import ApkVersion
from praxi_tasks.findings.packages.composer_version import ComposerVersion
from praxi_tasks.findings.packages.conda_version import CondaVersion
from praxi_tasks.findings.packages.debian_version import DpkgVersion, OpamVersion
from praxi_tasks.findings.packages.go_version import GoVersion
from praxi_tasks.findings.packages.maven_version import MavenVersion
from praxi_tasks.findings.packages.nuget_version import NugetVersion
from praxi_tasks.findings.packages.numbers_version import NumbersVersion
from praxi_tasks.findings.packages.runtime_version import RuntimeVersion
from praxi_tasks.findings.packages.semantic_version import PubVersion, SemanticVersion


class NpmVersion(SemverVersion):
    """A version of npm's: build metadata takes no part in the order, nor in what is equal.

    That holds also for what is metadata only once a version of another form is read as one: ``1.0.post1``.
    """

    @classmethod
    def build_value(cls, string: str) -> ParsedVersion:
        """Return what decides the order: the numbers and the prerelease."""
        return EnhancedSemanticVersion.coerce(string).truncate("prerelease")


SETTING: Final = "PRAXI_VERSION_MAX_LENGTH"
_LONGEST: Final = 512  # characters; some rules compare in quadratic time, and real versions have some dozens
_OWN: Final[dict[str, type[Version]]] = {
    one.__name__: one
    for one in (
        ApkVersion,
        ComposerVersion,
        CondaVersion,
        DpkgVersion,
        GoVersion,
        MavenVersion,
        NpmVersion,
        NugetVersion,
        NumbersVersion,
        OpamVersion,
        PubVersion,
        RuntimeVersion,
        SemanticVersion,
    )
}


@functools.lru_cache(maxsize=1 << 18)
def parse_version(kind: str, text: str) -> Version | None:
    """Return a version that can be compared with others of its kind, or None if it is malformed.

    One of more than ``PRAXI_VERSION_MAX_LENGTH`` characters counts as malformed, whoever wrote it: an image,
    an advisory, a list of releases.

    Parameters
    ----------
    kind
        The package URL type whose rules hold, such as ``pypi`` or ``deb``.
    text
        The version as a database or advisory writes it.
    """
    version_class = _class_of(kind)
    if version_class is None or len(text) > read(SETTING, whole_number, _LONGEST):
        return None
    try:
        return version_class(text)
    except (InvalidVersion, KeyError, ValueError, TypeError, AttributeError, IndexError):
        # univers lets some malformed versions end in the errors of the parser below it.
        return None


def canonical_version(kind: str, text: str) -> str:
    """Return what equal spellings of a version have in common, such as ``2.0`` and ``2.0.0``."""
    return ecosystem_of(kind).canonical_version(text)


def public_version(kind: str, text: str) -> str:
    """Return a version without the part that only says who built it (PEP 440's local version)."""
    return text.partition("+")[0] if ecosystem_of(kind).local_versions else text


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

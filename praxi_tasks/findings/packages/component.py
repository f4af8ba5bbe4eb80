"""A component of an image: one installed package, and what shows that it is there."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.ecosystems import Family, ecosystem_of
from praxi_tasks.inventory import ARCHIVED, Distribution, Model

INVENTORY: Final = "inventory"
FINGERPRINT: Final = "fingerprint"
PATH: Final = "path"


class Component(msgspec.Struct, frozen=True, omit_defaults=True):
    """One package of an image, as databases and fingerprints see it together.

    Parameters
    ----------
    ecosystem, name
        The package URL type, and the package's name.
    versions
        One where the version is certain, several where they tie, none where it is not known.
    purl
        The package URL; it has a version only where that is certain.
    sources
        ``inventory`` and ``fingerprint``, whichever show it; ``path`` where neither does and only the
        names of its folder or file tell.
    databases
        The package databases that claim it.
    layers
        Digests of the layers that brought it in, lowest first.
    evidence
        The paths that decided the fingerprint, or some of those the database names.
    removed_by
        Digest of the layer that removed or replaced it; empty where it is still there.
    recovered
        Whether the only database that knew it was removed, and a lower layer still has its record.
    fingerprint_versions
        What the fingerprint says where it disagrees with the database.
    source, source_versions
        The source package of a distribution's, and its versions: as :attr:`versions`.
    module
        Of a module's package: the ``name:stream`` that it is of, and maybe more.
    owner
        The package that brought it: a distribution's (``deb/python3-yaml``), one of a manager such as conda,
        or another of a language, which has a vendored copy, a program or an archive inside. Empty for what
        came by itself.
    ties
        Other packages, as ``ecosystem/name``, that it might be as well: what is left of both is the same.
    confidence
        Of the fingerprint or the path, from 0 to 1; 1 for a database's claim.
    same_as
        Where its releases install the files of :attr:`evidence`, if their content alone names it.
    distribution
        Where it comes from a distribution: ``debian-12``, ``alpine-3.20``.
    relative
        The distribution whose advisories hold for it, where that is another: ``rhel-7`` for ``centos-7``.
    relation
        How it is there, if not installed in the usual way: ``archived`` (in an archive that nobody installed
        from), ``vendored`` (copied into its owner) or ``editable``; ``import`` where the name is what Python
        imports, and nothing tells which project installs that.
    origin
        Where it came from, if not from its index, as :class:`~praxi_tasks.inventory.Claim` has it.
    licences
        What its record states, all of which apply: SPDX expressions, or names where they are none.
    model
        What is known of a machine-learning model; None of all else.
    by_others
        Whether others made it, or the package of a distribution's kind that brought it: the distribution's
        advisories and fixes are not about it.
    """

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    purl: str
    sources: tuple[str, ...]
    databases: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    files: int = 0
    confidence: float = msgspec.field(
        default_factory=lambda: 1.0
    )  # so made, it is written also where it is 1
    architecture: str = ""
    source: str = ""
    source_versions: tuple[str, ...] = ()
    removed_by: str = ""
    recovered: bool = False
    fingerprint_versions: tuple[str, ...] = ()
    distribution: str = ""
    module: str = ""
    owner: str = ""
    ties: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    relative: str = ""
    licences: tuple[str, ...] = ()
    relation: str = ""
    origin: str = ""
    model: Model | None = None
    by_others: bool = False

    @property
    def package(self) -> str:
        """Ecosystem and name: what stays the same from version to version."""
        return f"{self.ecosystem}/{self.name}"

    @property
    def one_of(self) -> tuple[str, ...]:
        """All packages or versions that it may be; empty where it is certain."""
        if not self.ties:
            return self.versions if len(self.versions) > 1 else ()
        return (self.package, *self.ties) if self._mixed else (self.name, *map(_name, self.ties))

    @property
    def _mixed(self) -> bool:
        return any(not tie.startswith(f"{self.ecosystem}/") for tie in self.ties)

    @property
    def present(self) -> bool:
        """Whether a container of the image would see it."""
        return not self.removed_by

    @property
    def held_by_distribution(self) -> bool:
        """Whether it is in a package of a distribution, which answers for it: versions stay as fixes come."""
        return self._is_in_system_package and not self.by_others

    @property
    def _is_in_system_package(self) -> bool:
        return ecosystem_of(self.owner.partition("/")[0]).of_distribution

    @property
    def is_bundled(self) -> bool:
        """Whether a package brought it that does not answer for it, and upgrades it with itself.

        That is another one of a language, or one of a distribution's kind that others made.
        """
        if self._is_in_system_package:
            return self.by_others
        return ecosystem_of(self.owner.partition("/")[0]).family is Family.LANGUAGE

    @property
    def is_anothers(self) -> bool:
        """Whether it comes and goes with what brought it: a package, or whoever left an archive."""
        return self._is_in_system_package or self.is_bundled or self.is_archived

    @property
    def is_archived(self) -> bool:
        """Whether it is there in an archive alone, and installed nowhere."""
        return self.relation == ARCHIVED

    @property
    def hidden(self) -> bool:
        """Whether its files are there and no database, present or removed, knows it."""
        return INVENTORY not in self.sources

    @property
    def is_note(self) -> bool:
        """Whether programs alone tell it, by saying of which package of a distribution they are."""
        says_itself = self.sources == (INVENTORY,) and self.databases == self.evidence
        return (
            says_itself and ecosystem_of(self.ecosystem).of_distribution and self.files > 0 and self.present
        )


def _name(package: str) -> str:
    return package.partition("/")[2]


def package_key(ecosystem: str, name: str) -> tuple[str, str]:
    """Return the pair under which two spellings of a package meet (PEP 503 for Python's)."""
    return ecosystem, ecosystem_of(ecosystem).key(name)


def distribution_name(distribution: Distribution | None) -> str:
    """Return ``id-version`` of a distribution, as package URLs' ``distro`` qualifier has it."""
    if distribution is None or not distribution.id:
        return ""
    return f"{distribution.id}-{distribution.version_id or distribution.codename}".rstrip("-")

"""The records that readers return: an installed release, and the distribution of an image."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Link: TypeAlias = tuple[str, str, str]
"""A link's path, what it leads to, and its type's letter; paths without a leading slash."""


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """One installed release, as a package database records it.

    Parameters
    ----------
    ecosystem
        The package URL type: ``deb``, ``pypi``, ``npm``, ``apk``, ``rpm``.
    name, version
        As the database writes them; Python's names as PEP 503 compares them.
    database
        Path of the database, without a leading slash.
    architecture
        Empty where the database records none.
    source, source_version
        The source package the release was built from (deb, rpm, apk origin).
    module
        Of a module's package: ``name:stream:version:context`` (rpm).
    licences
        What the record states about licences, in its own words; all of them apply. See
        :func:`~praxi_tasks.inventory.licences.stated`.
    files
        Paths that the database lists for the release, without a leading slash; empty where it lists none.
    """

    ecosystem: str
    name: str
    version: str
    database: str
    architecture: str = ""
    source: str = ""
    source_version: str = ""
    files: tuple[str, ...] = ()
    module: str = ""
    licences: tuple[str, ...] = ()


class Distribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parts of ``os-release`` that name a distribution.

    ``like`` are the IDs of those it is derived from, closest first; ``base_codename`` is the release of
    Ubuntu's or Debian's that it is built on, where it says so.
    """

    id: str
    version_id: str = ""
    codename: str = ""
    name: str = ""
    like: tuple[str, ...] = ()
    base_codename: str = ""


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where files of a distribution's packages went, if not where their lists say.

    Parameters
    ----------
    diversions
        What was diverted, where to, and the package that asked for it, whose own file is where its list says.
    rules
        Shell patterns of paths that were left out (``-``) or taken in after all (``+``); the last that
        matches counts.
    """

    diversions: tuple[tuple[str, str, str], ...] = ()
    rules: tuple[str, ...] = ()

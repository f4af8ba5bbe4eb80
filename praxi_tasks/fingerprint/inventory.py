"""What the package databases in a layer claim: the record that readers of databases fill in."""

from __future__ import annotations

import msgspec


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """One installed release, as a package database records it.

    ``ecosystem`` is the package URL type (``deb``, ``pypi``, ``npm``, ``apk``, ``rpm``). ``files`` are the
    paths the database says the release owns, without a leading slash; empty where the database does not
    tell. ``source`` and ``source_version`` name the source package (deb, rpm, apk origin).
    """

    ecosystem: str
    name: str
    version: str
    database: str
    architecture: str = ""
    source: str = ""
    source_version: str = ""
    files: tuple[str, ...] = ()


class Distribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parts of ``os-release`` that name a distribution."""

    id: str
    version_id: str = ""
    codename: str = ""
    name: str = ""


class Inventory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything one layer's databases claim.

    A layer that changes a database carries the whole of it, so claims repeat from layer to layer; who
    reduces them over an image takes the last. ``databases`` are the paths of those that were read,
    ``problems`` say what could not be.
    """

    digest: str
    claims: tuple[Claim, ...] = ()
    databases: tuple[str, ...] = ()
    distribution: Distribution | None = None
    problems: tuple[str, ...] = ()

"""The records that readers return: an installed release, and the distribution of an image."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

DATA_FORMATS: Final = frozenset(("pickle", "numpy"))
"""The formats of files that may hold models or anything else."""

Link: TypeAlias = tuple[str, str, str]
"""A link's path, what it leads to, and its type's letter; paths without a leading slash."""


class Model(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the files of a machine-learning model, or of data like one, say of it.

    Parameters
    ----------
    format
        Of its files: ``safetensors``, ``gguf``, ``onnx``, ``pytorch`` …; ``pickle`` and ``numpy`` of what may
        be anything.
    framework
        What wrote it, with a version where that is known.
    architecture
        As the files call it.
    quantisation
        The type that most of its numbers have, such as ``BF16`` or ``Q4_K_M``.
    parameters
        How many numbers its tensors hold; 0 where that is not known.
    pickles
        How many pickles it holds, none of which was carried out.
    imports
        The globals that those would import, ``module.name`` each.
    faults
        Why what they would import is not known for certain.
    code
        What else runs code as the model is loaded, such as a Lambda layer of Keras.
    """

    format: str
    framework: str = ""
    architecture: str = ""
    quantisation: str = ""
    parameters: int = 0
    pickles: int = 0
    imports: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    code: tuple[str, ...] = ()

    @property
    def is_data(self) -> bool:
        """Whether nothing says that it is a model: it may hold any objects."""
        return self.format in DATA_FORMATS and not self.framework


ARCHIVED: Final = "archived"
"""In an archive that nobody has installed from, such as a wheel."""
VENDORED: Final = "vendored"
"""A copy of it is in another package."""
EDITABLE: Final = "editable"
"""Its sources are used where they are."""
IMPORT: Final = "import"
"""It is called as it is imported: which project installs it is not known."""


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
    checksums
        The first eight bytes of the checksum that the record gives of each of :attr:`files`, in their order;
        zeros for a file of which it gives none, and nothing at all where it gives none of any.
    model
        What is known of a machine-learning model; None of all else.
    relation
        How it is there, if not installed in the usual way: :data:`ARCHIVED`, :data:`VENDORED`,
        :data:`EDITABLE`.
    origin
        Where it came from, if not from its index: an address without credentials, which begins with
        ``git+`` or its like where it is a repository's.
    maker
        Who made a distribution's package, in the record's words: dpkg's maintainer, rpm's vendor.
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
    model: Model | None = None
    relation: str = ""
    origin: str = ""
    checksums: bytes = b""
    maker: str = ""


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


class VersionText(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a small file in a package's folder says, which is no record.

    Parameters
    ----------
    path
        Of the file, without a leading slash.
    version
        Empty where it says none.
    name
        The distribution that it calls itself; empty where it does not.
    """

    path: str
    version: str = ""
    name: str = ""

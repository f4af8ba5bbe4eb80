"""The normalised path: one spelling for a file wherever, however and for whom it was installed.

A package leaves the same files on every machine, but not under the same names: Debian merged ``/bin`` into
``/usr/bin``, pip writes below the site-packages of some interpreter or virtual environment, Python compiles
``x.py`` to ``__pycache__/x.cpython-311.pyc``, extension modules carry an ABI tag, libraries live in a folder
named after the machine. The catalogue of known releases and the layers that are looked up in it use the
spelling that this module gives, as 64-bit hashes of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from praxi_tasks.fingerprint.path_kinds import PathKind, folder_kind

PYTHON_ROOT: Final = "py:"
"""What replaces everything up to the folder that Python imports from."""

DEEPEST: Final = 64
"""Levels of folders that a release may have: what names each folder above another one has a bound by it."""


class NormalisedPath(NamedTuple):
    """One path, normalised.

    ``folder`` and ``name`` spell it; ``derived`` is true where the file was made from the one it is spelled
    as (byte code), so that its size and content do not identify the release.
    """

    folder: str
    name: str
    kind: PathKind
    derived: bool

    @property
    def text(self) -> str:
        """The whole normalised path."""
        return join_path(self.folder, self.name)

    @property
    def key(self) -> int:
        """The xxh3-64 of the whole normalised path."""
        return hash_text(self.text)


class PathColumns(NamedTuple):
    """The normalised paths of many files, as arrays of one length.

    Attributes
    ----------
    keys
        xxh3-64 of the whole normalised path, shape ``(files,)``, as are the next four.
    kinds
        Values of :class:`PathKind`.
    derived
        As in :class:`NormalisedPath`.
    system
        True below the Python root that belongs to the distribution, where pip does not write.
    folder_of
        Indices into ``folders``.
    folders
        The normalised folders in order of first appearance.
    """

    keys: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    derived: NDArray[np.bool_]
    system: NDArray[np.bool_]
    folder_of: NDArray[np.uint32]
    folders: list[str]


_MERGED: Final = ("bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/")
_PYTHON_ROOTS: Final = re.compile(r"(?:^|.*/)(?:site|dist)-packages(?=/|$)")
_WHEEL_LIBRARY: Final = re.compile(r"^[^/]+\.data/(?:purelib|platlib)(?=/|$)/?")
_METADATA_FOLDER: Final = re.compile(r"(?:^|/)([^/]+?)(?:-[0-9][^/]*?)?\.(dist|egg)-info(?=/|$)")
_SYSTEM_ROOT: Final = re.compile(r"(?:.*/)?usr/lib/python[0-9.]*/dist-packages(?:/|$)")
# Only the machine's own libraries: a cross compiler's folders are named after the machine it compiles for.
_MACHINE: Final = re.compile(
    r"^(usr/(?:lib|include)/)(?:x86_64|aarch64|i[3-6]86|arm|powerpc64le|s390x|riscv64|mips64el)"
    r"-linux-(?:gnu|musl)(?:eabihf|abi64)?(?=/|$)"
)
_BYTE_CODE: Final = re.compile(
    r"^(.*?)(?:\.(?:cpython|pypy)-?[0-9]+(?:-pytest-[0-9.]+)?)?(?:\.opt-[0-9])?\.py[co]$"
)
_EXTENSION: Final = re.compile(r"^(.*?)\.(?:cpython|pypy|abi)[0-9_-]*[^.]*\.(so|pyd)$")
_REMEMBERED: Final = 50_000  # folders; where there are more, most hold few files
_TRANSIENT: Final = re.compile(r"\.dpkg-(?:new|tmp)$")


def hash_text(text: str) -> int:
    """Return the xxh3-64 of a normalised path or folder."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogateescape"))


def join_path(folder: str, name: str) -> str:
    """Join a normalised folder and a name; the Python root takes no slash."""
    return folder + name if not folder or folder == PYTHON_ROOT else f"{folder}/{name}"


def parent_folder(folder: str) -> str | None:
    """Return the normalised folder that holds a normalised folder, ``None`` of a root."""
    if not folder or folder == PYTHON_ROOT:
        return None
    head = folder.rpartition("/")[0]
    return head if head or not folder.startswith(PYTHON_ROOT) else PYTHON_ROOT


def shallow_folder(folder: str) -> str:
    """Return a folder, or of one deeper than :data:`DEEPEST` the folder above it that is just so deep."""
    if folder.count("/") < DEEPEST:
        return folder
    return "/".join(folder.split("/", DEEPEST)[:DEEPEST])


def normalise_folder(folder: str) -> str:
    """Return the normalised spelling of a folder, given without leading and trailing slash."""
    if folder.startswith(_MERGED) or f"{folder}/" in _MERGED:
        folder = f"usr/{folder}"
    if "-packages" in folder and (match := _PYTHON_ROOTS.match(folder)):
        folder = PYTHON_ROOT + _WHEEL_LIBRARY.sub("", folder[match.end() + 1 :])
    if "-linux-" in folder:
        folder = _MACHINE.sub(r"\1@machine", folder)
    if "-info" in folder:
        folder = _METADATA_FOLDER.sub(_metadata_name, folder)
    if folder.endswith("__pycache__"):
        folder = folder[: -len("__pycache__")].rstrip("/")
    return folder


def _metadata_name(match: re.Match[str]) -> str:
    start = "/" if match.group(0).startswith("/") else ""
    return f"{start}{match.group(1)}.{match.group(2)}-info"


_VARYING: Final = (".pyc", ".pyo", ".so", ".pyd", ".egg-info")
_VARYING_BYTES: Final = tuple(ending.encode() for ending in _VARYING)


def name_varies(name: bytes) -> bool:
    """Return whether a name may be spelled differently once normalised: a quick test for long loops."""
    return name.endswith(_VARYING_BYTES) or b".dpkg-" in name


def normalise_name(name: str) -> tuple[str, bool]:
    """Return the normalised spelling of a file name, and whether the file is byte code made from that."""
    if name.endswith((".pyc", ".pyo")) and (match := _BYTE_CODE.match(name)):
        return f"{match.group(1)}.py", True
    if name.endswith((".so", ".pyd")) and (match := _EXTENSION.match(name)):
        return f"{match.group(1)}.{match.group(2)}", False
    if ".dpkg-" in name:
        return _TRANSIENT.sub("", name), False
    if name.endswith(".egg-info"):
        return _METADATA_FOLDER.sub(_metadata_name, name), False
    return name, False


def normalise(path: str) -> NormalisedPath:
    """Normalise one path, given without leading slash.

    Examples
    --------
    >>> normalise("opt/venv/lib/python3.12/site-packages/yaml/__pycache__/nodes.cpython-312.pyc").text
    'py:yaml/nodes.py'
    >>> normalise("bin/bash").text
    'usr/bin/bash'
    """
    folder, _, name = path.rpartition("/")
    folder = normalise_folder(folder)
    name, derived = normalise_name(name)
    return NormalisedPath(folder, name, _kind(folder, name), derived)


def _kind(folder: str, name: str) -> PathKind:
    return PathKind.METADATA if name.endswith(".egg-info") else folder_kind(folder)


def normalise_all(paths: Sequence[str]) -> PathColumns:
    """Normalise many paths, given without leading slash; folders that come again soon are normalised once."""
    size = len(paths)
    keys, kinds = np.empty(size, np.uint64), np.empty(size, np.uint8)
    derived, system = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    folder_of = np.empty(size, np.uint32)
    known: dict[str, tuple[int, str, PathKind, bool]] = {}
    folders: dict[str, int] = {}
    for row, path in enumerate(paths):
        raw, _, name = path.rpartition("/")
        if (seen := known.get(raw)) is None:
            folder = normalise_folder(raw)
            number = folders.setdefault(folder, len(folders))
            prefix = folder if not folder or folder == PYTHON_ROOT else f"{folder}/"
            distribution = folder.startswith(PYTHON_ROOT) and _SYSTEM_ROOT.match(raw) is not None
            if len(known) >= _REMEMBERED:
                known.clear()
            seen = known[raw] = (number, prefix, folder_kind(folder), distribution)
        if name.endswith(_VARYING) or ".dpkg-" in name:
            name, derived[row] = normalise_name(name)
        folder_of[row], prefix, kinds[row], system[row] = seen
        if name.endswith(".egg-info"):
            kinds[row] = PathKind.METADATA
        keys[row] = xxh3_64_intdigest((prefix + name).encode("utf-8", "surrogateescape"))
    return PathColumns(keys, kinds, derived, system, folder_of, list(folders))

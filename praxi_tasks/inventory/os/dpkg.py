"""dpkg's databases: the status file, and distroless images' one file per package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import DEB
from praxi_tasks.inventory.checksums import from_hex, pack_checksums
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.os.dpkg_copyright import FILE, Copyrights, is_copyright
from praxi_tasks.inventory.os.dpkg_placement import DIVERSIONS, SETTINGS, SETTINGS_FOLDER
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader
from praxi_tasks.inventory.stanzas import Stanza, read_stanzas

_STATUS: Final = "var/lib/dpkg/status"
_STATUS_FOLDER: Final = "var/lib/dpkg/status.d/"
_INFO: Final = "info/"
_INFO_FOLDER: Final = f"var/lib/dpkg/{_INFO}"
_SUMS: Final = ".md5sums"
_LISTS: Final = (_SUMS, ".list")
_FIELDS: Final = frozenset((b"package", b"version", b"status", b"architecture", b"source", b"maintainer"))
_HEAD: Final = 8  # bytes: no text has a NUL there, and a damaged one most likely neither
# The states in which a package's files are there, whole or in part; in "config-files" only its settings are.
_INSTALLED: Final = frozenset(
    ("half-installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed")
)
_NOT_INSTALLED: Final = frozenset(("not-installed", "config-files"))
_SOURCE: Final = re.compile(r"(\S+)(?:\s+\((\S+)\))?")


def read_status(view: LayerView, path: str, read: set[str], copyrights: Copyrights) -> Iterator[Claim]:
    """Yield the packages that ``status`` or a file of ``status.d`` says are installed.

    Parameters
    ----------
    read
        The lists of files that were read so far. A list belongs to one package: however many paragraphs name
        the same one, it is read once.
    copyrights
        What the layer states about licences.
    """
    if b"\0" in view.kept[path][:_HEAD]:
        view.report(path, "it is no text, or not all of it")
    for stanza in read_stanzas(view.kept[path], _FIELDS):
        if not _is_installed(view, path, stanza):
            continue
        if not stanza.get("package") or not stanza.get("version"):
            view.report(path, f"a paragraph without package or version: {stanza}")
            continue
        claim = _claim(view, path, stanza, read)
        yield msgspec.structs.replace(claim, licences=copyrights.licences(claim.name))


def _is_installed(view: LayerView, path: str, stanza: Stanza) -> bool:
    # distroless images write no Status: what they list is there.
    _, _, state = stanza.get("status", "install ok installed").rpartition(" ")
    if state not in _INSTALLED | _NOT_INSTALLED:
        view.report(path, f"{stanza.get('package', '')} is in a state that dpkg does not know: {state!r}")
    return state in _INSTALLED


def _claim(view: LayerView, path: str, stanza: Stanza, read: set[str]) -> Claim:
    name, version = stanza["package"], stanza["version"]
    architecture = stanza.get("architecture", "")
    files = _files(view, path, read, name, architecture)
    source = _SOURCE.fullmatch(stanza.get("source", ""))
    return Claim(
        ecosystem=DEB.purl_type,
        name=name,
        version=version,
        database=path,
        architecture=architecture,
        source=source[1] if source else name,
        source_version=(source[2] if source else "") or version,
        files=files,
        checksums=pack_checksums(files, _checksums(view, path, name, architecture)) if files else b"",
        maker=stanza.get("maintainer", ""),
    )


def _checksums(view: LayerView, path: str, name: str, architecture: str) -> dict[str, bytes]:
    """Return what the package says its files' MD5 are; settings are not among them."""
    folder = path.rpartition("/")[0]
    places = (
        f"{path}{_SUMS}",
        *(f"{folder}/{_INFO}{stem}{_SUMS}" for stem in (f"{name}:{architecture}", name)),
    )
    sums = next((view.kept[place] for place in places if place in view.kept), b"")
    found = {path_text(line[34:].strip(b"\r\n")): from_hex(line[:32], 16) for line in unix_lines(sums)}
    return {listed: value for listed, value in found.items() if value}


def _files(view: LayerView, path: str, read: set[str], name: str, architecture: str) -> tuple[str, ...]:
    """Return what the package's list says it owns; a layer holds the lists of what it installs only."""
    info = f"{path.rpartition('/')[0]}/{_INFO}"
    lists = (f"{path}{_SUMS}", f"{info}{name}:{architecture}.list", f"{info}{name}.list")
    found = next((place for place in lists if place in view.kept), None)
    if found is None:
        return ()
    if found in read:
        view.report(path, f"{name} stands there twice: its files count once")
        return ()
    read.add(found)
    if found.endswith(_SUMS):  # a distroless image's, beside the record itself
        return _sums(view.kept[found])
    return _without_folders(view, view.kept[found])


def _sums(sums: bytes) -> tuple[str, ...]:
    return owned((path_text(line[34:].strip(b"\r\n")) for line in unix_lines(sums)), len(sums))


def _without_folders(view: LayerView, listed: bytes) -> tuple[str, ...]:
    # A list names folders too; it names them whether or not this layer holds them.
    paths = owned((path_text(line).lstrip("/") for line in unix_lines(listed)), len(listed))
    parents = {path.rpartition("/")[0] for path in paths}
    parents.add(".")
    return tuple(path for path in paths if path not in parents and path not in view.folders)


def _accompanies(path: str) -> bool:
    # Sums of any folder: a link may make it the one of the records.
    return path.startswith((_INFO_FOLDER, _STATUS_FOLDER)) or path.endswith(_SUMS) or is_copyright(path)


def _is_status(path: str) -> bool:
    return path == _STATUS or (path.startswith(_STATUS_FOLDER) and not path.endswith(_LISTS))


def _prepare(view: LayerView) -> ReadDatabase:
    return partial(read_status, view, read=set(), copyrights=Copyrights(view))


READER: Final = Reader(
    ecosystem=DEB.purl_type,
    prepare=_prepare,
    paths=frozenset({_STATUS, DIVERSIONS, SETTINGS}),
    folders=(_STATUS_FOLDER, SETTINGS_FOLDER),
    endings=(*_LISTS, FILE),
    accepts=_accompanies,
    is_database=_is_status,
    of_system=True,
    forms=(
        Form(heads=(b"Package: ",), marks=(b"\nStatus: ", b"\nVersion: "), most=64 << 20),
        Form(heads=(b"Package: ",), marks=(b"\nVersion: ",), most=1 << 16),  # of a distroless image
        Form(heads=(b"/.\n",), is_database=False),
    ),
)

"""Java archives (jar, war, ear and their like) and those inside them: each is a release, or several.

Only the directory of an archive is read, and the members that say what it is. Archives in it are unpacked
into memory or, if they are large, into a file without a name, one for each level.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Final

from praxi_tasks.ecosystems import MAVEN
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ArchiveReader
from praxi_tasks.inventory.binary.java_classes import find_libraries
from praxi_tasks.inventory.binary.java_names import Artifact, name_archive, parse_manifest, parse_properties
from praxi_tasks.inventory.binary.zip_members import ENCRYPTED, METHODS
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.oci.layer import FileContent
from praxi_tasks.zip_directory import DAMAGE, count_members

_MAGIC: Final = b"PK\x03\x04"
_LAUNCHED: Final = (
    b"#!/bin/bash\n#\n#    .   ____"  # Spring Boot's script before an archive that runs by itself
)
_NAME_LENGTH: Final = slice(26, 28)
_NAME: Final = 30
_OF_OTHERS: Final = (b".npy", b"/data.pkl", b"/version", b"/byteorder", b".py", b".pyc", b"mimetype", b".xml")
_ARCHIVES: Final = (".jar", ".war", ".ear", ".par", ".sar", ".nar", ".jpi", ".hpi", ".kar", ".lpkg", ".rar")
_MANIFEST: Final = "META-INF/MANIFEST.MF"
_POM: Final = re.compile(r"META-INF/maven/(?P<group>[\w.-]+)/(?P<name>[\w.-]+)/pom\.(?P<kind>properties|xml)")
_MOST_TEXT: Final = 1 << 16  # bytes: attributes of single files follow a manifest's own
_IN_MEMORY: Final = 4 << 20
_PIECE: Final = 1 << 20


def read_java_archive(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield the releases that an archive is and holds.

    Raises
    ------
    DataError
        If it is damaged, or over a limit.
    """
    archives = _Archives(InventoryLimits.from_environment())
    for artifact in archives.read(content.open(), path.rpartition("/")[2], 0):
        name = f"{artifact.group}:{artifact.name}" if artifact.group else artifact.name
        yield Claim(MAVEN.purl_type, name, artifact.version, path, files=(path,))
    if archives.problem:
        raise DataError(archives.problem)


def may_be_java(head: bytes) -> bool:
    """Return whether the first member of a zip archive may be of Java's: those of others begin otherwise."""
    if not head.startswith(_MAGIC):
        return True
    length = int.from_bytes(head[_NAME_LENGTH], "little")
    name = head[_NAME : _NAME + length]
    return len(name) < length or not name.endswith(_OF_OTHERS) or name.startswith((b"META-INF/", b"WEB-INF/"))


class _Archives:
    """Reads an archive and those inside it, within the budgets of all of them together."""

    def __init__(self, limits: InventoryLimits) -> None:
        self._limits = limits
        self._members = limits.max_archive_members
        self._bytes = limits.max_archive_bytes
        self.problem = ""

    def read(self, file: IO[bytes], name: str, depth: int) -> Iterator[Artifact]:
        """Yield the releases of one archive; what can't be read of it is the problem."""
        try:
            yield from self._read(file, name, depth)
        except DAMAGE as error:
            if depth or name.lower().endswith(_ARCHIVES):
                self._note(f"{name} is damaged: {error}")

    def _read(self, file: IO[bytes], name: str, depth: int) -> Iterator[Artifact]:
        self._members -= count_members(file)
        if self._members < 0:
            self._note(f"{name} has too many members: raise {setting('max_archive_members')}")
            return
        with zipfile.ZipFile(file) as archive:
            members = {member.filename: member for member in archive.filelist}
            if name.lower().endswith(_ARCHIVES) or _MANIFEST in members:
                poms, manifest = self._poms(archive, members), self._manifest(archive, members)
                named = name_archive(name, poms, manifest)
                yield from named
                if not poms:
                    names = {artifact.name for artifact in named}
                    yield from (one for one in find_libraries(archive.filelist) if one.name not in names)
            for member in members.values():
                if member.filename.lower().endswith(_ARCHIVES) and member.file_size:
                    yield from self._nested(archive, member, depth + 1)

    def _poms(self, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> list[Artifact]:
        """Return what Maven's files say; the path of a ``pom.xml`` alone says no version."""
        found: dict[tuple[str, str], Artifact] = {}
        for name, member in members.items():
            if name.startswith("META-INF/maven/") and (pom := _POM.fullmatch(name)):
                key = (pom["group"], pom["name"])
                if pom["kind"] == "xml":
                    found.setdefault(key, Artifact(*key, ""))
                else:
                    said = parse_properties(self._text(archive, member))
                    found[key] = Artifact(said.group or key[0], said.name or key[1], said.version)
        return list(found.values())

    def _manifest(self, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
        member = members.get(_MANIFEST)
        return parse_manifest(self._text(archive, member)) if member else {}

    def _text(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
        return b"".join(self._unpack(archive, member, _MOST_TEXT))

    def _nested(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> Iterator[Artifact]:
        name = member.filename.rpartition("/")[2]
        if depth > self._limits.max_archive_depth:
            self._note(f"{name} is too deep in other archives: raise {setting('max_archive_depth')}")
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="praxi-") as file:
            for piece in self._unpack(archive, member, self._bytes + 1):
                file.write(piece)
            if self._bytes < 0:
                self._note(f"{name} unpacks to too much: raise {setting('max_archive_bytes')}")
                return
            yield from self.read(file, name, depth)

    def _unpack(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
        """Yield the beginning of a member's content; what is unpacked counts, not what the directory says."""
        if member.compress_type not in METHODS or member.flag_bits & ENCRYPTED:
            raise zipfile.BadZipFile(f"{member.filename} is packed in a way that Java does not know")
        with archive.open(member) as content:
            while most > 0 and self._bytes >= 0 and (piece := content.read(min(most, _PIECE))):
                most -= len(piece)
                self._bytes -= len(piece)
                yield piece

    def _note(self, problem: str) -> None:
        self.problem = self.problem or problem


READER: Final = ArchiveReader(
    name="directory",
    ecosystem=MAVEN.purl_type,
    heads=(_MAGIC, _LAUNCHED),
    endings=_ARCHIVES,
    read=read_java_archive,
    accepts=lambda _path, head: may_be_java(head),
)

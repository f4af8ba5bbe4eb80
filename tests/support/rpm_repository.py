"""rpm packages that rpmbuild makes, and a repository of them as createrepo_c writes it."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import zstandard

from tests.support.site import Answer, Site
from tests.support.tools import need

PACKED: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}
_LEAD: Final = 96
_HEAD: Final = "%{NAME}|%{EPOCHNUM}|%{VERSION}|%{RELEASE}|%{ARCH}|%{BUILDTIME}"


def build_rpm(folder: Path, name: str, version: str, files: Mapping[str, bytes], *, more: str = "") -> Path:
    """Return a package of some files, built from a specification of their paths.

    Parameters
    ----------
    more
        Other lines of the specification's head: ``Epoch: 2``.
    """
    need("rpmbuild", "rpm")
    home = folder / f"{name}-{version}"
    for path, data in files.items():
        place = home / "content" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o755)
    plain, _, release = version.rpartition("-")
    text = f"Name: {name}\nVersion: {plain}\nRelease: {release}\nSummary: s\nLicense: MIT\n{more}\n"
    text += f"%description\nd\n%install\ncp -a {home}/content/. %{{buildroot}}/\n%files\n"
    text += "\n".join(f'"/{path}"' for path in files)
    (home / "x.spec").write_text(text + "\n")
    defines = (
        f"_topdir {home}/top", "__os_install_post %{nil}", "debug_package %{nil}", "_build_id_links compat",
        "_binary_filedigest_algorithm 8", "_missing_build_ids_terminate_build 0",
    )  # fmt: skip
    options = [word for define in defines for word in ("--define", define)]
    command = ["rpmbuild", "-bb", "--quiet", *options, "--target", "x86_64", str(home / "x.spec")]
    subprocess.run(command, check=True, capture_output=True)
    (package,) = (home / "top").rglob("*.rpm")
    return package


def header_range(data: bytes) -> tuple[int, int]:
    """Return where the header of a package's file starts and ends."""
    start = _LEAD + _length(data, _LEAD)
    start += -start % 8
    return start, start + _length(data, start)


def _length(data: bytes, start: int) -> int:
    entries, size = struct.unpack_from(">II", data, start + 8)
    return int(16 + 16 * entries + size)


class RpmRepository:
    """A repository on a site, below a folder."""

    def __init__(self, server: Site, folder: str, ending: str = ".gz") -> None:
        self.url = f"{server.url}{folder}"
        self._server, self._folder, self._ending = server, folder, ending
        self._primary: list[str] = []
        self._filelists: list[str] = []

    def publish(self, package: Path, *, built: int = 0) -> None:
        """Put a package on it.

        Parameters
        ----------
        built
            When, instead of now.
        """
        data = package.read_bytes()
        name, epoch, version, release, arch, time = _query(package, _HEAD)[0].split("|")
        start, end = header_range(data)
        digest = hashlib.sha256(data).hexdigest()
        evr = f'epoch="{epoch}" ver="{version}" rel="{release}"'
        relations = _relation("provides", _query(package, "[%{PROVIDENAME}\\n]"))
        relations += _relation("requires", _query(package, "[%{REQUIRENAME}\\n]"))
        self._primary.append(
            f'<package type="rpm"><name>{name}</name><arch>{arch}</arch><version {evr}/>'
            f'<checksum type="sha256" pkgid="YES">{digest}</checksum><summary>s &amp; t</summary>'
            f'<time file="1" build="{built or time}"/><size package="{len(data)}"/>'
            f'<location href="Packages/{package.name}"/><format><rpm:license>MIT</rpm:license>'
            f'<rpm:header-range start="{start}" end="{end}"/>{relations}</format></package>'
        )
        listed = _query(package, "[%{FILEMODES:perms} %{FILENAMES}\\n]")
        paths = "".join(_file(*line.split(" ", 1)) for line in listed)
        self._filelists.append(
            f'<package pkgid="{digest}" name="{name}" arch="{arch}"><version {evr}/>{paths}</package>'
        )
        self._server.answers[f"{self._folder}/Packages/{quote(package.name)}"] = Answer(data)
        self.write()

    def write(self) -> None:
        """Write the metadata of what is published."""
        space = "http://linux.duke.edu/metadata"
        primary, filelists = "".join(self._primary), "".join(self._filelists)
        spaces = f'xmlns="{space}/common" xmlns:rpm="{space}/rpm"'
        documents = {
            "primary": f"<metadata {spaces}>{primary}</metadata>",
            "filelists": f'<filelists xmlns="{space}/filelists">{filelists}</filelists>',
        }
        listed = ""
        for kind, text in documents.items():
            data = PACKED[self._ending](f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode())
            digest = hashlib.sha256(data).hexdigest()
            place = f"repodata/{digest}-{kind}.xml{self._ending}"
            self._server.answers[f"{self._folder}/{place}"] = Answer(data)
            checksum = f'<checksum type="sha256">{digest}</checksum>'
            listed += f'<data type="{kind}">{checksum}<location href="{place}"/></data>'
        index = f'<?xml version="1.0"?><repomd xmlns="{space}/repo"><revision>1</revision>{listed}</repomd>'
        self._server.answers[f"{self._folder}/repodata/repomd.xml"] = Answer(index.encode())


def _file(mode: str, path: str) -> str:
    kind = ' type="dir"' if mode.startswith("d") else ""
    return f"<file{kind}>{escape(path)}</file>"


def _relation(kind: str, names: list[str]) -> str:
    entries = "".join(f"<rpm:entry name={quoteattr(name)}/>" for name in names)
    return f"<rpm:{kind}>{entries}</rpm:{kind}>"


def _query(package: Path, form: str) -> list[str]:
    done = subprocess.run(
        ["rpm", "-qp", "--qf", form, str(package)], check=True, capture_output=True, text=True
    )
    return [line for line in done.stdout.splitlines() if line and line != "(none)"]

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from praxi_tasks.inventory import keep_file, read_inventory
from tests.inventory.layers import changeset, inventory_of

STATUS = "var/lib/dpkg/status"
TAR = b"Package: tar\nStatus: install ok installed\nVersion: 1\n\n"
HEADER = b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
COPYRIGHT = HEADER + (
    b"Upstream-Name: tar\n\n"
    b"Files: *\nCopyright: 1990 Somebody\nLicense: GPL-3+ or Artistic\n\n"
    b"Files: lib/*\r\nCopyright: Somebody\r\nLicense: Expat\r\n\r\n"
    b"Files: doc/*\nLicense:\n The text of a licence without a name.\n\n"
    b"Files: debian/*\nLicense: GPL-3+ or Artistic\n\n"
    b"License: Artistic\n Only defined here.\n .\n License: this is prose.\n"
)


def licences(data: bytes, status: bytes = TAR) -> list[tuple[str, ...]]:
    inventory = inventory_of({STATUS: status, "usr/share/doc/tar/copyright": data})
    assert not inventory.problems
    return [claim.licences for claim in inventory.claims]


def test_the_licences_of_files_are_read_each_once() -> None:
    assert licences(COPYRIGHT) == [("GPL-3+ or Artistic", "Expat")]


def test_the_licence_of_the_whole_is_read_too() -> None:
    assert licences(HEADER + b"License: MIT\n\nFiles: *\nLicense: MIT\n") == [("MIT",)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"This package was debianized by Somebody.\n\nFiles: *\nLicense: GPL-3+\n",
        HEADER,
        HEADER + b"\nFiles: *\nLicense: \xff\xfe\x00\n",
        HEADER + b"\nFiles: *\nLicense: unknown\n",
        HEADER + b"\nFiles: *\nLicense: " + b"x" * 100_000 + b"\n",
    ],
)
def test_what_names_no_licence_gives_none(data: bytes) -> None:
    assert all(text.isprintable() and len(text) < 10 for found in licences(data) for text in found)


def test_packages_of_one_source_share_a_file() -> None:
    both = TAR + TAR.replace(b": tar", b": tar-doc") + TAR.replace(b": tar", b": tar-dev")
    kept = {STATUS: both, "usr/share/doc/tar/copyright": COPYRIGHT}
    files = changeset(
        {**dict.fromkeys(kept, "f"), "usr/share/doc/tar-doc": "l", "usr/share/doc/tar-dev/copyright": "l"}
    )
    linked = dataclasses.replace(files, links={2: "tar", 3: "../tar/copyright"})
    found = {claim.name: claim.licences for claim in read_inventory(linked, kept).claims}
    assert found == dict.fromkeys(("tar", "tar-doc", "tar-dev"), ("GPL-3+ or Artistic", "Expat"))


def test_a_file_of_a_distroless_image_is_read() -> None:
    files = {"var/lib/dpkg/status.d/tar": TAR, "usr/share/doc/tar/copyright": COPYRIGHT}
    assert inventory_of(files).claims[0].licences == ("GPL-3+ or Artistic", "Expat")


def test_only_packages_copyrights_are_kept() -> None:
    assert keep_file("usr/share/doc/tar/copyright")
    assert not keep_file("usr/share/doc/tar/examples/copyright")
    assert not keep_file("opt/usr/share/doc/tar/copyright")


def test_this_machine_states_licences() -> None:
    folder = Path("/usr/share/doc/dpkg")
    if not (folder / "copyright").is_file():
        pytest.skip("this machine has no Debian packages")
    status = TAR.replace(b": tar", b": dpkg")
    path = "usr/share/doc/dpkg/copyright"
    (claim,) = inventory_of({STATUS: status, path: (folder / "copyright").read_bytes()}).claims
    assert "GPL-2+" in claim.licences

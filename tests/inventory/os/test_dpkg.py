from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.inventory.layers import inventory_of, inventory_of_folder, only

STATUS = b"""Package: libpq5
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: postgresql-15 (15.4-1)
Version: 15.4-1+b1
Description: PostgreSQL C client library
 Version: of a folded line
"""


@pytest.fixture(scope="module")
def dpkg() -> str:
    """Skip where this machine is no Debian: only dpkg itself can say what is right."""
    if not Path("/var/lib/dpkg/status").is_file():
        pytest.skip("this machine has no dpkg database")
    return "dpkg-query"


def test_equals_what_dpkg_says_of_this_machine(dpkg: str) -> None:
    fields = ("db:Status-Status", "Package", "Version", "Architecture", "source:Package", "source:Version")
    form = "\t".join(f"${{{field}}}" for field in (*fields, "Maintainer")) + "\n"
    told = subprocess.run([dpkg, "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    expected = {tuple(line.split("\t")[1:]) for line in told.splitlines() if line.startswith("installed\t")}
    inventory = inventory_of_folder(Path("/"), "var/lib/dpkg")
    found = {
        (c.name, c.version, c.architecture, c.source, c.source_version, c.maker) for c in inventory.claims
    }
    assert found == expected
    assert inventory.problems == ()


def test_files_equal_what_dpkg_lists(dpkg: str) -> None:
    inventory = inventory_of_folder(Path("/"), "var/lib/dpkg")
    for name in ("bash", "libc6", "base-files", "tar"):
        told = subprocess.run(
            [dpkg, "-L", name], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        (claim,) = [claim for claim in inventory.claims if claim.name == name]
        # dpkg also lists folders, and says in words where a diverted file went.
        paths = {line[1:] for line in told if line.startswith("/")}
        assert files_among(claim.files) == files_among(paths)
        assert len(paths) > len(claim.files) > 10


def test_checksums_are_those_of_the_files(dpkg: str) -> None:
    inventory = inventory_of_folder(Path("/"), "var/lib/dpkg")
    (claim,) = [claim for claim in inventory.claims if claim.name == "tar"]
    place = claim.files.index("bin/tar" if "bin/tar" in claim.files else "usr/bin/tar")
    found = hashlib.md5(Path("/bin/tar").read_bytes(), usedforsecurity=False).digest()
    assert claim.checksums[8 * place : 8 * place + 8] == found[:8]
    assert len(claim.checksums) == 8 * len(claim.files)


def files_among(paths: Iterable[str]) -> set[str]:
    return {path for path in paths if not Path("/", path).is_dir()}


def test_a_package_is_read_with_its_source_and_files() -> None:
    files = b"/.\n/usr\n/usr/lib\n/usr/lib/libpq.so.5\n/var/empty\n"
    claim = only(
        inventory_of(
            {"var/lib/dpkg/status": STATUS, "var/lib/dpkg/info/libpq5:amd64.list": files}, {"var/empty": "d"}
        )
    )
    assert (claim.name, claim.version, claim.architecture) == ("libpq5", "15.4-1+b1", "amd64")
    assert (claim.source, claim.source_version) == ("postgresql-15", "15.4-1")
    assert claim.files == ("usr/lib/libpq.so.5",)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok triggers-pending", True),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
        ("install reinstreq half-installed", True),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install ok triggers-awaited", True),
        ("", False),
    ],
)
def test_only_installed_packages_count(state: str, counts: bool) -> None:
    status = STATUS.replace(b"install ok installed", state.encode())
    assert bool(inventory_of({"var/lib/dpkg/status": status}).claims) is counts


def test_a_state_that_dpkg_does_not_know_is_told() -> None:
    inventory = inventory_of(
        {"var/lib/dpkg/status": STATUS.replace(b"install ok installed", b"install ok gone-fishing")}
    )
    assert not inventory.claims
    assert "gone-fishing" in inventory.problems[0]


def test_distroless_packages_have_a_file_each() -> None:
    stanza = b"Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n"
    sums = b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n"
    inventory = inventory_of(
        {"var/lib/dpkg/status.d/tzdata": stanza, "var/lib/dpkg/status.d/tzdata.md5sums": sums}
    )
    assert only(inventory).files == ("usr/share/zoneinfo/UTC",)
    assert inventory.databases == ("var/lib/dpkg/status.d/tzdata",)


def test_a_paragraph_without_version_is_reported_and_the_next_is_read() -> None:
    inventory = inventory_of({"var/lib/dpkg/status": b"Package: x\n\n" + STATUS})
    assert [claim.name for claim in inventory.claims] == ["libpq5"]
    assert len(inventory.problems) == 1

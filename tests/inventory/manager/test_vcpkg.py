from __future__ import annotations

from tests.inventory.layers import inventory_of, only

STATUS = b"""Package: zlib
Version: 1.3.1
Architecture: x64-linux
Multi-Arch: same
Status: install ok installed

Package: fmt
Version: 10.2.1
Port-Version: 2
Depends: vcpkg-cmake
Architecture: x64-linux
Status: install ok installed

Package: fmt
Feature: extras
Architecture: x64-linux
Status: install ok installed

Package: curl
Version: 8.5.0
Architecture: x64-linux
Status: purge ok not-installed
"""
ROOT = "opt/vcpkg/installed"
LIST = b"x64-linux/\nx64-linux/include/fmt/core.h\nx64-linux/share/fmt/\nx64-linux/share/fmt/copyright\n"


def test_installed_ports_own_what_their_lists_say() -> None:
    lists = {f"{ROOT}/vcpkg/info/fmt_10.2.1_x64-linux.list": LIST}
    zlib, fmt = inventory_of({f"{ROOT}/vcpkg/status": STATUS, **lists}).claims
    assert (zlib.ecosystem, zlib.name, zlib.version, zlib.files) == ("vcpkg", "zlib", "1.3.1", ())
    assert (fmt.name, fmt.version, fmt.architecture) == ("fmt", "10.2.1#2", "x64-linux")
    assert fmt.files == (f"{ROOT}/x64-linux/include/fmt/core.h", f"{ROOT}/x64-linux/share/fmt/copyright")


def test_the_last_paragraph_about_a_port_counts() -> None:
    removed = (
        STATUS + b"\nPackage: zlib\nVersion: 1.3.1\nArchitecture: x64-linux\nStatus: purge ok not-installed\n"
    )
    assert only(inventory_of({f"{ROOT}/vcpkg/status": removed})).name == "fmt"


def test_a_port_that_is_half_installed_is_there() -> None:
    status = b"Package: fmt\nVersion: 1\nArchitecture: x64-linux\nStatus: install ok half-installed\n"
    assert only(inventory_of({f"{ROOT}/vcpkg/status": status})).name == "fmt"


def test_a_paragraph_without_a_version_is_told() -> None:
    inventory = inventory_of({f"{ROOT}/vcpkg/status": b"Package: x\nStatus: install ok installed\n"})
    assert not inventory.claims
    assert "without name or version" in inventory.problems[0]

from __future__ import annotations

import platform
from pathlib import Path

from praxi_tasks.inventory import Distribution
from tests.inventory.layers import inventory_of

DEBIAN = b"""PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
# ID=comment
ID=debian
"""


def test_names_the_distribution() -> None:
    assert inventory_of({"etc/os-release": DEBIAN}).distribution == Distribution(
        "debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)"
    )


def test_says_what_it_is_derived_from() -> None:
    mint = b'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n'
    found = inventory_of({"etc/os-release": mint}).distribution
    assert found == Distribution("linuxmint", "", "virginia", "", ("ubuntu", "debian"), "jammy")


def test_equals_the_standard_library_on_this_machine() -> None:
    told = platform.freedesktop_os_release()
    found = inventory_of({"usr/lib/os-release": Path("/etc/os-release").read_bytes()}).distribution
    assert found is not None
    assert (found.id, found.version_id) == (told["ID"], told.get("VERSION_ID", ""))
    assert found.name == told["PRETTY_NAME"]


def test_a_link_or_a_broken_file_falls_back() -> None:
    linked = inventory_of({"usr/lib/os-release": DEBIAN}, {"etc/os-release": "l"})
    broken = inventory_of({"usr/lib/os-release": DEBIAN, "etc/os-release": b"\xff\x00"})
    assert linked.distribution == broken.distribution
    assert linked.distribution is not None


def test_garbage_names_nothing() -> None:
    for data in (b"", b"ID=", b"ID='open", b"=x", b"ID=a b c", b"ID=" + b"x" * 100_000, b"\xff" * 1000):
        assert inventory_of({"etc/os-release": data}).distribution is None

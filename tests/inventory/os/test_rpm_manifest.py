from __future__ import annotations

from tests.inventory.layers import inventory_of

PATH = "var/lib/rpmmanifest/container-manifest-2"
OPENSSL = (
    b"openssl\t1.1.1k-21.cm2\t1667309999\t1667309000\tMicrosoft Corporation\t(none)\t2152243\tx86_64\t0"
    b"\topenssl-1.1.1k-21.cm2.src.rpm\n"
)
BIND = b"bind-libs\t9.16.33-1.cm2\t1\t1\tMicrosoft\t32\t1\tx86_64\t32\tbind-9.16.33-1.cm2.src.rpm\n"
KEY = b"gpg-pubkey\t1-2\t1\t1\t(none)\t(none)\t0\t(none)\t0\t(none)\n"


def test_each_line_is_a_package() -> None:
    inventory = inventory_of({PATH: OPENSSL + KEY + b"\n" + BIND})
    found = [(c.name, c.version, c.architecture, c.source, c.source_version) for c in inventory.claims]
    assert found == [
        ("openssl", "1.1.1k-21.cm2", "x86_64", "openssl", "1.1.1k-21.cm2"),
        ("bind-libs", "32:9.16.33-1.cm2", "x86_64", "bind", "9.16.33-1.cm2"),
    ]
    assert not inventory.problems


def test_a_line_that_is_none_is_told() -> None:
    inventory = inventory_of({PATH: b"openssl-1.1.1k\n" + OPENSSL})
    assert [claim.name for claim in inventory.claims] == ["openssl"]
    assert len(inventory.problems) == 1

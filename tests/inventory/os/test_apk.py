from __future__ import annotations

import base64

from tests.inventory.layers import inventory_of, only

INSTALLED = b"""C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
P:musl
V:1.2.4-r2
A:x86_64
S:383152
L:MIT AND BSD-2-Clause
o:musl
t:1690000000
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1LjNGwGy1DwGzjAvlxZ1Cb3jVY5g=
R:libc.musl-x86_64.so.1
F:
R:top
F:etc/empty

P:ssl_client
V:1.36.1-r5
A:x86_64
o:busybox
F:usr/bin
R:ssl_client

"""


def test_packages_with_folders_files_and_origin() -> None:
    musl, client = inventory_of({"lib/apk/db/installed": INSTALLED}).claims
    assert (musl.ecosystem, musl.name, musl.version, musl.architecture) == (
        "apk",
        "musl",
        "1.2.4-r2",
        "x86_64",
    )
    assert musl.files == ("lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1", "top")
    assert (musl.licences, client.licences) == (("MIT AND BSD-2-Clause",), ())
    assert (client.source, client.source_version) == ("busybox", "1.36.1-r5")
    assert client.files == ("usr/bin/ssl_client",)
    listed = base64.b64decode("LjNGwGy1DwGzjAvlxZ1Cb3jVY5g=")
    assert (musl.checksums, client.checksums) == (listed[:8] + bytes(16), b"")


def test_a_paragraph_without_version_is_reported() -> None:
    inventory = inventory_of({"lib/apk/db/installed": b"P:x\n\nno field\n\n" + INSTALLED})
    assert len(inventory.claims) == 2
    assert len(inventory.problems) == 2


def test_a_folder_repeated_beyond_reason_is_a_problem() -> None:
    data = b"P:x\nV:1\nF:" + b"d" * 1_000_000 + b"\n" + b"".join(b"R:%d\n" % n for n in range(100_000))
    inventory = inventory_of({"lib/apk/db/installed": data})
    assert [(claim.name, claim.files) for claim in inventory.claims] == [("x", ())]
    assert "more room" in inventory.problems[0]


def test_an_empty_database_claims_nothing() -> None:
    inventory = inventory_of({"lib/apk/db/installed": b""})
    assert (inventory.claims, inventory.problems) == ((), ())
    assert inventory.databases == ("lib/apk/db/installed",)


def test_todays_place_is_read_too() -> None:
    assert only(inventory_of({"usr/lib/apk/db/installed": b"P:x\nV:1\n"})).source == ""

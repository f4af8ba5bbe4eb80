from __future__ import annotations

import json

import pytest
import zstandard

from tests.inventory.layers import inventory_of

HEAD = {"jsonwall": "1.0", "schema": "1.0", "count": 6}
LINES = [
    {"kind": "content", "slice": "openssl_bins", "path": "/usr/bin/openssl"},
    {"kind": "package", "name": "openssl", "version": "3.0.13-0ubuntu3", "sha256": "0" * 64, "arch": "amd64"},
    {"kind": "path", "path": "/usr/bin/", "mode": "0755", "slices": ["openssl_bins"]},
    {"kind": "path", "path": "/usr/bin/openssl", "mode": "0755", "slices": ["openssl_bins"], "size": 3},
    {"kind": "path", "path": "/etc/ssl/x", "mode": "0644", "slices": ["openssl_config", "base-files_bin"]},
    {"kind": "slice", "name": "openssl_bins"},
]
PATH = "var/lib/chisel/manifest.wall"


def wall(*lines: object) -> bytes:
    text = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    return zstandard.ZstdCompressor().compress(text)


MANIFEST = wall(HEAD, *LINES)


def test_packages_have_the_files_of_their_slices() -> None:
    inventory = inventory_of({PATH: MANIFEST})
    (claim,) = inventory.claims
    assert (claim.ecosystem, claim.name, claim.version) == ("deb", "openssl", "3.0.13-0ubuntu3")
    assert (claim.architecture, claim.database) == ("amd64", PATH)
    assert claim.files == ("etc/ssl/x", "usr/bin/openssl")
    assert inventory.databases == (PATH,)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"plain text", "can't be decompressed"),
        (MANIFEST[:-9], "can't be|no manifest|can't be read"),
        (wall({"kind": "package"}), "no manifest of a known form"),
        (wall(HEAD, {"kind": "package", "name": "x"}), "without name or version"),
        (zstandard.ZstdCompressor().compress(bytes(70 << 20)), "unpacks to more"),
        (zstandard.ZstdCompressor().compress(b'{"jsonwall":"1.0"}\n{"kind":'), "can't be read"),
    ],
)
def test_what_is_no_manifest_is_told(data: bytes, problem: str) -> None:
    inventory = inventory_of({PATH: data})
    assert not inventory.claims
    (line,) = inventory.problems
    assert any(part in line for part in problem.split("|"))

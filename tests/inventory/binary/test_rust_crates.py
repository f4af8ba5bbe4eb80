from __future__ import annotations

import json
import zlib

import pytest

from tests.inventory.binary.programs import inspect, releases
from tests.support.programs import elf, macho, pe

LIST = {
    "packages": [
        {"name": "tool", "version": "0.1.0", "source": "local", "dependencies": [1], "root": True},
        {"name": "serde", "version": "1.0.190+x", "source": "crates.io"},
        {"name": "cc", "version": "1.0.83", "source": "crates.io", "kind": "build"},
    ],
    "format": 1,
}
PACKED = zlib.compress(json.dumps(LIST).encode())
PATHS = (
    b"x/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/regex-automata-0.4.3/src/dfa/mod.rs"
    b"/rust/deps/hashbrown-0.14.3/src/raw/mod.rs"
    b"C:\\Users\\me\\.cargo\\registry\\src\\github.com-1ecc6299db9ec823\\zstd-sys-2.0.9+zstd.1.5.5\\src\\lib.rs"
    b"/home/me/registry/src/index.crates.io-6f17d22bba15001f/regex-automata-0.4.3/src/lib.rs"
    b"/usr/share/cargo/registry/aho-corasick-0.7.19/src/dfa.rs"
    b"/usr/share/cargo/registry/no-version/src/lib.rs/registry/src/else"
)
NAMED = [
    "cargo/aho-corasick@0.7.19",
    "cargo/hashbrown@0.14.3",
    "cargo/regex-automata@0.4.3",
    "cargo/zstd-sys@2.0.9+zstd.1.5.5",
]


@pytest.mark.parametrize(
    "program",
    [elf({".dep-v0": PACKED, ".rodata": PATHS}), pe({".dep-v0": PACKED}), macho({".dep-v0": PACKED})],
)
def test_the_list_of_cargo_auditable(program: bytes) -> None:
    assert releases(program) == ["cargo/tool@0.1.0", "cargo/serde@1.0.190+x"]


@pytest.mark.parametrize(
    "program", [elf({".rodata": PATHS}), pe({".rdata": PATHS}), macho({"__const": PATHS, "__text": b"x"})]
)
def test_crates_that_panics_would_name(program: bytes) -> None:
    assert releases(program) == NAMED


def test_paths_across_the_pieces_that_are_read() -> None:
    for before in range((4 << 20) - 150, (4 << 20) + 10, 40):
        assert releases(elf({".rodata": bytes(before) + PATHS})) == NAMED


def test_more_crates_than_any_program_has_are_told() -> None:
    paths = b"".join(b"/rust/deps/a-0.0.%d/" % number for number in range(20_001))
    assert "20,000 crates" in inspect(elf({".rodata": paths})).problems[0]


@pytest.mark.parametrize(
    "data",
    [
        PACKED[:-9],
        b"no zlib",
        zlib.compress(b"[]"),
        zlib.compress(b'{"packages": [{"name": 1}]}'),
        zlib.compress(bytes(9 << 20)),
        zlib.compress(b"\xff"),
        b"",
    ],
)
def test_a_damaged_list_is_told(data: bytes) -> None:
    found = inspect(elf({".dep-v0": data}))
    assert not found.claims
    assert "crates" in found.problems[0]

from __future__ import annotations

import pytest

from tests.inventory.layers import inventory_of

LIST = b"""[v1]
"ripgrep 14.1.0 (registry+https://github.com/rust-lang/crates.io-index)" = ["rg"]
"tool 0.2.0-rc.1 (git+https://example.org/tool?rev=1#0123)" = ["tool", "../etc/passwd"]
"""
PATH = "usr/local/cargo/.crates.toml"


def test_crates_own_the_programs_that_cargo_installed() -> None:
    inventory = inventory_of({PATH: LIST}, {"usr/local/cargo/bin/rg": "f"})
    assert [(one.ecosystem, one.name, one.version, one.files) for one in inventory.claims] == [
        ("cargo", "ripgrep", "14.1.0", ("usr/local/cargo/bin/rg",)),
        ("cargo", "tool", "0.2.0-rc.1", ("usr/local/cargo/bin/tool",)),
    ]


def test_an_entry_that_is_no_crate_is_told() -> None:
    inventory = inventory_of({PATH: LIST.replace(b"0.2.0-rc.1", b"new").replace(b'["rg"]', b'["rg", 1]')})
    assert [claim.name for claim in inventory.claims] == ["ripgrep"]
    assert "no crate" in inventory.problems[0]


@pytest.mark.parametrize("data", [b"[v1", b"\xff", b"v1 = 1", b"#" * 70_000, b"x = " + b"9" * 5_000])
def test_a_damaged_list_is_told(data: bytes) -> None:
    inventory = inventory_of({PATH: data})
    assert not inventory.claims
    (problem,) = inventory.problems
    assert "what Cargo installed" in problem


def test_a_list_of_nothing_is_no_gap() -> None:
    assert not inventory_of({PATH: b""}).problems

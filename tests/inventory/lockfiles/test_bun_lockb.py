"""Bun's binary lock file, in both of its formats."""

from __future__ import annotations

import struct

import pytest

from tests.inventory.layers import inventory_of
from tests.support.bun import HEAD, bun_lockb


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_of_the_registry_is_declared(number: int) -> None:
    inventory = inventory_of({"app/bun.lockb": bun_lockb(number=number)})
    assert {f"{one.ecosystem}/{one.name} {one.version}" for one in inventory.declared} == {
        "npm/ms 2.0.0",
        "npm/@babel/code-frame 7.29.7",
        "npm/react 19.0.0-rc.1",
        "npm/typescript 5.4.0-dev.20231205",
    }
    assert (inventory.claims, inventory.declared_problems) == ((), ())


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no binary lock file of Bun"),
        (HEAD, "it is cut off"),
        (bun_lockb(number=9), "of Bun's format 9, which is not read"),
        (bun_lockb()[:400], "it is cut off"),
        (bun_lockb()[:-40], "its strings are cut off"),
        (HEAD + struct.pack("<I32xQQQQQQ", 2, 0, 1 << 60, 8, 8, 128, 1 << 63), "it is cut off"),
    ],
)
def test_damage_is_told(data: bytes, what: str) -> None:
    (problem,) = inventory_of({"bun.lockb": data}).declared_problems
    assert problem.startswith(f"bun.lockb: {what}")

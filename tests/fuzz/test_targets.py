"""Every target reads its seeds, and what once was a finding is read or refused as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets import TARGETS
from tests.support.tools import need

SEEDS = [
    pytest.param(one, seed, id=f"{one.name}-{n}")
    for one in TARGETS.values()
    for n, seed in enumerate(one.seeds)
]
FOUND = [
    pytest.param(one, path, id=f"{one.name}-{path.name}")
    for one in TARGETS.values()
    for path in one.findings()
]


@pytest.fixture(autouse=True)
def programs() -> None:
    need("dpkg")


@pytest.mark.parametrize(("target", "seed"), SEEDS)
def test_a_seed_is_read(target: Target, seed: bytes) -> None:
    target.run(seed)


@pytest.mark.parametrize(("target", "path"), FOUND)
def test_a_finding_stays_fixed(target: Target, path: Path) -> None:
    target.one_input(path.read_bytes())


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_nothing_and_damage_are_no_findings(target: Target) -> None:
    seed = target.seeds[0]
    for data in (b"", b"\0", b"\xff" * 64, seed[: len(seed) // 2], seed[1:], seed + seed):
        target.one_input(data)


def test_every_kept_input_has_a_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= TARGETS.keys()

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index


def fixed(version: str, urgency: str = "not yet assigned") -> dict[str, Any]:
    return {
        "status": "resolved",
        "fixed_version": version,
        "urgency": urgency,
        "repositories": {"forky": "1"},
    }


OPEN = {"status": "open", "urgency": "low", "repositories": {"forky": "1"}}


def index(distribution: str = "debian-14", **releases: dict[str, Any]) -> AdvisoryIndex:
    tracker = {
        "bash": {"CVE-2026-0001": {"description": "bash misbehaves", "scope": "local", "releases": releases}},
        "other": {"TEMP-0000001-ABCDEF": {"releases": {"trixie": OPEN, "forky": OPEN, "sid": OPEN}}},
    }
    return build_index({f"advisories/{distribution}/json": json.dumps(tracker).encode()})


def fixes(known: AdvisoryIndex, version: str, namespace: str = "debian-14") -> list[tuple[str, ...]]:
    return [hit.fixed for hit in known.find(namespace, "bash", version)]


@pytest.mark.parametrize("distribution", ["debian-14", "debian-forky"])
def test_a_release_is_affected_before_its_fix(distribution: str) -> None:
    known = index(distribution, forky=fixed("2-1"), sid=fixed("2-1"))
    assert fixes(known, "1-1") == [("2-1",)]
    assert not fixes(known, "2-1")


def test_testing_and_unstable_have_what_one_of_them_fixed() -> None:
    known = index(forky=OPEN, sid=fixed("2-1"))
    assert fixes(known, "1-1") == [("2-1",)]
    assert not fixes(known, "2-1")
    assert fixes(index(sid=fixed("2-1")), "1-1") == [("2-1",)], "testing has not the package"


def test_a_stable_release_waits_for_its_own_fix() -> None:
    known = index("debian-13", trixie=OPEN, forky=fixed("2-1"), sid=fixed("2-1"))
    assert fixes(known, "1-1", "debian-13") == [()]


def test_what_no_release_fixed_is_affected() -> None:
    known = index(forky=OPEN, sid=OPEN)
    assert fixes(known, "9-1") == [()]
    assert known.find("debian-14", "bash", "9-1")[0].advisory.severity == "low"


@pytest.mark.parametrize("told", [fixed("0"), {"status": "undetermined", "urgency": ""}])
def test_what_is_not_affected_or_not_known_is_left_out(told: dict[str, Any]) -> None:
    assert not fixes(index(forky=told, sid=told), "1-1")


def test_unimportant_is_the_vendors_word() -> None:
    (hit,) = index(forky=fixed("2-1", "unimportant")).find("debian-14", "bash", "1-1")
    assert hit.advisory.severity == "info"


@pytest.mark.parametrize("distribution", ["debian-12", "debian-99", "ubuntu-24.04"])
def test_a_release_that_the_tracker_has_not_is_said(distribution: str) -> None:
    (problem,) = index(distribution, forky=OPEN).broken
    assert "forky, sid, trixie" in problem.message

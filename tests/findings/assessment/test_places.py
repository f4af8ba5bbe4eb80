from __future__ import annotations

import pytest

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Places
from praxi_tasks.findings.assessment.places import (
    may_hold_unseen,
    may_run_unseen,
    places_after,
)
from praxi_tasks.findings.scope import ListGap, Scope

WEB = "eu|web:1"
LISTED: Places = {WEB: {"shop": ()}}


def scope(*gaps: ListGap, kind: str = "scheduled") -> Scope:
    return Scope(kind, gaps=gaps)  # type: ignore[arg-type]


def audit(looked_at: Scope, *images: AssessedImage) -> AssessedAudit:
    return AssessedAudit("r", "2026-11-01T00:00:00Z", "", "m", images, scope=looked_at)


def web(*namespaces: str) -> AssessedImage:
    return AssessedImage("web:1", namespaces=namespaces, cluster="eu")


@pytest.mark.parametrize(
    ("gap", "unseen"),
    [
        (ListGap("Prometheus answered in part"), True),
        (ListGap("silent", "eu"), True),
        (ListGap("silent", "us"), False),
        (ListGap("silent", ""), False),
        (ListGap("no name", "eu", "shop", ("main u",)), True),
        (ListGap("no name", "eu", "bank", ("main u",)), False),
        (ListGap("no name", "us", "shop", ("main u",)), False),
    ],
)
def test_what_is_not_known_guards_only_what_it_may_hide(gap: ListGap, unseen: bool) -> None:
    assert may_run_unseen(scope(gap), "eu|web:1", LISTED) is unseen


def test_a_container_that_was_there_when_an_image_was_listed_does_not_hide_it() -> None:
    old, more = (ListGap("no name", "eu", "shop", names) for names in (("a 1",), ("a 1", "b 2")))
    listed = places_after(audit(scope(old), web("shop")), {})
    assert listed == {WEB: {"shop": ("a 1",)}}
    assert not may_run_unseen(scope(old), "eu|web:1", listed)
    assert may_run_unseen(scope(more), "eu|web:1", listed)
    assert may_run_unseen(scope(old, ListGap("silent", "eu")), "eu|web:1", listed)


def test_what_was_never_listed_may_be_where_nothing_is_known_of() -> None:
    assert may_run_unseen(scope(ListGap("silent", "eu")), "eu|job:1", LISTED)
    assert not may_run_unseen(scope(ListGap("no name", "eu", "shop", ("a 1",))), "eu|job:1", LISTED)
    assert not may_run_unseen(scope(), "eu|job:1", LISTED)


def test_a_repository_may_be_where_any_of_its_tags_was() -> None:
    places: Places = {"eu|web:1": {"shop": ("a 1",)}, "eu|web:2": {"bank": ()}}
    gaps = [ListGap("no name", "eu", name, ("a 1",)) for name in ("shop", "bank")]

    def unseen(namespace: str, *some: ListGap, place: str = "eu|docker.io/library/web") -> bool:
        return may_hold_unseen(scope(*some), place, namespace, places)

    assert not unseen("shop", *gaps)
    assert unseen("bank", *gaps)
    assert not unseen("bank", *gaps, place="us|docker.io/library/web")
    assert unseen("shop", ListGap("silent", "eu"))


def test_a_place_is_remembered_as_long_as_anything_may_hide_it() -> None:
    silent = scope(ListGap("silent", "eu"))
    assert places_after(audit(silent), LISTED) == LISTED
    assert places_after(audit(scope(ListGap("silent", "us"))), LISTED) == {}
    assert places_after(audit(silent, web("bank")), LISTED) == {WEB: {"bank": (), "shop": ()}}
    old = scope(ListGap("no name", "eu", "shop", ("a 1",)))
    assert places_after(audit(old), {WEB: {"shop": ("a 1",)}}) == {}


def test_other_than_daily_audits_know_nothing_of_places() -> None:
    by_hand = scope(ListGap("silent"), kind="manual")
    assert places_after(audit(by_hand, web("shop")), LISTED) == {}
    assert not may_run_unseen(by_hand, "eu|web:1", LISTED)

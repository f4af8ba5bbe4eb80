from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.assessment.document import TrendPoint
from praxi_tasks.findings.assessment.plausibility import with_plausibility
from praxi_tasks.findings.scope import Scope

DAILY = Scope(kind="scheduled")


def trend(*counts: int) -> list[TrendPoint]:
    return [TrendPoint("", count, {}, {}) for count in counts]


@pytest.mark.parametrize(("images", "whole"), [(50, True), (49, False), (0, False), (500, True)])
def test_fewer_than_half_of_the_weeks_median_is_implausible(images: int, whole: bool) -> None:
    scope = with_plausibility(DAILY, images, trend(7, 90, 100, 110, 100, 0, 100, 95, 105))
    assert scope.whole is whole
    assert scope.proves_absence is whole
    assert bool(scope.problems) is not whole


def test_a_cluster_that_stays_small_is_believed() -> None:
    assert with_plausibility(DAILY, 10, trend(100, 100, 100, 10, 10, 10, 10)).whole


def test_a_first_audit_and_those_by_hand_are_not_compared() -> None:
    assert with_plausibility(DAILY, 0, trend()) == DAILY
    by_hand = Scope(kind="manual", named=True)
    assert with_plausibility(by_hand, 1, trend(100)) == by_hand


def test_what_was_not_whole_stays_so() -> None:
    lame = msgspec.structs.replace(DAILY, whole=False, problems=("partial",))
    assert with_plausibility(lame, 1, trend(100)).problems[0] == "partial"

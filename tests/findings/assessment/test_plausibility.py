from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.assessment.document import ImageRecord, TrendPoint
from praxi_tasks.findings.assessment.plausibility import with_plausibility
from praxi_tasks.findings.scope import Scope

DAILY = Scope(kind="scheduled")


def images(count: int, cluster: str = "") -> list[ImageRecord]:
    return [ImageRecord(f"shop/web-{number}:1", cluster=cluster) for number in range(count)]


def trend(*counts: int) -> list[TrendPoint]:
    return [TrendPoint("", count, {}, {}) for count in counts]


def by_cluster(**counts: int) -> TrendPoint:
    return TrendPoint("", sum(counts.values()), {}, {}, clusters=counts)


@pytest.mark.parametrize(("count", "whole"), [(50, True), (49, False), (0, False), (500, True)])
def test_fewer_than_half_of_the_weeks_median_is_implausible(count: int, whole: bool) -> None:
    scope = with_plausibility(DAILY, images(count), trend(7, 90, 100, 110, 100, 0, 100, 95, 105))
    assert scope.whole is whole
    assert scope.proves_absence is whole
    assert bool(scope.problems) is not whole
    assert scope.implausible is not whole


@pytest.mark.parametrize(("share", "whole"), [(0.0, True), (0.1, True), (0.11, False), (1.0, False)])
def test_the_share_is_a_setting(share: float, whole: bool) -> None:
    assert with_plausibility(DAILY, images(10), trend(100), share).whole is whole


@pytest.mark.parametrize("size", [10, 0])
def test_a_cluster_that_stays_small_is_believed(size: int) -> None:
    days = trend(100, 100, 100, size, size, size)
    assert not with_plausibility(DAILY, images(size), days).whole
    assert with_plausibility(DAILY, images(size), [*days, *trend(size)]).whole


def test_days_whose_list_was_not_whole_convince_nobody() -> None:
    lame = [msgspec.structs.replace(point, listed=False) for point in trend(10, 10, 10, 10, 10, 10)]
    assert not with_plausibility(DAILY, images(10), [*trend(100), *lame]).whole


def test_a_cluster_that_falls_silent_is_no_small_part_of_all() -> None:
    week = [by_cluster(large=90, small=10)] * 7
    scope = with_plausibility(DAILY, images(90, "large"), week)
    assert not scope.whole
    assert scope.problems == (
        "0 images of the cluster small are listed, where the median of the last 7 audits is 10",
    )
    assert with_plausibility(DAILY, [*images(90, "large"), *images(5, "small")], week).whole
    gone = [*week[:3], *[by_cluster(large=90)] * 4]
    assert with_plausibility(DAILY, images(90, "large"), gone).whole
    assert with_plausibility(DAILY, [*images(90, "large"), *images(5, "new")], gone).whole


def test_a_first_audit_and_those_by_hand_are_not_compared() -> None:
    assert with_plausibility(DAILY, (), trend()) == DAILY
    by_hand = Scope(kind="manual", named=True)
    assert with_plausibility(by_hand, images(1), trend(100)) == by_hand


def test_what_was_not_whole_stays_so() -> None:
    lame = msgspec.structs.replace(DAILY, whole=False, problems=("partial",))
    scope = with_plausibility(lame, images(1), trend(100))
    assert scope.problems[0] == "partial"
    assert not scope.implausible

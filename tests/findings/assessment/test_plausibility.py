from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.assessment.document import ImageRecord, Places, TrendPoint
from praxi_tasks.findings.assessment.plausibility import with_plausibility, with_silent_clusters
from praxi_tasks.findings.scope import ListGap, Scope

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
    assert scope.proves_absence("", "shop") is whole
    assert bool(scope.problems) is not whole
    assert [gap.implausible for gap in scope.gaps] == [True] * (not whole)


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
    assert [scope.proves_absence(name, "shop") for name in ("large", "small", "")] == [True, False, True]
    assert with_plausibility(DAILY, [*images(90, "large"), *images(5, "small")], week).whole
    gone = [*week[:3], *[by_cluster(large=90)] * 4]
    assert with_plausibility(DAILY, images(90, "large"), gone).whole
    assert with_plausibility(DAILY, [*images(90, "large"), *images(5, "new")], gone).whole


def test_a_first_audit_and_those_by_hand_are_not_compared() -> None:
    assert with_plausibility(DAILY, (), trend()) == DAILY
    by_hand = Scope(kind="manual", named=True)
    assert with_plausibility(by_hand, images(1), trend(100)) == by_hand


def test_what_was_not_whole_stays_so() -> None:
    lame = msgspec.structs.replace(DAILY, gaps=(ListGap("partial"),))
    scope = with_plausibility(lame, images(1), trend(100))
    assert scope.problems[0] == "partial"
    assert [gap.implausible for gap in scope.gaps] == [False, True]


def test_a_new_cluster_counts_from_its_first_day() -> None:
    week = [*[by_cluster(old=90)] * 6, by_cluster(old=90, new=40)]
    scope = with_plausibility(DAILY, [*images(90, "old"), *images(3, "new")], week)
    assert [gap.cluster for gap in scope.gaps] == ["new"]


def test_a_day_on_which_a_cluster_was_blind_says_nothing_of_its_size() -> None:
    blind = msgspec.structs.replace(by_cluster(large=90), blind=("small",))
    week = [*[by_cluster(large=90, small=10)] * 3, *[blind] * 4]
    scope = with_plausibility(DAILY, images(90, "large"), week)
    assert [scope.is_whole_of(cluster) for cluster in ("large", "small")] == [True, False]


def test_a_cluster_that_got_a_name_is_not_missed_without_one_if_a_person_says_so() -> None:
    listed = msgspec.structs.replace(DAILY, expected=("east",))
    assert not with_plausibility(DAILY, images(100, "east"), trend(100)).is_whole_of("")
    assert with_plausibility(listed, images(100, "east"), trend(100)).whole


@pytest.mark.parametrize(
    ("heard", "expected", "missed"),
    [
        (("east", "west"), None, []),
        (("east",), None, ["west"]),
        (("east", "new"), None, ["west"]),
        (("east",), ("east",), []),
        (("east", "west"), ("east", "west", "south"), ["south"]),
        ((), None, []),  # that nothing was heard at all is a gap of its own
        (None, None, []),
    ],
)
def test_a_cluster_that_was_not_heard_is_missed_unless_a_person_says_that_it_is_gone(
    heard: tuple[str, ...] | None, expected: tuple[str, ...] | None, missed: list[str]
) -> None:
    places: Places = {"east|docker.io/library/web": {"shop": ()}, "west|docker.io/library/web": {"shop": ()}}
    scope = msgspec.structs.replace(DAILY, clusters=heard, expected=expected)
    found = with_silent_clusters(scope, places)
    assert [gap.cluster for gap in found.gaps] == missed
    assert all("kube-state-metrics" in problem for problem in found.problems)
    by_hand = msgspec.structs.replace(scope, kind="manual")
    assert with_silent_clusters(by_hand, places) == by_hand

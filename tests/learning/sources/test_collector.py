"""Getting releases from sources in turn; what can't be had is recorded and asked for on later days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from praxi_tasks.errors import ReleaseNotFoundError, StoreUnavailableError
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, parse_label
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.sources.collector import Collector, past_attempts
from praxi_tasks.store import Store, keys

DAY = date(2026, 3, 1)
SHOP = parse_label("shop==1.0")


class ListedSource:
    """A source with fixed answers, which counts how often it is asked."""

    name = "listed"

    def __init__(self, *answers: Exception | StoredRelease) -> None:
        self._answers = list(answers)
        self.asked = 0

    def offers(self, wanted: NewPackage) -> bool:
        return True

    def versions(self, wanted: NewPackage) -> list[str]:
        return [f"{number}.0" for number in range(12, 0, -1)]

    def read(self, wanted: NewPackage) -> StoredRelease:
        self.asked += 1
        answer = self._answers[min(self.asked, len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def release(*paths: str) -> StoredRelease:
    ones = np.ones(len(paths), np.uint64)
    return StoredRelease(*SHOP.identity, "listed", list(paths), ones, ones, ones.astype(np.bool_))


GONE = ReleaseNotFoundError("sold out")


def test_the_first_source_that_has_it_gives_it(store: Store) -> None:
    empty, full = ListedSource(GONE), ListedSource(release("shop/a.py"))
    outcome = Collector(store, [empty, full], DAY).collect(SHOP)
    assert (outcome.state, outcome.source) == ("stored", "listed")
    assert ReleaseStore(store).get(SHOP.identity).paths == ["shop/a.py"]


def test_what_is_stored_is_not_asked_for_again(store: Store) -> None:
    source = ListedSource(release("shop/a.py"))
    for _ in range(2):
        assert Collector(store, [source], DAY).collect(SHOP).state == "stored"
    assert source.asked == 1


def test_what_no_source_has_is_recorded_with_the_reasons(store: Store) -> None:
    outcome = Collector(store, [ListedSource(GONE)], DAY).collect(SHOP)
    assert outcome.state == "failed"
    assert outcome.reason == "listed: sold out"
    (attempt,) = past_attempts(store, SHOP)
    assert (attempt.day, attempt.reasons) == (DAY, {"listed": "sold out"})


def test_it_is_asked_for_on_so_many_days_and_then_given_up(store: Store) -> None:
    source = ListedSource(GONE)
    for number in range(5):
        state = Collector(store, [source], DAY + timedelta(number), attempts=3).collect(SHOP).state
        assert state == ("failed" if number < 3 else "given-up")
    assert source.asked == 3


def test_tries_of_one_day_count_once(store: Store) -> None:
    for _ in range(4):
        Collector(store, [ListedSource(GONE)], DAY, attempts=2).collect(SHOP)
    late = ListedSource(release("shop/a.py"))
    assert Collector(store, [late], DAY + timedelta(1), attempts=2).collect(SHOP).state == "stored"


@pytest.mark.parametrize(
    ("paths", "reason"),
    [((), "0 files"), (("../x",), "claims"), (("/etc/passwd",), "claims"), (("a//b",), "claims")],
)
def test_an_absurd_release_is_refused_and_the_next_source_is_asked(
    store: Store, paths: tuple[str, ...], reason: str
) -> None:
    assert reason in Collector(store, [ListedSource(release(*paths))], DAY).collect(SHOP).reason
    after = Collector(
        store, [ListedSource(release(*paths)), ListedSource(release("shop/a.py"))], DAY
    ).collect(SHOP)
    assert after.state == "stored"


@pytest.mark.parametrize(
    "error",
    [
        IndexError("x"),
        RecursionError(),
        MemoryError(),
        OverflowError("\x1b\udcff"),
        UnicodeEncodeError("utf-8", "\udcff", 0, 1, "a surrogate"),
        ValueError("wrong"),
    ],
)
def test_whatever_a_release_holds_the_next_source_is_asked(store: Store, error: Exception) -> None:
    outcome = Collector(store, [ListedSource(error)], DAY).collect(SHOP)
    assert outcome.state == "failed"
    (attempt,) = past_attempts(store, SHOP)
    assert attempt.reasons["listed"].startswith(type(error).__name__)
    assert attempt.reasons["listed"].isprintable()
    full = Collector(store, [ListedSource(error), ListedSource(release("shop/a.py"))], DAY)
    assert full.collect(SHOP).state == "stored"


def test_a_million_paths_are_refused(store: Store) -> None:
    absurd = release(*(f"shop/{number}.py" for number in range(1_000_000)))
    assert "1,000,000 files" in Collector(store, [ListedSource(absurd)], DAY).collect(SHOP).reason
    assert not store.exists(keys.release(*SHOP.identity))


def test_a_store_that_is_down_ends_the_batch(store: Store) -> None:
    with pytest.raises(StoreUnavailableError):
        Collector(store, [ListedSource(StoreUnavailableError("down"))], DAY).collect(SHOP)


def test_of_an_unknown_version_the_newest_are_learned_and_older_ones_on_later_days(store: Store) -> None:
    class Stocked(ListedSource):
        def read(self, wanted: NewPackage) -> StoredRelease:
            return replace(release("shop/a.py"), version=wanted.version)

    unknown = parse_label("shop==*")
    assert (unknown.version, unknown.purl) == ("", "pkg:pypi/shop")
    days = [
        [outcome.package.version for outcome in Collector(store, [Stocked()], day).collect_all(unknown)]
        for day in (DAY, DAY, *(DAY + timedelta(number) for number in range(1, 6)))
    ]
    assert days[0] == days[1] == ["12.0", "11.0", "10.0", "9.0", "8.0"]
    assert days[2] == ["7.0", "6.0", "5.0", "4.0", "3.0"]
    assert days[3] == ["2.0", "1.0"]
    assert days[4] == [""]
    assert Collector(store, [Stocked()], DAY + timedelta(9)).collect_all(unknown)[0].state == "given-up"


def test_whose_versions_nobody_tells_is_told(store: Store) -> None:
    class Silent(ListedSource):
        def versions(self, wanted: NewPackage) -> list[str]:
            raise GONE

    (outcome,) = Collector(store, [Silent(GONE)], DAY).collect_all(parse_label("shop==*"))
    assert (outcome.state, outcome.reason) == ("failed", "listed: sold out")


def test_a_stored_release_survives_a_round_trip() -> None:
    made = release("site-packages/b.py", "site-packages/a.py").checked()
    again = StoredRelease.from_bytes(made.to_bytes())
    assert again.paths == made.paths == ["site-packages/a.py", "site-packages/b.py"]
    assert again.identity == SHOP.identity
    assert again.content_id == made.content_id
    assert again.to_bytes() == made.to_bytes()

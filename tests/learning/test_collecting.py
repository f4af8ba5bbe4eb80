"""Getting releases from sources in turn; what can't be had is recorded and asked for on later days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from praxi_tasks.errors import PraxiError, ReleaseNotFoundError, StoreUnavailableError
from praxi_tasks.learning.collecting import Collector, past_attempts
from praxi_tasks.learning.library import Library
from praxi_tasks.learning.requests import NewPackage, parse_label
from praxi_tasks.learning.stored import StoredRelease
from praxi_tasks.store import Store, keys

DAY = date(2026, 3, 1)
SHOP = parse_label("shop==1.0")


class Shelf:
    """A source with fixed answers, which counts how often it is asked."""

    name = "shelf"

    def __init__(self, *answers: PraxiError | StoredRelease) -> None:
        self._answers = list(answers)
        self.asked = 0

    def offers(self, wanted: NewPackage) -> bool:
        return True

    def read(self, wanted: NewPackage) -> StoredRelease:
        self.asked += 1
        answer = self._answers[min(self.asked, len(self._answers)) - 1]
        if isinstance(answer, PraxiError):
            raise answer
        return answer


def release(*paths: str) -> StoredRelease:
    ones = np.ones(len(paths), np.uint64)
    return StoredRelease(*SHOP.identity, "shelf", list(paths), ones, ones, ones.astype(np.bool_))


GONE = ReleaseNotFoundError("sold out")


def test_the_first_source_that_has_it_gives_it(store: Store) -> None:
    empty, full = Shelf(GONE), Shelf(release("shop/a.py"))
    outcome = Collector(store, [empty, full], DAY).collect(SHOP)
    assert (outcome.state, outcome.source) == ("stored", "shelf")
    assert Library(store).get(SHOP.identity).paths == ["shop/a.py"]


def test_what_is_stored_is_not_asked_for_again(store: Store) -> None:
    shelf = Shelf(release("shop/a.py"))
    for _ in range(2):
        assert Collector(store, [shelf], DAY).collect(SHOP).state == "stored"
    assert shelf.asked == 1


def test_what_no_source_has_is_recorded_with_the_reasons(store: Store) -> None:
    outcome = Collector(store, [Shelf(GONE)], DAY).collect(SHOP)
    assert outcome.state == "failed"
    assert outcome.reason == "shelf: sold out"
    (attempt,) = past_attempts(store, SHOP)
    assert (attempt.day, attempt.reasons) == (DAY, {"shelf": "sold out"})


def test_it_is_asked_for_on_so_many_days_and_then_given_up(store: Store) -> None:
    shelf = Shelf(GONE)
    for number in range(5):
        state = Collector(store, [shelf], DAY + timedelta(number), attempts=3).collect(SHOP).state
        assert state == ("failed" if number < 3 else "given-up")
    assert shelf.asked == 3


def test_tries_of_one_day_count_once(store: Store) -> None:
    for _ in range(4):
        Collector(store, [Shelf(GONE)], DAY, attempts=2).collect(SHOP)
    late = Shelf(release("shop/a.py"))
    assert Collector(store, [late], DAY + timedelta(1), attempts=2).collect(SHOP).state == "stored"


@pytest.mark.parametrize(
    ("paths", "reason"),
    [((), "0 files"), (("../x",), "claims"), (("/etc/passwd",), "claims"), (("a//b",), "claims")],
)
def test_an_absurd_release_is_refused_and_the_next_source_is_asked(
    store: Store, paths: tuple[str, ...], reason: str
) -> None:
    assert reason in Collector(store, [Shelf(release(*paths))], DAY).collect(SHOP).reason
    after = Collector(store, [Shelf(release(*paths)), Shelf(release("shop/a.py"))], DAY).collect(SHOP)
    assert after.state == "stored"


def test_a_million_paths_are_refused(store: Store) -> None:
    absurd = release(*(f"shop/{number}.py" for number in range(1_000_000)))
    assert "1,000,000 files" in Collector(store, [Shelf(absurd)], DAY).collect(SHOP).reason
    assert not store.exists(keys.release(*SHOP.identity))


def test_a_store_that_is_down_ends_the_batch(store: Store) -> None:
    with pytest.raises(StoreUnavailableError):
        Collector(store, [Shelf(StoreUnavailableError("down"))], DAY).collect(SHOP)


def test_a_stored_release_survives_a_round_trip() -> None:
    made = release("site-packages/b.py", "site-packages/a.py").checked()
    again = StoredRelease.from_bytes(made.to_bytes())
    assert again.paths == made.paths == ["site-packages/a.py", "site-packages/b.py"]
    assert again.identity == SHOP.identity
    assert again.content_id() == made.content_id()
    assert again.to_bytes() == made.to_bytes()

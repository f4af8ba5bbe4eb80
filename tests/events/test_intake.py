"""Each image once, many together, never too many; on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_tasks.events import Intake, Push, Rules, gathered, take, window_end
from praxi_tasks.store import Store, keys, open_store
from tests.events.bodies import digest

RULES = Rules(registries=("registry.example",), window=10, hours=24, limit=3)
NOON = datetime(2026, 11, 28, 12, 0, 3, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def push(of: str, registry: str = "registry.example") -> Push:
    return Push(f"{registry}/shop/web@{digest(of)}", digest(of), NOON, "distribution")


def at(store: Store, moment: datetime, *pushes: Push, rules: Rules = RULES) -> Intake:
    return take(store, pushes, rules, lambda: moment)


def test_pushes_of_one_window_are_audited_together(store: Store) -> None:
    first = at(store, NOON, push("a"))
    second = at(store, NOON + timedelta(seconds=4), push("b"))
    later = at(store, NOON + timedelta(seconds=20), push("c"))
    assert first.windows == second.windows == ("20261128T120010Z",)
    assert later.windows == ("20261128T120030Z",)
    assert gathered(store, first.windows[0]) == (push("a").image, push("b").image)
    assert window_end(first.windows[0]) > NOON + timedelta(seconds=7)


def test_a_digest_is_taken_once_in_so_many_hours(store: Store) -> None:
    assert at(store, NOON, push("a")).taken == 1
    for hours in (0, 1, 11.9, 12.1, 23.9):
        again = at(store, NOON + timedelta(hours=hours), push("a"), push("a"))
        assert (again.windows, again.taken, again.seen) == ((), 0, 2)
    assert at(store, NOON + timedelta(hours=24.1), push("a")).taken == 1
    assert at(store, NOON + timedelta(hours=25), push("a")).seen == 1


def test_within_a_day_too(store: Store) -> None:
    rules = Rules(registries=RULES.registries, hours=1)
    assert [
        at(store, NOON + timedelta(hours=hours), push("a"), rules=rules).taken for hours in (0, 0.5, 2, 2.5)
    ] == [1, 0, 1, 0]


def test_of_several_who_take_a_digest_at_once_one_does(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(lambda _: take(store, [push("a")], Rules(registries=RULES.registries)), range(24))
        )
    assert sum(each.taken for each in found) == 1
    assert sum(each.seen for each in found) == 23


def test_a_tag_may_be_another_image_each_time(store: Store) -> None:
    tagged = Push("registry.example/shop/web:1", "", None, "quay")
    first, again = at(store, NOON, tagged), at(store, NOON + timedelta(minutes=1), tagged)
    assert (first.taken, again.taken) == (1, 1)
    assert gathered(store, again.windows[0]) == (tagged.image,)


def test_who_finds_no_place_gets_one_of_the_next_hour_or_waits_for_the_daily_audit(store: Store) -> None:
    found = at(store, NOON, *map(push, "0123456789"))
    assert (found.taken, found.left) == (6, 4)
    assert found.windows == ("20261128T120010Z", "20261128T130010Z")
    assert [len(gathered(store, window)) for window in found.windows] == [3, 3]
    assert at(store, NOON + timedelta(minutes=30), push("9")).left == 1, "it was not taken, and is not seen"
    assert at(store, NOON + timedelta(hours=1, minutes=30), push("9")).windows == ("20261128T140010Z",)


@pytest.mark.parametrize(
    ("places", "taken"),
    [
        ((), 0),
        (("registry.example",), 1),
        (("*.example",), 1),
        (("registry.example/shop",), 1),
        (("registry.example/sho",), 0),
        (("example",), 0),
        (("registry.example/*/web",), 1),
    ],
)
def test_only_registries_that_are_named(store: Store, places: tuple[str, ...], taken: int) -> None:
    found = at(store, NOON, push("a"), rules=Rules(registries=places))
    assert (found.taken, found.foreign) == (taken, 1 - taken)


def test_what_is_written_after_its_window_is_in_a_later_one(store: Store) -> None:
    """A store may be so slow that a window is over before an image is in it."""

    def slow() -> Iterator[datetime]:
        moment = NOON
        for _ in range(100):
            yield moment
            moment += timedelta(seconds=9)

    clock = slow()
    found = take(store, [push("a")], RULES, lambda: next(clock))
    (window,) = found.windows
    assert gathered(store, window) == (push("a").image,)
    assert found.windows > ("20261128T120010Z",)


def test_old_days_are_forgotten(store: Store) -> None:
    at(store, NOON, push("a"))
    at(store, NOON + timedelta(days=2), push("b"))
    assert days(store) == ["20261128", "20261130"]
    at(store, NOON + timedelta(days=4), push("c"))
    assert days(store) == ["20261130", "20261202"]


def test_what_the_service_has_still_to_audit_is_not_forgotten(store: Store) -> None:
    (window,) = at(store, NOON, push("a")).windows
    store.put(keys.served_window(window), b"{}")
    at(store, NOON + timedelta(days=9), push("b"))
    assert gathered(store, window) == (push("a").image,)
    store.delete(keys.served_window(window))
    at(store, NOON + timedelta(days=10), push("c"))
    assert gathered(store, window) == ()


def test_a_damaged_document_hides_no_other_push(store: Store) -> None:
    (window,) = at(store, NOON, push("a")).windows
    folder = keys.event_window(window[:8], window)
    for name, damage in (
        ("b", b"{"),
        ("c", b'{"image": "NO image", "digest": "", "at": null, "source": ""}'),
    ):
        store.put(f"{folder}/{name}.json", damage)
    assert gathered(store, window) == (push("a").image,)
    store.replace(keys.event_image(f"{NOON:%Y%m%d}", digest("a")), b"{")
    assert at(store, NOON, push("a")).taken == 1


def days(store: Store) -> list[str]:
    return sorted({key.split("/")[1] for key in store.list("events")})

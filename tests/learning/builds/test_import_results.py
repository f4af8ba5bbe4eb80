"""What was built is taken into the library; why the rest was not is on record."""

from __future__ import annotations

from datetime import date

import pytest

from praxi_tasks.errors import ReleaseNotFoundError, SourceOnlyError
from praxi_tasks.learning.builds.build_result import BuildResult
from praxi_tasks.learning.builds.import_results import import_builds
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, parse_label
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.sources.collector import Collected, Collector, past_attempts
from praxi_tasks.store import Store

DAY = date(2026, 3, 1)
SHOP = parse_label("shop==1.0")
BUILT = BuildResult("shop-1.0-py3-none-any.whl", ["site-packages/shop/a.py"], [3], [7])


class SourceShelf:
    """A source that has nothing but source."""

    name = "sdist"

    def offers(self, wanted: NewPackage) -> bool:
        return True

    def versions(self, wanted: NewPackage) -> list[str]:
        raise ReleaseNotFoundError("none")

    def read(self, wanted: NewPackage) -> StoredRelease:
        raise SourceOnlyError("it has to be built from shop-1.0.tar.gz")


@pytest.fixture
def found(store: Store) -> Collected:
    """Return how the search ended, as it is told to whoever builds."""
    return Collector(store, [SourceShelf()], DAY).collect(SHOP)


def test_source_is_not_stored_but_told(store: Store, found: Collected) -> None:
    assert (found.state, found.reason) == ("source", "it has to be built from shop-1.0.tar.gz")
    assert Collector(store, [SourceShelf()], DAY).collect(SHOP) == found


def test_what_was_built_is_in_the_library(store: Store, found: Collected) -> None:
    TrainingRun(store, "r").store_build_result(SHOP, BUILT.to_bytes())
    for _ in range(2):
        (ended,) = import_builds(store, "r", [found])
        assert (ended.state, ended.source) == ("stored", f"built {BUILT.wheel}")
    assert ReleaseStore(store).get(SHOP.identity).paths == BUILT.paths


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (BuildResult(reason="it needs a compiler").to_bytes(), "it needs a compiler"),
        (BuildResult("farm-1.0-py3-none-any.whl", ["a"], [1], [1]).to_bytes(), "farm-1.0"),
        (b"nonsense", "not a build result"),
        (None, "it was not built"),
    ],
    ids=["failed", "another", "nonsense", "killed"],
)
def test_what_was_not_is_recorded_and_asked_for_again(
    store: Store, found: Collected, told: bytes | None, reason: str
) -> None:
    if told is not None:
        TrainingRun(store, "r").store_build_result(SHOP, told)
    for _ in range(2):
        (ended,) = import_builds(store, "r", [found])
        assert ended.state == "failed"
        assert reason in ended.reason
    (attempt,) = past_attempts(store, SHOP)
    assert attempt.day == DAY
    assert reason in attempt.reasons["build"]


def test_it_is_given_up_with_the_builds_reason(store: Store) -> None:
    TrainingRun(store, "r").store_build_result(SHOP, BuildResult(reason="it needs a compiler").to_bytes())
    for day in (1, 2):
        found = Collector(store, [SourceShelf()], date(2026, 3, day), attempts=2).collect(SHOP)
        import_builds(store, "r", [found])
    ended = Collector(store, [SourceShelf()], date(2026, 3, 3), attempts=2).collect(SHOP)
    assert (ended.state, ended.reason) == ("given-up", "build: it needs a compiler")


def test_others_stay_as_they_are(store: Store) -> None:
    others = (Collected(SHOP, "failed", reason="sold out"), Collected(SHOP, "stored", "layer"))
    assert import_builds(store, "r", others) == others

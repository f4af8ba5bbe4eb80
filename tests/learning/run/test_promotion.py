"""Which model becomes champion: bars, other trainings at the same time, a registry that is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import RegistryDownError
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import resolve_once
from praxi_tasks.learning.run.documents import Approval, Judged, Promotion
from praxi_tasks.learning.run.finish import close_training
from praxi_tasks.store import Store, documents
from tests.learning.conftest import ask, put_package, stored_world, train
from tests.learning.run.trained_store import CHAMPION_URI, champion, layer, named


@pytest.mark.usefixtures("starter")
class TestPromotion:
    def test_a_challenger_that_fails_a_bar_is_kept_and_the_champion_stays(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", settings='{"bars": {"score": 1.01}}')
        promotion = documents.read(store, run.key("promotion.json"), Promotion)
        assert not promotion.promoted
        assert "the score is" in promotion.reason
        assert champion(store) == "1"
        assert [version.version for version in open_registry(store.uri).versions()] == [
            "1",
            "2",
        ]
        assert named(store, layer("newlib")) == []

    def test_a_refused_challenger_is_promoted_with_a_note_that_is_kept(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", until="promote", settings='{"bars": {"score": 1.01}}')
        without = run.promote(Approval("ada"))
        assert (without.promoted, champion(store)) == (False, "1")
        assert "without a note" in without.reason
        promotion = run.promote(Approval("ada", "it is for tests"))
        assert (promotion.promoted, champion(store)) == (True, "2")
        assert "the score is" in promotion.overruled[0]
        tags = open_registry(store.uri).get("2").tags
        assert (tags["praxi.approved_by"], tags["praxi.note"]) == ("ada", "it is for tests")
        assert "the score is" in tags["praxi.overruled"]
        close_training(store, "t1")
        page = store.get(run.key("report.html")).decode()
        assert "ada approved it, with the note: it is for tests" in page

    def test_the_same_challenger_is_recognised_until_a_bar_is_different(self, store: Store) -> None:
        strict = '{"bars": {"score": 1.01}}'
        for name in ("one", "two"):
            ask(store, name, put_package(store, 1, "newlib"))
            run = train(store, name, settings=strict)
        judged = documents.read(store, run.key("gate.json"), Judged)
        assert judged.repeats == "one"
        assert "refused before, in one" in store.get(run.key("report.html")).decode()
        ask(store, "three", put_package(store, 1, "newlib"))
        assert not documents.read(store, train(store, "three").key("gate.json"), Judged).repeats
        assert champion(store) == "2"

    def test_what_a_person_declined_is_not_promoted_by_the_next_training(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "newlib"))
        train(store, "t1", until="promote")
        close_training(store, "t1")
        ask(store, "two", put_package(store, 1, "newlib"))
        run = train(store, "t2")
        promotion = documents.read(store, run.key("promotion.json"), Promotion)
        assert (promotion.promoted, champion(store)) == (False, "1")
        assert "declined the same challenger in t1" in promotion.reason

    def test_a_training_on_top_of_a_stand_in_says_so_and_does_not_promote_it(self, store: Store) -> None:
        registry = open_registry(store.uri)
        registry.promote(registry.register("file:///gone", "gone", {}))
        registry.delete(registry.get("1"))
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", settings='{"bars": {"score": 1.01}}')
        assert champion(store) == ""
        assert "the starter model stands in" in store.get(run.key("report.html")).decode()

    def test_of_two_trainings_at_once_the_second_does_not_undo_the_first(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "newlib"))
        train(store, "t0")
        ask(store, "two", put_package(store, 2, "otherlib"))
        slow = train(store, "t1", until="promote")
        train(store, "t2")
        ask(store, "three", put_package(store, 3, "thirdlib"))
        train(store, "t3")
        promotion = slow.promote()
        assert not promotion.promoted
        assert "meanwhile" in promotion.reason
        assert named(store, layer("thirdlib")) == [("thirdlib", ("1.0",))]

    def test_without_a_registry_nothing_is_switched(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", until="promote")
        monkeypatch.setenv("PRAXI_MLFLOW_URI", "http://127.0.0.1:9")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with pytest.raises(RegistryDownError, match="champion is unchanged"):
            run.promote()
        monkeypatch.delenv("PRAXI_MLFLOW_URI")
        assert champion(store) == "1"
        run.promote()
        assert champion(store) == "2"

    def test_a_champion_is_resolved_once_for_each_run(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "newlib"))
        before = resolve_once(CHAMPION_URI, store, "audits/run/model.json")
        train(store, "t1")
        assert resolve_once(CHAMPION_URI, store, "audits/run/model.json") == before
        assert resolve_once(CHAMPION_URI, store, "audits/next/model.json").version == "2"


def test_the_first_model_is_trained_without_any_before(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_STARTER_MODEL", (tmp_path / "nothing").as_uri())
    stored_world(store)
    ask(store, "one", *(put_package(store, number, f"lib{number}") for number in range(1, 8)))
    train(store, "t1", settings='{"bars": {"calibration": 1}}')
    assert champion(store) == "1"

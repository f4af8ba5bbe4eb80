"""Whole trainings over a small store: what is learned, what is promoted, and what faults leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.discovery.ubjson import read_ubjson
from praxi_tasks.errors import RegistryDownError
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.data.bundled_releases import write_bundled
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, open_requests
from praxi_tasks.learning.estimators import RELEASE_EXPERT_DEFAULTS
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.model_registry.connection import tracking_uri
from praxi_tasks.learning.model_registry.mlflow import CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.resolve import resolve_model, resolve_once
from praxi_tasks.learning.run.documents import Approval, Judged, Promotion, Trained
from praxi_tasks.learning.run.finish import close_training
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.run.tuning import Trial
from praxi_tasks.learning.sources.collector import Attempt
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.store import Store, documents, keys, open_store
from tests.conftest import ROOT
from tests.learning.conftest import ask, claim, installed, put_layer, put_package, stored_world, train
from tests.support import world

CHAMPION_URI = "models:/praxi@champion"


def champion(store: Store) -> str:
    found = ModelRegistry(tracking_uri(store.uri)).find(CHAMPION)
    return found.version if found else ""


def model(store: Store) -> Model:
    return Model.load(resolve_model(CHAMPION_URI, store.uri).uri)


def layer(name: str, body: str = "") -> Tagset:
    from xxhash import xxh3_64_intdigest

    contents = installed(name, body=body)
    hashes = np.array([xxh3_64_intdigest(data) for data in contents.values()], np.uint64)
    sizes = np.array([len(data) for data in contents.values()], np.uint64)
    return world.layer(Files(list(contents), sizes, hashes, np.ones(len(contents), np.bool_)))


def named(store: Store, tagset: Tagset) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.versions) for one in model(store).predict(tagset).releases]


@pytest.mark.usefixtures("starter")
class TestTrainings:
    def test_what_an_audit_met_is_learned_promoted_and_named(self, store: Store) -> None:
        stored_world(store)
        ask(store, "audit", put_package(store, 1, "newlib"))
        assert named(store, layer("newlib")) == []
        run = train(store, "t1")
        assert named(store, layer("newlib")) == [("newlib", ("1.0",))]
        promotion = documents.read(store, run.key("promotion.json"), Promotion)
        assert (promotion.promoted, promotion.before) == (True, "")
        assert open_requests(store) == {}
        page = store.get(run.key("report.html")).decode()
        assert "pkg:pypi/newlib@1.0" in page
        assert page.count('<script type="application/json">') >= 3

    @pytest.mark.parametrize(
        ("routing", "size", "experts"), [("random", 2, 2), ("random", 0, 1), ("version", 2, 3)]
    )
    def test_releases_get_the_experts_that_a_run_asks_for(
        self, store: Store, routing: str, size: int, experts: int
    ) -> None:
        stored_world(store)
        ask(store, "audit", *(put_package(store, number, f"lib{number}") for number in range(3)))
        settings = f'{{"routing": "{routing}", "labels_per_expert": {size}, "bars": {{"calibration": 1}}}}'
        train(store, "t1", settings=settings)
        assert len(model(store).released.experts) == experts
        assert named(store, layer("lib1")) == [("lib1", ("1.0",))]

    def test_old_parts_are_taken_over_byte_for_byte(self, store: Store, starter: str) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        train(store, "t1")
        before, after = Model.load(starter), model(store)
        assert [part.to_bytes() for part in after.parts[:-1]] == [part.to_bytes() for part in before.parts]
        assert after.scorer.to_bytes() == before.scorer.to_bytes()

    def test_a_challenger_that_fails_a_bar_is_kept_and_the_champion_stays(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", settings='{"bars": {"score": 1.01}}')
        promotion = documents.read(store, run.key("promotion.json"), Promotion)
        assert not promotion.promoted
        assert "the score is" in promotion.reason
        assert champion(store) == "1"
        assert [version.version for version in ModelRegistry(tracking_uri(store.uri)).versions()] == [
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
        tags = ModelRegistry(tracking_uri(store.uri)).get("2").tags
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

    def test_a_training_on_top_of_a_stand_in_says_so_and_does_not_enthrone_it(self, store: Store) -> None:
        registry = ModelRegistry(tracking_uri(store.uri))
        registry.promote(registry.register("file:///gone", "gone", {}))
        registry.client.delete_model_version("praxi", "1")
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1", settings='{"bars": {"score": 1.01}}')
        assert champion(store) == ""
        assert "the starter model stands in" in store.get(run.key("report.html")).decode()

    def test_a_starter_without_stored_fingerprints_is_no_secret(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1")
        told = "Not measured: F1 on old releases"
        assert told in store.get(run.key("report.html")).decode()
        stored_world(store)
        ask(store, "audit2", put_package(store, 2, "otherlib"))
        run = train(store, "t2")
        assert told not in store.get(run.key("report.html")).decode()

    def test_what_a_starter_carries_is_measured_at_once_and_outlives_a_rebuilding(
        self, store: Store, starter: str
    ) -> None:
        write_bundled(starter, world.releases()[::2])
        ask(store, "audit", put_package(store, 1, "newlib"))
        run = train(store, "t1")
        evaluation = documents.read(store, run.key("evaluation.json"), Evaluation)
        assert evaluation.champion_old is not None
        assert evaluation.challenger_old is not None
        assert "Not measured" not in store.get(run.key("report.html")).decode()
        train(store, "t2", settings='{"full_retrain": true, "bars": {"old_loss": 1, "calibration": 1}}')
        assert champion(store) == "3"
        known = model(store)
        assert all(known.knows(one.ecosystem, one.name, one.version) for one in world.releases())
        assert named(store, layer("newlib")) == [("newlib", ("1.0",))]

    def test_what_could_not_be_had_is_asked_for_until_it_is_given_up(self, store: Store) -> None:
        lost = NewPackage("pkg:pypi/lost@1.0", "pypi", "lost", "1.0", ("sha256:" + "0" * 64,))
        ask(store, "audit", lost)
        train(store, "t1")
        assert set(open_requests(store)) == {"again-t1"}
        train(store, "t2")
        assert set(open_requests(store)) == {"again-t2"}
        days = [Attempt(date(2026, 1, 1) + timedelta(number), {"layer": "no"}) for number in range(5)]
        documents.write(store, keys.release_attempts(*lost.identity), days)
        train(store, "t3")
        assert open_requests(store) == {}

    def test_every_step_may_be_done_again(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        train(store, "t1")
        first = [version.model for version in ModelRegistry(tracking_uri(store.uri)).versions()]
        ask(store, "audit2", put_package(store, 2, "newlib"))
        run = TrainingRun(store, "t1")
        for step in ("train", "evaluate", "gate", "promote"):
            getattr(run, step)()
        assert [version.model for version in ModelRegistry(tracking_uri(store.uri)).versions()] == first
        assert champion(store) == "2"

    def test_a_second_request_while_one_runs_is_merged_not_lost(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "newlib"))
        first = train(store, "t1", until="train")
        ask(store, "two", put_package(store, 2, "otherlib"))
        ask(store, "three", put_package(store, 3, "thirdlib"))
        for step in ("train", "evaluate", "gate", "promote"):
            getattr(first, step)()
        close_training(store, "t1")
        assert set(open_requests(store)) == {"two", "three"}
        train(store, "t2")
        assert open_requests(store) == {}
        for name in ("newlib", "otherlib", "thirdlib"):
            assert named(store, layer(name)) == [(name, ("1.0",))]

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

    def test_steps_that_are_killed_and_started_again_end_as_if_nothing_had_been(
        self, store: Store, starter: str, tmp_path: Path
    ) -> None:
        write_bundled(starter, world.releases()[:4])
        made = []
        for where, kill in ((open_store((tmp_path / "unhurt").as_uri()), False), (store, True)):
            ask(where, "audit", put_package(where, 1, "newlib"))
            ModelRegistry(tracking_uri(where.uri))
            died = commands(where, starter, kill=kill)
            assert all(died.values()) == kill, died
            (first, second) = ModelRegistry(tracking_uri(where.uri)).versions()
            made.append((first.model, second.model, second.aliases))
            assert named(where, layer("newlib")) == [("newlib", ("1.0",))]
            assert open_requests(where) == {}
            assert len(list(ReleaseStore(where).everything())) == 5
        assert made[0] == made[1]
        assert made[0][2] == ("challenger", "champion")

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

    def test_versions_that_nobody_needs_go_with_their_copies(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PRAXI_LEARN_KEEP", "1")
        for number in range(1, 4):
            ask(store, f"a{number}", put_package(store, number, f"{'abc'[number - 1]}lib"))
            train(store, f"t{number}")
        registry = ModelRegistry(tracking_uri(store.uri))
        assert [version.version for version in registry.versions()] == ["1", "3", "4"]
        logged = [key for key in store.list("mlflow/artifacts") if key.endswith("/model/model.json")]
        copies = {key.split("/")[2] for key in logged}
        assert copies == {version.run for version in registry.versions() if version.run}
        assert len(copies) == 2
        assert named(store, layer("alib")) == [("alib", ("1.0",))]
        assert registry.roll_back().version == "3"
        assert named(store, layer("blib")) == [("blib", ("1.0",))]

    def test_a_typosquat_is_learned_apart(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "reqwests"), put_package(store, 2, "reqwest"))
        train(store, "t1")
        assert named(store, layer("reqwest")) == [("reqwest", ("1.0",))]
        assert named(store, layer("reqwests")) == [("reqwests", ("1.0",))]

    def test_a_fingerprint_that_equals_another_packages_is_kept_out_and_told(self, store: Store) -> None:
        original = put_package(store, 1, "honest")
        ask(store, "one", original)
        train(store, "t1")
        contents = installed("honest")
        digest = put_layer(store, 2, contents, [claim("copycat", "9.9", list(contents))])
        copycat = type(original)("pkg:pypi/copycat@9.9", "pypi", "copycat", "9.9", (digest,))
        ask(store, "two", copycat)
        run = train(store, "t2")
        trained = documents.read(store, run.key("trained.json"), Trained)
        assert trained.indistinguishable == {"pypi/copycat/9.9": "pypi/honest"}
        assert named(store, layer("honest")) == [("honest", ("1.0",))]

    def test_a_full_retraining_knows_what_is_stored(self, store: Store) -> None:
        stored_world(store)
        ask(store, "one", put_package(store, 1, "newlib"))
        train(store, "t1", settings='{"full_retrain": true, "bars": {"old_loss": 1, "calibration": 1}}')
        assert len(model(store).parts) == 1
        assert named(store, layer("newlib")) == [("newlib", ("1.0",))]


@pytest.mark.usefixtures("starter")
class TestTuning:
    @pytest.mark.slow
    def test_trials_share_what_they_found_and_are_in_the_report(self, store: Store) -> None:
        stored_world(store)
        ask(store, "one", put_package(store, 1, "newlib"))
        run = train(store, "t1", until="train", settings='{"tuning_trials": 2}')
        assert all(0.5 < run.tune(number) <= 1 for number in range(2))
        for step in ("train", "evaluate", "gate", "promote"):
            getattr(run, step)()
        close_training(store, "t1")
        assert "Tuning, trial by trial" in store.get(run.key("report.html")).decode()

    def test_the_best_recipe_is_the_new_experts_and_the_old_ones_stay(self, store: Store) -> None:
        settings = '{"routing": "random", "tuning_trials": %d, "bars": {"calibration": 1}}'
        ask(store, "one", *(put_package(store, number, f"lib{number}") for number in range(5)))
        train(store, "t1", settings=settings % 0)
        (old,) = model(store).released.experts
        ask(store, "two", put_package(store, 7, "otherlib"))
        run = train(store, "t2", until="train", settings=settings % 1)
        assert run.tune(0) > 0.9
        tried(run, store, 1, {"expert_trees": 7, "expert_depth": 2})
        trained = Model.load(run.train().uri)
        kept, new = trained.released.experts
        assert kept.to_bytes() == old.to_bytes()
        assert {trees_of(one.booster) for one in new.models} == {7}
        assert {trees_of(one.booster) for one in old.models} == {RELEASE_EXPERT_DEFAULTS.trees}
        assert trained.scorer.to_bytes() == model(store).scorer.to_bytes()

    def test_by_default_the_scorer_is_tuned_and_stays_where_nothing_is_better(self, store: Store) -> None:
        stored_world(store)
        ask(store, "one", put_package(store, 1, "newlib"))
        run = train(store, "t1", until="train", settings='{"tuning_trials": 1}')
        run.tune(0)
        before = model(store).scorer.to_bytes()
        assert Model.load(run.train().uri).scorer.to_bytes() == before
        tried(run, store, 1, {"scorer_trees": 23})
        assert Model.load(run.train().uri).scorer.to_bytes() != before


def tried(run: TrainingRun, store: Store, number: int, chosen: dict[str, float]) -> None:
    """Write down that a trial chose something and was perfect."""
    documents.write(store, run.key(f"trials/{number}.json"), Trial(chosen, 2.0))


def trees_of(booster: bytes) -> int:
    return len(read_ubjson(booster)["learner"]["gradient_booster"]["model"]["trees"])


def test_the_first_model_is_trained_without_any_before(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_STARTER_MODEL", (tmp_path / "nothing").as_uri())
    stored_world(store)
    ask(store, "one", *(put_package(store, number, f"lib{number}") for number in range(1, 8)))
    train(store, "t1", settings='{"bars": {"calibration": 1}}')
    assert champion(store) == "1"


STEPS = ("releases", "fingerprint", "tune", "train", "evaluate", "gate", "promote", "report")


def commands(store: Store, starter: str, *, kill: bool) -> dict[str, int]:
    """Run the steps as pods do, killed at many moments or never; return how often each was killed."""
    more = {
        "releases": ["--settings", '{"routing": "random", "tuning_trials": 1, "bars": {"calibration": 1}}'],
        "fingerprint": ["--batch", "0"],
        "tune": ["--batch", "0"],
    }
    words = [["learn", "--run", "t1", step, *more.get(step, [])] for step in STEPS]
    given = {"PRAXI_STORE": store.uri, "PRAXI_MODEL": CHAMPION_URI, "PRAXI_STARTER_MODEL": starter}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.dying", *([] if kill else ["unhurt"])],
        input=json.dumps(words),
        env=os.environ | given | {"PRAXI_LEARN_SOURCES": "layer"},
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(STEPS, json.loads(done.stdout.splitlines()[-1]), strict=True))

"""What a training reads of its run: stored and bundled releases, and the trials of its tuning."""

from __future__ import annotations

import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.discovery.ubjson import read_ubjson
from praxi_tasks.learning.data.bundled_releases import write_bundled
from praxi_tasks.learning.estimators import RELEASE_EXPERT_DEFAULTS, Space
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.run.finish import close_training
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.studies import Trial, read_trials, studies_of
from praxi_tasks.store import Store, documents
from tests.learning.conftest import ask, put_package, stored_world, train
from tests.learning.run.trained_store import champion, layer, model, named
from tests.support import world


@pytest.mark.usefixtures("starter")
class TestReleases:
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

    def test_a_full_retraining_knows_what_is_stored(self, store: Store) -> None:
        stored_world(store)
        ask(store, "one", put_package(store, 1, "newlib"))
        train(store, "t1", settings='{"full_retrain": true, "bars": {"old_loss": 1, "calibration": 1}}')
        assert len(model(store).parts) == 1
        assert named(store, layer("newlib")) == [("newlib", ("1.0",))]


@pytest.mark.usefixtures("starter")
class TestRouting:
    @pytest.mark.slow
    def test_the_best_assignment_is_what_is_tuned_and_trained(self, store: Store) -> None:
        stored_world(store)
        ask(store, "one", *(put_package(store, number, f"lib{number}") for number in range(3)))
        settings = '{"routing_study": true, "tuning_trials": 1, "bars": {"calibration": 1}}'
        run = train(store, "t1", until="train", settings=settings)
        (noted,) = studies_of(store)
        assert (noted.run, noted.trials) == ("t1", {"routing": 6, "tuning": 1})
        assert all(0 < run.route(number) <= 1 for number in range(6))
        trials = read_trials(store, "t1", "routing")
        assert [bool(trial.course) for trial in trials.values()] == [False, True, True, True, True, True]
        best = Trial({"routing": "version", "size": 0}, 2.0)
        documents.write(store, run.key("trials/routing/5.json"), best)
        run.tune(0)
        assert set(read_trials(store, "t1", "tuning")[0].chosen) == set(
            Space(scorer=False, experts=True).defaults()
        )
        trained = Model.load(run.train().uri)
        assert len(trained.released.experts) == 3
        for step in ("evaluate", "gate", "promote"):
            getattr(run, step)()
        close_training(store, "t1")
        assert "Assignment to experts, trial by trial" in store.get(run.key("report.html")).decode()

    def test_where_no_trial_is_done_the_settings_count(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "newlib"))
        run = train(store, "t1", until="train", settings='{"routing": "version", "routing_study": true}')
        assert len(Model.load(run.train().uri).released.experts) == 1


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

    def test_the_best_hyperparameters_train_the_new_experts_and_the_old_ones_stay(self, store: Store) -> None:
        settings = '{"routing": "random", "tuning_trials": %d, "bars": {"calibration": 1}}'
        ask(store, "one", *(put_package(store, number, f"lib{number}") for number in range(5)))
        train(store, "t1", settings=settings % 0)
        (old,) = model(store).released.experts
        ask(store, "two", put_package(store, 7, "otherlib"))
        run = train(store, "t2", until="train", settings=settings % 1)
        assert run.tune(0) > 0.9
        tried(run, store, Space(scorer=False, experts=True), 1, {"expert_trees": 7, "expert_depth": 2})
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
        tried(run, store, Space(scorer=True, experts=False), 1, {"scorer_trees": 23})
        assert Model.load(run.train().uri).scorer.to_bytes() != before


def tried(run: TrainingRun, store: Store, space: Space, number: int, chosen: dict[str, float]) -> None:
    """Write down that a trial chose something and was perfect."""
    documents.write(
        store, run.key(f"trials/tuning/{number}.json"), Trial({**space.defaults(), **chosen}, 2.0)
    )


def trees_of(booster: bytes) -> int:
    return len(read_ubjson(booster)["learner"]["gradient_booster"]["model"]["trees"])

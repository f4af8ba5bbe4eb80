"""Whole trainings over a small store: what is learned and named, and what faults leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.learning.data.bundled_releases import write_bundled
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, open_requests
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.run.documents import Promotion, Trained
from praxi_tasks.learning.run.finish import close_training
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.sources.collector import Attempt
from praxi_tasks.store import Store, documents, keys, open_store
from tests.conftest import ROOT
from tests.learning.conftest import ask, claim, installed, put_layer, put_package, stored_world, train
from tests.learning.run.trained_store import CHAMPION_URI, champion, layer, model, named
from tests.support import world


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
        first = [version.model for version in open_registry(store.uri).versions()]
        ask(store, "audit2", put_package(store, 2, "newlib"))
        run = TrainingRun(store, "t1")
        for step in ("train", "evaluate", "gate", "promote"):
            getattr(run, step)()
        assert [version.model for version in open_registry(store.uri).versions()] == first
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

    def test_steps_that_are_killed_and_started_again_end_as_if_nothing_had_been(
        self, store: Store, starter: str, tmp_path: Path
    ) -> None:
        write_bundled(starter, world.releases()[:4])
        made = []
        for where, kill in ((open_store((tmp_path / "unhurt").as_uri()), False), (store, True)):
            ask(where, "audit", put_package(where, 1, "newlib"))
            open_registry(where.uri)
            died = commands(where, starter, kill=kill)
            assert all(died.values()) == kill, died
            (first, second) = open_registry(where.uri).versions()
            made.append((first.model, second.model, second.aliases))
            assert named(where, layer("newlib")) == [("newlib", ("1.0",))]
            assert open_requests(where) == {}
            assert len(list(ReleaseStore(where).everything())) == 5
        assert made[0] == made[1]
        assert made[0][2] == ("challenger", "champion")

    def test_a_typosquat_is_learned_apart(self, store: Store) -> None:
        ask(store, "one", put_package(store, 1, "reqwests"), put_package(store, 2, "reqwest"))
        train(store, "t1")
        assert named(store, layer("reqwest")) == [("reqwest", ("1.0",))]
        assert named(store, layer("reqwests")) == [("reqwests", ("1.0",))]

    def test_a_fingerprint_that_equals_another_packages_is_kept_out_and_reported(self, store: Store) -> None:
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


STEPS = ("releases", "fingerprint", "route", "tune", "train", "evaluate", "gate", "promote", "report")


def commands(store: Store, starter: str, *, kill: bool) -> dict[str, int]:
    """Run the steps as pods do, killed at many moments or never; return how often each was killed."""
    settings = {"routing": "random", "routing_study": True, "tuning_trials": 1, "bars": {"calibration": 1}}
    more = {
        "releases": ["--settings", json.dumps(settings)],
        "fingerprint": ["--batch", "0"],
        "route": ["--batch", "0"],
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

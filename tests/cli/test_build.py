"""``praxi build`` and ``praxi learn built``: from source to the library, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.app import app
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.model_registry.resolve import ResolvedModel
from praxi_tasks.learning.run.inputs import TrainingInputs
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.sources.collector import Collected
from praxi_tasks.store import documents, open_store
from tests.support.package_index import BACKEND, package_index, sdist

SHOP = parse_label("shop==1.0")


def run(*arguments: str, given: str | None = None) -> str:
    done = CliRunner().invoke(app, arguments, input=given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.slow
@pytest.mark.server
def test_what_one_prints_the_other_takes(tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    training = TrainingRun(store, "today")
    documents.write(store, training.key("plan.json"), TrainingPlan((), (SHOP,), ResolvedModel("")))
    documents.write(store, training.key("batches/0.json"), [Collected(SHOP, "source")])
    with package_index() as index:
        files = {"pyproject.toml": BACKEND, "backend.py": "raise SystemExit('it needs a compiler')"}
        index.publish("shop-1.0.tar.gz", sdist("shop", "1.0", files))
        printed = run("build", "shop==1.0", "--index", index.url)
    run("learn", "--store", store.uri, "--run", "today", "built", "shop==1.0", given=printed)
    (ended,) = TrainingInputs(store, "today").collected()
    assert (ended.state, ended.reason) == ("failed", "build: it needs a compiler")


def test_an_index_with_credentials_is_refused() -> None:
    arguments = ["build", "shop==1.0", "--index", "https://me:hunter2@index.example/simple"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code != 0
    assert "hunter2" not in f"{done.output}{done.exception}"


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    arguments = ["learn", "--store", (tmp_path / "store").as_uri(), "--run", "today", "built", "shop==1.0"]
    done = CliRunner().invoke(app, arguments, input="praxi-result 1/2 YQ==")
    assert "no result of a build" in str(done.exception)

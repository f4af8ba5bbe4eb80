"""``praxi models``: what versions there are, how two differ, and which one is in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.models import models
from praxi_tasks.discovery import Model
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.bundled_releases import read_bundled, write_bundled
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.version import ORIGIN_TAG
from praxi_tasks.store import open_store
from tests.cli.conftest import Praxi
from tests.support import world


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a store with three registered models, each of which knows what the one before does."""
    uri = open_store((tmp_path_factory.mktemp("models") / "store").as_uri()).uri
    registry = open_registry(uri)
    model = world.model()
    for number, origin in enumerate(("starter", "training-one", "training-two")):
        if number:
            learned = build_catalogue([world.release(f"new{number}", "1.0")])
            model = Model([*model.parts, learned], model.scorer)
        model.save(f"{uri}/models/{number}")
        registry.challenge(registry.register(f"{uri}/models/{number}", model.id, {ORIGIN_TAG: origin}))
    return uri


def run(store: str, *arguments: str) -> list[str]:
    done = CliRunner().invoke(models, ["--store", store, *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def champion(store: str) -> list[str]:
    return [line.split()[0] for line in run(store, "list") if "champion" in line]


def test_versions_are_listed_with_their_origin_and_aliases(store: str) -> None:
    told = run(store, "list")
    assert [line.split()[0] for line in told] == ["1", "2", "3"]
    assert [line.split()[2] for line in told] == ["starter", "training-one", "training-two"]
    assert "challenger" in told[2]


def test_two_versions_are_compared(store: str) -> None:
    told = run(store, "compare", "1", "challenger")
    assert told[0] == "2 parts in both, byte for byte"
    assert "version 1: 0 parts and 0 releases of its own" in told
    assert "version 3: 2 parts and 2 releases of its own" in told
    assert "  pypi/new2 1.0" in told


def test_a_model_is_copied_with_what_it_carries_and_once(store: str, tmp_path: Path) -> None:
    source, target = f"{store}/models/1", (tmp_path / "copy").as_uri()
    write_bundled(source, [world.release("packagea", "1.0")])
    for _ in range(2):
        assert run(store, "copy", source, target) == [f"model {Model.load(source).id} is at {target}"]
    assert Model.load(target).id == Model.load(source).id
    assert (
        [one.identity for one in read_bundled(target)] == [one.identity for one in read_bundled(source)] != []
    )


def test_what_is_no_model_is_not_copied(praxi: Praxi, store: str, tmp_path: Path) -> None:
    target = (tmp_path / "copy").as_uri()
    done = praxi("models", "--store", store, "copy", (tmp_path / "none").as_uri(), target)
    assert (done.returncode, "no model" in done.stderr) == (1, True)
    assert [*open_store(target).list("")] == []


def test_a_version_is_promoted_and_taken_back(store: str) -> None:
    assert run(store, "promote", "1") == ["version 1 is the champion"]
    assert run(store, "promote", "challenger") == ["version 3 is the champion"]
    assert champion(store) == ["3"]
    assert run(store, "rollback") == ["version 1 is the champion"]
    assert champion(store) == ["1"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("promote", "99"), "no version '99'"),
        (("compare", "1", "nobody"), "no version 'nobody'"),
    ],
)
def test_a_version_that_is_not_there_is_an_error(
    praxi: Praxi, store: str, arguments: tuple[str, ...], told: str
) -> None:
    done = praxi("models", "--store", store, *arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_take_back_and_nothing_to_list(praxi: Praxi, tmp_path: Path) -> None:
    empty = (tmp_path / "store").as_uri()
    listed = praxi("models", "list", "--store", empty)
    assert (listed.stdout, listed.returncode) == ("", 0)
    assert listed.stderr.splitlines() == [
        "praxi: there is no version yet; trainings make them, and praxi packs use"
    ]
    done = praxi("models", "--store", empty, "rollback")
    assert (done.returncode, "the store has no version of the model" in done.stderr) == (1, True)
    assert praxi("models", "prune", "--store", empty, "--keep", "3").stdout == "0 versions kept\n"
    assert not (tmp_path / "store").exists()

"""``praxi packs``: what there is, where it comes from, and a model with more."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from praxi_tasks.cli.packs import packs
from praxi_tasks.discovery import Model
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.packs import packs_of_model, store_pack
from praxi_tasks.store import open_store
from tests.packs.packs import model_of_packs


def run(*arguments: str) -> list[str]:
    done = CliRunner().invoke(packs, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_packs_are_listed_shown_and_put_into_a_model(tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    model, base = model_of_packs(), f"{store.uri}/models/base"
    model.save(base, f"{store.uri}/parts")
    named = {each.pack.name: each.pack for each in packs_of_model(base)}
    store_pack(store, named["debian/one"])
    Model([model.parts[1]], model.scorer).save(f"{store.uri}/models/small", f"{store.uri}/parts")
    assert [line.split()[0] for line in run("list", "--store", store.uri)] == ["debian/one"]
    assert [line.split()[0] for line in run("list", "--store", store.uri, "--model", base)] == [*named]
    shown = run("show", "debian/one", "--store", store.uri)
    assert "  io.praxi.pack.suite: one" in shown
    assert shown[-1].endswith(f"sha256:{named['debian/one'].parts[0].sha256}")
    told = run("use", "debian/one", "--store", store.uri, "--model", f"{store.uri}/models/small")
    version = open_registry(store.uri).get("challenger")
    assert told[-1].startswith(f"version {version.version} of the model has debian/one; ")
    made = Model.load(version.uri)
    assert [part.pack for part in made.parts] == ["pypi/two", "debian/one"]
    alone = (tmp_path / "alone").as_uri()
    (line,) = run("use", "debian/one", "--store", store.uri, "--model", version.uri, "--out", alone)
    assert line == f"model {made.id} is at {alone}"

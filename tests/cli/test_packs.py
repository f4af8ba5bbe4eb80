"""``praxi packs``: what there is, where it comes from, and a model with more."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from praxi_tasks.cli.models import models
from praxi_tasks.cli.packs import packs
from praxi_tasks.discovery import Model, Pack, Part
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.packs import packs_of_model, store_pack
from praxi_tasks.store import open_store
from tests.packs.packs import model_of_packs


def run(*arguments: str) -> list[str]:
    done = CliRunner().invoke(packs, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def failure(*arguments: str) -> str:
    """Return what is told by a command that fails."""
    done = CliRunner().invoke(packs, arguments)
    assert done.exit_code
    return f"{done.exception}\n{done.output}"


def test_a_damaged_pack_is_told_beside_the_others(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    annotations = {"io.praxi.pack.releases": "6", "io.praxi.pack.packages": "3"}
    store_pack(store, Pack("pypi", (Part("catalogue", "0" * 64, 48_520),), annotations))
    pulled = {"io.praxi.pack.pulled-from": "oci://registry.example/p:1"}
    store_pack(store, Pack("debian/trixie", (), pulled))
    store.put("packs/npm/pack.json", b"{")
    store.put("packs/Odd/pack.json", b"{")
    told = failure("list", "--store", store.uri).splitlines()
    assert [line.partition(":")[0] for line in told[1:3]] == ["praxi", "praxi"]
    assert "npm: a pack's manifest is damaged" in told[2]
    assert told[3:] == [
        "debian/trixie    0 parts        0 MB  oci://registry.example/p:1",
        "pypi              1 part     0.05 MB  releases: 6, of packages: 3",
    ]


def test_what_is_empty_or_not_named_is_told(tmp_path: Path) -> None:
    assert run("list", "--store", tmp_path.as_uri()) == [f"praxi: there is no pack in {tmp_path.as_uri()}"]
    assert "add --store (PRAXI_STORE) or --model" in failure("list")
    assert "add --store (PRAXI_STORE) or --model" in failure("show", "pypi")
    assert "add --store, or set PRAXI_STORE" in failure("list", "--model", "models:/praxi@champion")


def test_a_model_needs_no_store_and_may_be_named_by_its_alias(tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    model_of_packs().save(f"{store.uri}/models/base", f"{store.uri}/parts")
    registry = open_registry(store.uri)
    registry.promote(registry.register(f"{store.uri}/models/base", model_of_packs().id, {}))
    of_model = run("list", "--model", f"{store.uri}/models/base")
    assert [line.split()[0] for line in of_model] == ["debian/one", "pypi/two"]
    assert run("list", "--model", "models:/praxi@champion", "--store", store.uri) == of_model
    copied = (tmp_path / "copy").as_uri()
    words = ["--store", store.uri, "copy", "models:/praxi@champion", copied]
    assert CliRunner().invoke(models, words, catch_exceptions=False).exit_code == 0
    assert run("show", "debian/one", "--model", copied)[0].startswith("debian/one: 1 part, ")


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

"""What is old and unnamed goes, on every kind of store; what is in use stays."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.errors import RegistryDownError
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data import NewPackage, TrainingRequest
from praxi_tasks.learning.model_registry import ModelRegistry, ResolvedModel
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.studies import TUNING, note_studies, studies_of
from praxi_tasks.packs import packs_of_model, store_pack
from praxi_tasks.retention import GRACE_DAYS, Age, Pruned, prune_store
from praxi_tasks.store import Store, documents, keys, open_store
from tests.support import world
from tests.support.s3 import ObjectStore

DAY = 86_400.0
MODEL = "m" * 32 + "-1"


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def audit(store: Store, run: str, *layers: int, ended: bool = True, image: int = 900) -> None:
    """Write what an audit of one image keeps about itself, and what it found in these layers."""
    planned = {"deployed": {"digest": digest(image)}, "digest": digest(image), "base": {"digest": digest(1)}}
    documents.write(store, keys.run(run, "images.json"), [])
    documents.write(
        store,
        keys.run(run, "plan.json"),
        {"images": [planned], "layers": [{"digest": digest(n), "size": 1} for n in layers]},
    )
    for number in layers:
        for key in keys.layer_documents(digest(number)):
            store.put(key, b"layer")
        store.put(keys.layer_prediction(digest(number), MODEL), b"{}")
    store.put(keys.image(digest(image), "linux/amd64"), b"{}")
    if ended:
        documents.write(store, keys.run(run, "predictions.json"), {"model": MODEL})
        store.put(keys.run(run, "sboms/x/image.spdx.json"), b"{}")
        documents.write(store, keys.run(run, "overview.json"), {})
        at = f"2026-01-{len(run):02}T00:00:00+00:00"
        documents.write(store, keys.history_entry("dag", at, run), {})


@pytest.fixture
def local(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture(
    params=["file", pytest.param("s3", marks=pytest.mark.server)],
)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "file":
        return open_store((tmp_path / "store").as_uri())
    objects: ObjectStore = request.getfixturevalue("object_store")
    for name, value in objects.environment.items():
        monkeypatch.setenv(name, value)
    return open_store(objects.create_bucket(f"retention-{uuid.uuid4().hex}"))


def prune(store: Store, after: float, *, days: int = 90, trial: bool = False, newest: int = 1) -> Pruned:
    """Prune as it would be ``after`` so many days."""
    age = Age(time.time() + after * DAY, days)
    return prune_store(store, age, StoredRegistry(store), newest, trial=trial)


def written(store: Store) -> set[str]:
    return {key for key in store.list("") if not key.startswith(("registry", "mlflow"))}


def aged(store: Store, days: float, *prefixes: str) -> None:
    """Make objects of a local store older."""
    root = Path(store.uri.removeprefix("file://"))
    for prefix in prefixes:
        for key in store.list(prefix) if not (root / prefix).is_file() else [prefix]:
            moment = time.time() - days * DAY
            os.utime(root / key, (moment, moment))


def test_what_nobody_names_goes_with_the_audits_that_named_it(store: Store) -> None:
    audit(store, "old", 1, 2)
    audit(store, "newest", 2, 3)
    for key in ("releases/pypi/a/1/fingerprint.v1", "risks/a/00000001.json", "feeds/kev/x.json", "by/hand"):
        store.put(key, b"kept")
    store.put(keys.allowance_slot("audits", "u", "20260101T00", 0), b"{}")
    store.put(keys.probe("x"), b"")
    before = written(store)
    assert prune(store, 89).total.objects == 2  # the allowance and the probe
    told = prune(store, 91, trial=True)
    assert written(store) == before - {keys.probe("x"), keys.allowance_slot("audits", "u", "20260101T00", 0)}
    done = prune(store, 91)
    assert (done.kinds, done.runs, done.left) == (told.kinds, told.runs, told.left)
    assert done.runs == ("audits/old",)
    left = written(store)
    assert {key.split("/")[0] for key in before - left} >= {"audits", "layers", "predictions", "pages"}
    assert not any(store.exists(key) for key in keys.layer_documents(digest(1)))
    assert all(store.exists(key) for n in (2, 3) for key in keys.layer_documents(digest(n)))
    assert not store.exists(keys.layer_prediction(digest(1), MODEL))
    assert store.exists(keys.layer_prediction(digest(2), MODEL))
    assert store.exists(keys.image(digest(900), "linux/amd64"))
    assert {"by/hand", "feeds/kev/x.json", "risks/a/00000001.json"} <= left
    assert "releases/pypi/a/1/fingerprint.v1" in left
    assert prune(store, 91).total.objects == 0


def test_the_newest_audit_of_a_line_stays_however_old(store: Store) -> None:
    audit(store, "one", 1)
    assert prune(store, 1000).total.objects == 0
    assert store.exists(keys.run("one", "overview.json"))


def test_nothing_of_an_audit_that_runs_goes(local: Store) -> None:
    audit(local, "newest", 1)
    audit(local, "runs", 2, ended=False)
    assert prune(local, GRACE_DAYS - 1, days=1).total.objects == 0
    aged(local, 100, "layers", "predictions", "images")
    assert prune(local, 0, days=1).total.objects == 0
    assert prune(local, GRACE_DAYS + 1, days=1).runs == ("audits/runs",)


@pytest.mark.parametrize("again", [False, True])
def test_while_an_audit_is_about_to_plan_no_layer_goes(local: Store, again: bool) -> None:
    audit(local, "newest", 1)
    for key in keys.layer_documents(digest(7)):
        local.put(key, b"of an audit long gone")
    aged(local, 100, "layers")
    if again:
        audit(local, "next", ended=False)
        aged(local, 1, keys.run("next", "plan.json"))
    documents.write(local, keys.run("next", "images.json"), [])
    done = prune(local, 0)
    assert done.total.objects == 0
    assert "audits/next" in done.left[0]
    audit(local, "next", 7, ended=False)
    assert prune(local, 0).total.objects == 0


def test_an_audit_that_begins_meanwhile_keeps_its_layers(
    local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second handful is not deleted any more once an audit began after the first."""
    from praxi_tasks.retention import layers

    monkeypatch.setattr(layers, "_HANDFUL", 3)
    audit(local, "newest", 1)
    for number in (7, 8):
        for key in keys.layer_documents(digest(number)):
            local.put(key, b"")
    aged(local, 100, "layers")

    class Busy:
        """A store where an audit begins when the first object is deleted."""

        def __getattr__(self, name: str) -> Any:
            return getattr(local, name)

        def delete(self, key: str) -> None:
            local.delete(key)
            audit(local, "next", 7, 8, ended=False)

    done = prune_store(Busy(), Age(time.time(), 90), StoredRegistry(local), 1)
    assert done.total.objects == 3
    assert all(local.exists(key) for n in (7, 8) for key in keys.layer_documents(digest(n)))


def test_layers_of_trainings_and_their_requests_stay(local: Store) -> None:
    audit(local, "newest", 1)
    wanted = {n: NewPackage("pkg:pypi/a@1", "pypi", "a", "1", (digest(n),)) for n in (5, 6)}
    documents.write(local, keys.training_request("r"), TrainingRequest("", (wanted[5],)))
    plan = TrainingPlan((), (wanted[6],), ResolvedModel("x"))
    documents.write(local, keys.training_run("t", "plan.json"), plan)
    for number in (5, 6, 7):
        local.put(keys.layer_tagset(digest(number)), b"")
    aged(local, 100, "layers", "training/requests")
    prune(local, 0)
    assert [local.exists(keys.layer_tagset(digest(n))) for n in (5, 6, 7)] == [True, True, False]
    documents.write(local, keys.training_served("r"), {"run": "t"})
    aged(local, 100, "training")
    assert prune(local, 0).kinds.keys() == {"layers", "requests", "trainings"}
    assert list(local.list("training")) == []


def test_notes_of_studies_go_when_they_are_old(local: Store) -> None:
    note_studies(local, "t", {TUNING: 2})
    prune(local, 10, days=20)
    assert [noted.run for noted in studies_of(local)] == ["t"]
    assert prune(local, 30, days=20).kinds["studies"].objects == 1
    assert studies_of(local) == []


def test_of_an_old_training_the_summary_stays_and_all_that_made_a_version(local: Store) -> None:
    registry = StoredRegistry(local)
    for run in ("made", "lost"):
        for name in ("plan.json", "summary.json", "builds/x"):
            documents.write(local, keys.training_run(run, name), {})
    registry.register("file:///elsewhere", "model", {"praxi.origin": "made"})
    aged(local, 91, "training")
    prune(local, 0)
    left = [keys.training_run("lost", "summary.json")]
    left += [keys.training_run("made", name) for name in ("builds/x", "plan.json", "summary.json")]
    assert sorted(local.list("training")) == sorted(left)


def model(store: Store, name: str) -> str:
    made = Model([build_catalogue([world.release(name, "1.0")])])
    uri = f"{store.uri}/{keys.model(made.id)}"
    made.save(uri)
    return uri


def test_models_that_no_version_names_go_and_old_versions(
    local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = StoredRegistry(local)
    names = ("first", "champion", "newest", "lost", "used", "starter")
    uris = {name: model(local, name) for name in names}
    for number, name in enumerate(names[:3], 1):
        registry.register(uris[name], uris[name].rpartition("/")[2], {})
        if name == "champion":
            registry.promote(registry.get(str(number)))
    local.put("models/by-hand/model.json", b"{}")
    documents.write(local, keys.run("a", "model.json"), {"uri": uris["used"]})
    monkeypatch.setenv("PRAXI_STARTER_MODEL", uris["starter"])
    aged(local, 100, "models")
    told, done = prune(local, 0, trial=True), prune(local, 0)
    assert done.runs == told.runs
    assert set(done.runs) == {uris[name].removeprefix(f"{local.uri}/") for name in ("first", "lost")}
    assert {version.version for version in registry.versions()} == {"2", "3"}
    kept = {uri.rpartition("/")[2] for name, uri in uris.items() if name not in {"first", "lost"}}
    assert set(local.folders("models")) == {*kept, *(r.rpartition("/")[2] for r in done.runs), "by-hand"}
    assert {key.split("/")[1] for key in local.list("models")} == {*kept, "by-hand"}


def test_parts_that_no_model_and_no_pack_names_go(local: Store) -> None:
    pool = f"{local.uri}/{keys.parts()}"
    models = [
        Model([build_catalogue([world.release(f"lib{number}", "1.0")])], world.model().scorer)
        for number in range(3)
    ]
    uris = [f"{local.uri}/{keys.model(made.id)}" for made in models]
    for made, uri in zip(models, uris, strict=True):
        made.save(uri, pool)
    (named,) = packs_of_model(uris[1])
    store_pack(local, msgspec.structs.replace(named.pack, name="pypi/kept"))
    for uri in uris[1:]:
        local.delete(f"{uri.removeprefix(f'{local.uri}/')}/model.json")
    assert "parts" not in prune(local, 0).kinds
    aged(local, 100, "parts")
    unnamed = f"{keys.parts()}/{'0' * 64}"
    local.put("models/bad/model.json", b"{")
    assert "parts were left" in " ".join(prune(local, 0).left)
    local.delete("models/bad/model.json")
    local.put(unnamed, b"")
    told, done = prune(local, 0, trial=True), prune(local, 0)
    assert told.kinds["parts"] == done.kinds["parts"]
    assert done.kinds["parts"].objects == 2  # the last one's catalogue, and the marker beside it
    assert Model.load(uris[0]).id == models[0].id
    assert all(named.pool.has(part) for part in named.pack.parts)
    assert local.exists(unnamed)


def test_a_registry_that_is_down_keeps_models_and_no_more(local: Store) -> None:
    class Down(ModelRegistry):
        def versions(self) -> Any:
            raise RegistryDownError("it does not answer")

        register = why_missing = challenge = delete = versions  # type: ignore[assignment]
        promote = annotate = roll_back = versions  # type: ignore[assignment]

    audit(local, "old", 1)
    audit(local, "newest", 2)
    done = prune_store(local, Age(time.time() + 91 * DAY, 90), Down(), 1)
    assert done.runs == ("audits/old",)
    assert "does not answer" in done.left[0]


def test_a_damaged_plan_keeps_every_layer(local: Store) -> None:
    audit(local, "newest", 1)
    local.replace(keys.run("newest", "plan.json"), b"{")
    local.put(keys.layer_tagset(digest(7)), b"")
    aged(local, 100, "layers")
    assert prune(local, 0).total.objects == 0
    assert local.exists(keys.layer_tagset(digest(7)))


def test_the_history_keeps_what_a_trend_shows(local: Store) -> None:
    entries = [keys.history_entry("dag", f"2025-01-01T00-00-{n:03}", "r") for n in range(95)]
    for key in entries:
        local.put(key, b"{}")
    aged(local, 100, "history")
    prune(local, 0)
    assert sorted(local.list("history")) == entries[4:]


def test_documents_of_an_older_protocol_go_and_unknown_ones_stay(local: Store) -> None:
    audit(local, "newest", 1)
    folder = keys.layer_tagset(digest(1)).rpartition("/")[0]
    local.put(f"{folder}/inventory.v1", b"")
    local.put(f"{folder}/another.v7", b"")
    aged(local, 100, "layers")
    assert prune(local, 0).kinds["layers"].objects == 1
    assert local.exists(f"{folder}/another.v7")
    assert local.exists(keys.layer_inventory(digest(1)))


def test_a_run_that_somebody_repeats_stays(local: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    audit(local, "old", 1)
    audit(local, "newest", 2)
    aged(local, 100, "audits/old")
    listed: Callable[[str], Iterator[Any]] = local.entries

    def entries(prefix: str) -> Iterator[Any]:
        if prefix == "audits/old":
            documents.write(local, keys.run("old", "images.json"), [])
        return listed(prefix)

    monkeypatch.setattr(local, "entries", entries)
    done = prune(local, 0)
    assert done.left == ("audits/old was left: it goes on",)
    assert local.exists(keys.run("old", "plan.json"))


WINDOW, OTHER = "20260101T000010Z", "20260101T000020Z"


def window(store: Store, name: str, *, claimed: bool = True) -> None:
    """Write what the service has of a window of pushes that it has still to audit."""
    store.put(keys.event_window_image(name[:8], name, digest(1)), b"{}")
    store.put(keys.served_window(name), b"{}")
    if claimed:
        store.put(keys.serving_claim(name, 0), b"{}")


def test_what_the_service_left_goes_when_no_replica_was_at_it(store: Store) -> None:
    window(store, WINDOW)
    store.put(keys.serving_claim(OTHER, 3), b"{}")  # of a replica that was killed when it had audited all
    for replica in ("one", "two"):
        store.put(keys.serving_comparison("try-8", replica), b"{}")
    before = written(store)
    assert prune(store, 89).total.objects == 0
    told = prune(store, 91, trial=True)
    assert written(store) == before
    done = prune(store, 91)
    assert done.kinds == told.kinds
    assert {kind: amount.objects for kind, amount in done.kinds.items()} == {"serving": 5, "events": 1}
    assert written(store) == set()


def test_windows_and_experiments_stay_as_a_whole_while_somebody_is_at_them(local: Store) -> None:
    window(local, WINDOW)
    window(local, OTHER, claimed=False)
    for replica in ("one", "two"):
        local.put(keys.serving_comparison("try-8", replica), b"{}")
        local.put(keys.serving_comparison("try-9", replica), b"{}")
    aged(local, 100, "serving", "events")
    in_use = [keys.serving_claim(WINDOW, 0), keys.serving_comparison("try-8", "two")]
    aged(local, 1, *in_use)
    before = written(local)
    prune(local, 0)
    gone = {keys.served_window(OTHER), keys.event_window_image(OTHER[:8], OTHER, digest(1))}
    gone |= {keys.serving_comparison("try-9", replica) for replica in ("one", "two")}
    assert before - written(local) == gone


def test_nothing_of_the_service_goes_within_the_grace_however_short_runs_are_retained(local: Store) -> None:
    window(local, WINDOW)
    aged(local, GRACE_DAYS - 1, "serving", "events")
    assert prune(local, 0, days=1).total.objects == 0


@pytest.mark.parametrize(("state", "kept"), [("waiting", True), ("failed", False), ("cancelled", False)])
def test_an_audit_of_the_service_that_ended_before_it_planned_keeps_no_layer(
    local: Store, state: str, kept: bool
) -> None:
    audit(local, "newest", 1)
    local.put(keys.layer_tagset(digest(7)), b"")
    aged(local, 100, "layers")
    documents.write(local, keys.run("serve-1", "images.json"), [])
    documents.write(local, keys.run("serve-1", "request.json"), {"state": state})
    prune(local, 0)
    assert local.exists(keys.layer_tagset(digest(7))) == kept


def test_an_audit_that_nobody_was_at_for_long_does_not_plan_any_more(local: Store) -> None:
    audit(local, "newest", 1)
    local.put(keys.layer_tagset(digest(7)), b"")
    documents.write(local, keys.run("killed", "images.json"), [])
    aged(local, 100, "layers")
    aged(local, GRACE_DAYS + 1, "audits/killed")
    assert not prune(local, 0).left
    assert not local.exists(keys.layer_tagset(digest(7)))

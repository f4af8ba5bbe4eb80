"""Each command with an identity of its own on a real object store does its work and writes nothing else."""

from __future__ import annotations

import fnmatch
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.cli.app import app
from praxi_tasks.cli.rights import AIRFLOW, RIGHTS, SERVICE, Rights, s3_policy
from praxi_tasks.errors import StoreError, UsageError
from praxi_tasks.events import Push, Rules, take
from praxi_tasks.findings.risk_register import RiskRegister, make_terms
from praxi_tasks.learning.data.bundled_releases import write_bundled
from praxi_tasks.learning.data.requests import NewPackage
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.store import Store, documents, keys, open_store
from tests.cli.conftest import Praxi
from tests.conftest import ROOT
from tests.learning.conftest import ask, put_package
from tests.learning.run.test_pack_run import wheel
from tests.support import world
from tests.support.images import image, write_layout
from tests.support.package_index import PackageIndex, package_index
from tests.support.packages import BELL, SHOP
from tests.support.s3 import ObjectStore, run_object_store

pytestmark = pytest.mark.server
SELDOM: Mapping[str, tuple[str, ...]] = {
    "plan": (keys.probe("write-once"),),  # before anything else
    "learn route": ("releases/*", "release-contents/*"),  # where releases were built from source
    "learn tune": ("releases/*", "release-contents/*"),
    "learn train": ("releases/*", "release-contents/*"),
    "learn report": ("registry/*",),  # where old versions are deleted
    "learn pack": (keys.last_champion(),),  # where it was never looked up before
    "store prune": ("registry/*",),
    "learn evaluate": (keys.first_champion(),),  # where the champion made enough predictions
}
BUCKET, PREFIX = "rights", "a/store"
STORE = f"s3://{BUCKET}/{PREFIX}"
_ADVISORY = json.dumps(
    {
        "id": "PYSEC-1",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "shoplib"}, "versions": ["1.0"]}],
    }
)


def user(command: str) -> str:
    return command.replace(" ", "-")


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    policies = {user(command): s3_policy(command, STORE) for command in (*RIGHTS, *AIRFLOW)}
    with run_object_store(tmp_path_factory.mktemp("rights"), policies=policies) as store:
        store.create_bucket(BUCKET)
        store.create_bucket("elsewhere")
        yield store


@pytest.fixture(scope="module")
def index() -> Iterator[PackageIndex]:
    with package_index() as made:
        made.publish("alpha-1.0-py3-none-any.whl", wheel("alpha", "1.0"))
        yield made


@dataclass
class Stage:
    """A store in which commands run, each as its own user."""

    objects: ObjectStore
    environment: dict[str, str]

    def written(self) -> dict[str, tuple[Any, Any]]:
        """Return all keys of the store with what tells that one was written again."""
        found: dict[str, tuple[Any, Any]] = {}
        for page in self.objects.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for entry in page.get("Contents", ()):
                found[entry["Key"].removeprefix(f"{PREFIX}/")] = (entry["ETag"], entry["LastModified"])
        return found

    def run(self, run_id: str, command: str, *arguments: str) -> None:
        first, _, second = command.partition(" ")
        words = [first, "--run", run_id, *([second] if second else []), *arguments]
        environment = self.environment | self.objects.as_user(user(command)).environment
        done = CliRunner().invoke(app, words, env=environment)
        assert done.exit_code == 0, (command, done.output, done.exception)


@pytest.fixture(scope="module")
def traces(
    objects: ObjectStore, tmp_path_factory: pytest.TempPathFactory, index: PackageIndex
) -> dict[str, set[str]]:
    """Run feeds, trainings, an audit and a pack, and return the keys that each command wrote or deleted."""
    folder = tmp_path_factory.mktemp("world")
    shop = write_layout(folder / "layout", {"shop": image([SHOP.layer(), BELL.layer(metadata=False)])})
    starter = (folder / "starter").as_uri()
    world.model().save(starter)
    write_bundled(starter, world.releases()[:4])
    (folder / "PyPI").mkdir()
    with zipfile.ZipFile(folder / "PyPI/all.zip", "w") as archive:
        archive.writestr("PYSEC-1.json", _ADVISORY)
    stage = Stage(
        objects,
        {
            "PRAXI_STORE": STORE,
            "PRAXI_MODEL": "models:/praxi@champion",
            "PRAXI_STARTER_MODEL": starter,
            "PRAXI_LEARN_SOURCES": "layer",
            "PRAXI_LEARN_PYPI_INDEX": index.url,
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in objects.environment.items():
            patch.setenv(name, value)
        store = open_store(STORE)
        documents.write(store, keys.run("audit", "images.json"), named_images([f"oci:{shop}:shop"]))
        lost = NewPackage("pkg:pypi/lost@1.0", "pypi", "lost", "1.0", ("sha256:" + "0" * 64,))
        ask(store, "one", put_package(store, 1, "newlib"), lost)
        put_package(store, 2, "otherlib")
        ask(store, "two", put_package(store, 2, "otherlib"))
    refusing = {"routing_study": True, "tuning_trials": 1, "bars": {"new_f1": 1.1}}
    traces: dict[str, set[str]] = {command: set() for command in RIGHTS}
    for run_id, command, *arguments in (
        ("feeds", "feeds", "--ecosystem=PyPI", f"--osv={folder}"),
        *_training("first", "{}"),
        *_training("second", json.dumps(refusing)),
        ("doctor", "doctor"),
        ("audit", "plan"),
        ("audit", "fingerprint", "--batch=0"),
        ("audit", "predict"),
        ("audit", "report", f"--feeds={STORE}/feeds"),
        ("audit", "metrics"),
        ("audit", "notify"),
        ("pack", "learn select", "pypi", "--list=alpha", "--versions=1"),
        ("pack", "learn collect", "--batch=0"),
        ("pack", "learn pack"),
        ("prune", "store prune"),
    ):
        if command == "predict":
            objects.client().delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{keys.last_champion()}")
        before = stage.written()
        stage.run(run_id, command, *arguments)
        traces[command] |= {key for key, _ in before.items() ^ stage.written().items()}
    return traces


def _training(run_id: str, settings: str) -> Iterator[tuple[str, ...]]:
    yield run_id, "learn releases", f"--settings={settings}"
    yield run_id, "learn fingerprint", "--batch=0"
    if "tuning_trials" in settings:
        yield run_id, "learn route", "--batch=0"
        yield run_id, "learn tune", "--batch=0"
    for step in ("train", "evaluate", "gate", "promote", "report"):
        yield run_id, f"learn {step}"


@pytest.mark.parametrize("command", RIGHTS)
def test_a_command_does_its_work_and_writes_all_that_it_may(
    traces: dict[str, set[str]], command: str
) -> None:
    unused = [pattern for pattern in RIGHTS[command].writes if not any_matches([pattern], traces[command])]
    assert [pattern for pattern in unused if pattern not in SELDOM.get(command, ())] == []
    assert all(any_matches(RIGHTS[command].writes, [key]) for key in traces[command])


@pytest.mark.parametrize("command", RIGHTS)
def test_an_identity_writes_and_deletes_nothing_of_the_others(
    objects: ObjectStore, traces: dict[str, set[str]], command: str
) -> None:
    client, mine = objects.as_user(user(command)).client(), RIGHTS[command]
    for key in sorted(set().union(*traces.values())):
        place = {"Bucket": BUCKET, "Key": f"{PREFIX}/{key}"}
        may_write, may_delete = any_matches(mine.writes, [key]), any_matches(mine.deletes, [key])
        assert refused(client.put_object, **place, Body=b"forged", IfNoneMatch="*") != may_write, key
        assert refused(client.create_multipart_upload, **place) != may_write, key
        if not may_delete:
            assert refused(client.delete_object, **place), key


@pytest.mark.parametrize("command", RIGHTS)
def test_an_identity_reaches_no_other_bucket_and_no_other_prefix(objects: ObjectStore, command: str) -> None:
    admin, client = objects.client(), objects.as_user(user(command)).client()
    for bucket, key in (("elsewhere", "audits/x"), (BUCKET, "audits/x"), (BUCKET, f"{PREFIX}2/audits/x")):
        admin.put_object(Bucket=bucket, Key=key, Body=b"")
        for action in (client.get_object, client.put_object, client.delete_object):
            assert refused(action, Bucket=bucket, Key=key), (bucket, key)
    assert refused(client.list_objects_v2, Bucket="elsewhere")
    assert refused(client.create_bucket, Bucket="another")
    assert refused(client.put_bucket_policy, Bucket=BUCKET, Policy="{}")


def test_what_is_seldom_written_may_be_written(objects: ObjectStore) -> None:
    for command, patterns in SELDOM.items():
        client = objects.as_user(user(command)).client()
        for pattern in patterns:
            client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{pattern.replace('*', 'x')}", Body=b"")


def test_old_versions_of_the_model_are_deleted_by_the_report_and_the_pruning(objects: ObjectStore) -> None:
    objects.client().put_object(Bucket=BUCKET, Key=f"{PREFIX}/models/old/model.json", Body=b"")
    place = {"Bucket": BUCKET, "Key": f"{PREFIX}/models/old/model.json"}
    for command in sorted(RIGHTS, key=lambda command: bool(RIGHTS[command].deletes)):
        client = objects.as_user(user(command)).client()
        assert refused(client.delete_object, **place) != (command in {"learn report", "store prune"})


@pytest.mark.parametrize(
    "key", [keys.served_window("w"), keys.serving_claim("w", 0), "events/20260101/images/x"]
)
def test_what_the_service_left_is_deleted_by_the_pruning_alone(objects: ObjectStore, key: str) -> None:
    objects.client().put_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}", Body=b"")
    place = {"Bucket": BUCKET, "Key": f"{PREFIX}/{key}"}
    for command in sorted(RIGHTS, key=lambda command: command == "store prune"):
        client = objects.as_user(user(command)).client()
        assert refused(client.delete_object, **place) != (command == "store prune"), command


def test_an_identity_that_may_not_is_told_where_its_policy_comes_from(
    objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in objects.as_user("fingerprint").environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreError, match="praxi rights") as caught:
        open_store(STORE).put("models/forged/model.json", b"{}")
    assert not caught.value.retryable


def test_the_table_of_the_docs_is_what_the_policies_are_made_of() -> None:
    page = (ROOT / "docs/kubernetes.md").read_text()
    table = page.partition("| command | writes |\n|---|---|\n")[2].partition("\n\n")[0]
    everything = {**RIGHTS, **AIRFLOW, **SERVICE}.items()
    assert table == "\n".join(f"| `{command}` | {told(given)} |" for command, given in everything)


def told(given: Rights) -> str:
    writes = ", ".join(f"`{pattern}`" for pattern in given.writes) or "nothing"
    return writes + "".join(f"; deletes `{pattern}`" for pattern in given.deletes)


def test_what_airflow_writes_itself_it_may_and_nothing_else(
    objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act_as(name: str) -> Store:
        for variable, value in objects.as_user(name).environment.items():
            monkeypatch.setenv(variable, value)
        return open_store(STORE)

    pages, now = act_as("pages"), datetime.now(UTC)
    fields = {"finding": "CVE-2026-0001", "owner": "o", "reason": "r", "expires": f"{now + timedelta(9):%F}"}
    accepted = RiskRegister(pages).accept(make_terms(fields), "ann", now)
    RiskRegister(pages).withdraw(accepted.id, 1, "fixed", "ann", now)
    registered = StoredRegistry(pages).register("file:///model", "0" * 32, {})
    StoredRegistry(pages).promote(registered)
    pages.put(keys.allowance_slot("audits", "ann", "20261128T10", 0), b"{}")
    workers = act_as("airflow")
    documents.write(workers, keys.run("scheduled", "images.json"), [])
    workers.put(keys.training_request("drift"), b"{}")
    pushed = Push("registry.example/shop:1", "sha256:" + "1" * 64, None, "images")
    for clock in (lambda: now - timedelta(9), lambda: now):  # the second forgets what the first remembered
        assert take(workers, [pushed], Rules(registries=("*",)), clock).taken == 1
    assert {key.split("/")[1] for key in workers.list("events")} >= {f"{now:%Y%m%d}"}
    assert f"{now - timedelta(9):%Y%m%d}" not in {key.split("/")[1] for key in workers.list("events")}
    workers.replace(keys.training_build("run", "pypi", "a", "1"), b"{}")
    for name, theirs in (("pages", "training/requests/x.json"), ("airflow", "risks/x.json")):
        for key in (theirs, keys.run("scheduled", "report.json"), "layers/x", "models/x/model.json"):
            place = {"Bucket": BUCKET, "Key": f"{PREFIX}/{key}"}
            assert refused(objects.as_user(name).client().put_object, **place, Body=b""), (name, key)


def test_feeds_and_models_may_lie_elsewhere() -> None:
    policy = s3_policy("feeds", STORE, "s3://mirror/feeds", ["s3://models/starter"])
    reads, lists, writes = (each["Resource"] for each in policy["Statement"])
    assert reads[1:] == ["arn:aws:s3:::models/starter/*", "arn:aws:s3:::mirror/feeds/*"]
    assert lists == ["arn:aws:s3:::rights", "arn:aws:s3:::models", "arn:aws:s3:::mirror"]
    assert writes == ["arn:aws:s3:::mirror/feeds/*", f"arn:aws:s3:::{BUCKET}/{PREFIX}/audits/*/feeds.json"]


def test_the_command_prints_the_policy(praxi: Praxi) -> None:
    done = praxi("rights", "learn", "gate", "--store", STORE)
    assert json.loads(done.stdout) == s3_policy("learn gate", STORE)


@pytest.mark.parametrize(("command", "uri"), [("frobnicate", STORE), ("plan", "file:///srv/store")])
def test_what_has_no_policy_is_a_usage_error(command: str, uri: str) -> None:
    with pytest.raises(UsageError):
        s3_policy(command, uri)


def any_matches(patterns: Iterable[str], those: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(key, pattern) for key in those for pattern in patterns)


def refused(action: Callable[..., Any], **arguments: Any) -> bool:
    """Return whether the store denies an action; that a key exists already is no denial."""
    try:
        action(**arguments)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False

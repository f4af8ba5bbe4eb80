"""What is counted of versions beside package databases, and the page that shows it, whatever it holds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from praxi_tasks.errors import StoreUnavailableError
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.compared import Comparison, VersionRecord
from praxi_tasks.serving.comparison import Comparer
from praxi_tasks.serving.experiment_routes import ExperimentRoutes
from praxi_tasks.serving.fleet import Comparable, Fleet, Source
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.work import Answer, Layer, Refusal, Reply
from praxi_tasks.store import Store, documents, keys, open_store
from praxi_tasks.store.local import LocalStore

DIGEST = f"sha256:{'3' * 64}"
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with the inventory of a layer whose database claims two packages."""
    store = open_store(tmp_path.as_uri())
    claims = [Claim("pypi", name, "1.0", "pip", "RECORD") for name in ("shoplib", "tillkit")]
    store.put(keys.layer_inventory(DIGEST), Inventory(DIGEST, claims=tuple(claims)).to_bytes())
    return store


def answer(*labels: str, confidence: float = 0.9) -> Answer:
    return Answer(b"{}", list(labels), [confidence] * len(labels))


def compared(store: Store, *said: dict[str, Reply], digest: str = DIGEST) -> tuple[Comparer, TestClient]:
    """Return what compared these replies, and its routes."""
    metrics = Metrics()
    comparer = Comparer(store, metrics, "replica")

    async def compare() -> None:
        running = asyncio.create_task(comparer.run(3600))
        for replies in said:
            comparer.add("default", Comparable(Layer(digest, b"", b"", b""), replies))
        while sum(record.layers for record in comparer.comparison.versions.values()) < sum(map(len, said)):
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(compare())
    fleet = Fleet(Source("file:///none", store), None, ServingLimits(), 1, metrics, comparer.add)
    group = ExperimentRoutes(fleet, comparer, store).group()
    return comparer, TestClient(create_app([group], metrics=metrics, waiting=dict))


def test_versions_are_compared_with_what_databases_claim(store: Store) -> None:
    one: dict[str, Reply] = {
        "7": answer("pypi/shoplib@1.0", "pypi/tillkit", "pypi/ghost@2"),
        "8": answer("pypi/shoplib@1.0", confidence=0.5),
    }
    two: dict[str, Reply] = {"7": answer("pypi/shoplib@1.0"), "8": Refusal("lost", "it ended")}
    _, client = compared(store, one, two)
    found = client.get("/v1/experiment/comparison").json()
    versions: dict[str, Any] = {each["version"]: each for each in found["versions"]}
    seven, eight = versions["7"], versions["8"]
    assert (seven["checked"], seven["claimed"], seven["confirmed"], seven["unclaimed"]) == (2, 4, 3, 1)
    assert (eight["checked"], eight["claimed"], eight["confirmed"], eight["unclaimed"]) == (1, 2, 1, 0)
    assert (eight["layers"], eight["refused"]) == (2, 1)
    (pair,) = found["pairs"]
    assert (pair["compared"], pair["agreed"]) == (2, 0)
    assert pair["examples"][0]["only_version"] == ["pypi/ghost@2", "pypi/tillkit"]


def test_a_layer_that_no_audit_read_is_compared_with_no_database(store: Store) -> None:
    one: dict[str, Reply] = {"7": answer("pypi/shoplib@1.0"), "8": answer("pypi/shoplib@1.0")}
    _, client = compared(store, one, digest=f"sha256:{'4' * 64}")
    found = client.get("/v1/experiment/comparison").json()
    assert {each["checked"] for each in found["versions"]} == {0}
    assert found["pairs"][0]["agreed"] == 1


def test_the_page_shows_text_of_strangers_as_text(store: Store) -> None:
    said: dict[str, Reply] = {HOSTILE: answer(f"pypi/{HOSTILE}"), "8": answer("pypi/<b>")}
    _, client = compared(store, said, digest=HOSTILE)
    page = client.get("/v1/experiment/comparison", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert "\u202e" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "pypi/&lt;b&gt;" in page.text
    (row,) = re.findall(r'<tr><td class="text">8<td .*?</tr>', page.text.partition("<h2>Shadows")[2])
    assert row.endswith("<td>1<td>0.0%</tr>")


def test_the_page_says_what_there_is_and_keeps_a_layer_once(store: Store) -> None:
    said: dict[str, Reply] = {"7": answer("pypi/shoplib@1.0"), "8": answer()}
    _, client = compared(store, said, said, said)
    found = client.get("/v1/experiment/comparison").json()
    (pair,) = found["pairs"]
    assert (pair["compared"], len(pair["examples"])) == (3, 1)
    page = client.get("/v1/experiment/comparison", headers={"accept": "text/html"}).text
    assert "praxi models promote VERSION" in page
    assert 'name="viewport"' in page
    assert "No layer was answered yet" not in page
    assert page.count(DIGEST) == 1


def test_a_page_without_anything_says_so(store: Store) -> None:
    _, client = compared(store)
    page = client.get("/v1/experiment/comparison", headers={"accept": "text/html"}).text
    assert "No layer was answered yet" in page
    assert "No version is asked in the shadow" in page
    assert "Answered by: champion 100 %" in page
    assert "<table" not in page


ONE: dict[str, Reply] = {"7": answer("pypi/shoplib@1.0"), "8": answer("pypi/shoplib@1.0")}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"experiment": "default", "versions": {"7": {"version": "7", "layers": "many"}}}',
        b'{"experiment": "another"}',
    ],
)
def test_what_can_t_be_read_is_left_out_and_named(store: Store, damage: bytes) -> None:
    theirs = Comparison("default", {"7": VersionRecord("7", layers=5)})
    documents.write(store, keys.serving_comparison("default", "other"), theirs)
    store.put(keys.serving_comparison("default", "odd"), damage)
    store.put(f"{keys.serving_comparisons('default')}/by-hand/notes.txt", b"notes")
    _, client = compared(store, ONE)
    answered = client.get("/v1/experiment/comparison")
    assert answered.status_code == 200, answered.text
    assert answered.json()["unreadable"] == ["by-hand/notes.txt", "odd.json"]
    layers = {each["version"]: each["layers"] for each in answered.json()["versions"]}
    assert layers == {"7": 6, "8": 1}
    page = client.get("/v1/experiment/comparison", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "can't be read (2):</strong> by-hand/notes.txt, odd.json" in page.text


def test_a_page_of_which_all_can_be_read_says_nothing_of_it(store: Store) -> None:
    _, client = compared(store, ONE)
    assert client.get("/v1/experiment/comparison").json()["unreadable"] == []
    page = client.get("/v1/experiment/comparison", headers={"accept": "text/html"})
    assert "Left out" not in page.text


def test_a_replica_that_begins_anew_goes_on_with_its_sums(store: Store) -> None:
    before = Comparison("default", {"7": VersionRecord("7", layers=5)})
    documents.write(store, keys.serving_comparison("default", "replica"), before)
    metrics = Metrics()
    comparer = Comparer(store, metrics, "replica")
    fleet = Fleet(Source("file:///none", store), None, ServingLimits(), 1, metrics, comparer.add)
    group = ExperimentRoutes(fleet, comparer, store).group()
    client = TestClient(create_app([group], metrics=metrics, waiting=dict))
    (record,) = client.get("/v1/experiment/comparison").json()["versions"]
    assert record["layers"] == 5

    async def compare() -> None:
        running = asyncio.create_task(comparer.run(3600))
        comparer.add("default", Comparable(Layer(DIGEST, b""), ONE))
        while "8" not in comparer.comparison.versions:
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(compare())
    found = client.get("/v1/experiment/comparison").json()["versions"]
    assert {each["version"]: each["layers"] for each in found} == {"7": 6, "8": 1}


def test_a_store_that_is_down_ends_no_comparing(tmp_path: Path) -> None:
    class Unsteady(LocalStore):
        is_up = False

        def get(self, key: str) -> bytes:
            if not self.is_up:
                raise StoreUnavailableError("it is down")
            return super().get(key)

    store = Unsteady(tmp_path)
    comparer = Comparer(store, Metrics(), "replica")

    async def compare() -> None:
        running = asyncio.create_task(comparer.run(3600))
        comparer.add("default", Comparable(Layer(DIGEST, b""), ONE))
        while not comparer._queue.empty():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert comparer.comparison.versions == {}
        store.is_up = True
        comparer.add("default", Comparable(Layer(DIGEST, b""), ONE))
        while not comparer.comparison.versions:
            assert not running.done()
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(compare())
    assert comparer.comparison.versions["7"].layers == 1

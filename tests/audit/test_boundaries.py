"""At each step, an image that makes it raise an error of any kind costs itself, and is told."""

from __future__ import annotations

import importlib
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.run import AuditRun, Summary
from praxi_tasks.cli.metrics import metrics
from praxi_tasks.cli.notify import notify
from praxi_tasks.discovery import Model
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents, open_store
from tests.hostile.pictures import GOOD, layer_of, status
from tests.support import world
from tests.support.alertmanager import Receiver, receiver
from tests.support.images import image, write_layout

ERRORS = (
    RecursionError("deep"),
    OverflowError("big"),
    UnicodeEncodeError("utf-8", "\udcff", 0, 1, "a surrogate"),
    IndexError("gone"),
    MemoryError("none"),
    ValueError("wrong"),
)
BAD = image([layer_of(GOOD), layer_of(status("Package: evil\nVersion: 1"))])
GOOD_IMAGE = image([layer_of(GOOD), layer_of({"etc/good": b"good"})])
EVIL = BAD.layers[1].digest


def each_error(function: Callable[..., None]) -> Any:
    return pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)(function)


def provoke(
    monkeypatch: pytest.MonkeyPatch, place: str, is_bad: Callable[..., bool], error: Exception
) -> None:
    """Let a function raise an error where its arguments are the bad image's."""
    owner: Any
    home, _, name = place.rpartition(".")
    owner = Model if home.endswith("Model") else importlib.import_module(home)
    real = getattr(owner, name)

    def double(*arguments: Any, **options: Any) -> Any:
        if is_bad(*arguments):
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, double)


def shows_bad(audit: AssessedAudit, *_: object) -> bool:
    return any("bad" in image.image and not image.failed for image in audit.images)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole audit of a good and a bad image."""
    folder = tmp_path_factory.mktemp("finished")
    references = []
    for name, made in (("bad", BAD), ("good", GOOD_IMAGE)):
        write_layout(folder / name, {name: made})
        references.append(f"oci:{folder / name}")
    store = open_store(f"file://{folder}/store")
    run = AuditRun(store, "r1")
    documents.write(store, run.key("images.json"), named_images(references))
    documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))
    for batch in range(run.plan(Platform(), interval="2026-01-01/2026-01-02").batches):
        run.fingerprint(batch)
    run.predict(world.model())
    run.report()
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def store(finished: Path, tmp_path: Path) -> Store:
    shutil.copytree(finished / "store", tmp_path / "store")
    return open_store(f"file://{tmp_path}/store")


@pytest.fixture
def run(store: Store) -> AuditRun:
    return AuditRun(store, "r1")


def states(report: AuditReport) -> dict[str, str]:
    return {image.image.rpartition("/")[2]: image.state.value for image in report.images}


def reason(report: AuditReport, error: Exception) -> None:
    """The bad image has failed for the error, and the good one is as it was."""
    assert states(report) == {"bad": "failed", "good": "audited"}
    assert type(error).__name__ in (report.images[0].reason or "")
    assert report.layers_of(report.images[1])


@each_error
def test_plan(run: AuditRun, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    provoke(monkeypatch, "praxi_tasks.audit.resolve.open_source", lambda name, *_: "bad" in name, error)
    bad, good = run.plan(Platform()).images
    assert type(error).__name__ in (bad.failure.message if bad.failure else "")
    assert good.failure is None


@each_error
def test_fingerprint(run: AuditRun, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    place = "praxi_tasks.audit.fingerprint.fingerprint_layer"
    provoke(monkeypatch, place, lambda _, layer, *__: layer.digest == EVIL, error)
    run.plan(Platform(), force=True)
    failures = run.fingerprint(0).failures
    assert [*failures] == [EVIL]
    assert type(error).__name__ in failures[EVIL].message
    run.predict(world.model())
    reason(run.report(), error)


@each_error
def test_predict(run: AuditRun, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    run.plan(Platform(), force=True)
    place = "praxi_tasks.discovery.model.Model.predict"
    provoke(monkeypatch, place, lambda _, tagset, *__: tagset.digest == EVIL, error)
    assert [*run.predict(world.model()).failures] == [EVIL]
    reason(run.report(), error)


@each_error
def test_novelty(
    store: Store,
    run: AuditRun,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    place = "praxi_tasks.audit.unknown_packages.claim_purl"
    provoke(monkeypatch, place, lambda claim, *_: claim.name == "evil", error)
    with caplog.at_level(logging.ERROR):
        run.predict(world.model())
    packages = documents.read(store, run.key("new-packages.json"), tuple[NewPackage, ...])
    assert [package.name for package in packages] == ["openssl"]
    assert EVIL in caplog.text


@each_error
def test_reduce(run: AuditRun, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    place = "praxi_tasks.audit.layers.claim_purl"
    provoke(monkeypatch, place, lambda claim, *_: claim.name == "evil", error)
    reason(run.report(), error)


@each_error
def test_assess(run: AuditRun, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    place = "praxi_tasks.audit.assessment.fuse"
    is_bad = lambda facts: any(one.inventory.digest == EVIL for one in facts)  # noqa: E731
    provoke(monkeypatch, place, is_bad, error)
    reason(run.report(), error)


@pytest.mark.parametrize("place", ["with_changes", "remember"])
@each_error
def test_comparison(run: AuditRun, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception) -> None:
    provoke(monkeypatch, f"praxi_tasks.findings.assessment.comparison.{place}", shows_bad, error)
    reason(run.report(), error)


@pytest.mark.parametrize(
    ("place", "document"),
    [
        ("report_page", "report.html"),
        ("sarif_parts", "findings.sarif"),
        ("parquet_tables", "tables/images.parquet"),
    ],
)
@each_error
def test_publish(
    store: Store,
    run: AuditRun,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    document: str,
    error: Exception,
) -> None:
    store.delete(run.key(document))
    provoke(monkeypatch, f"praxi_tasks.findings.report.{place}", shows_bad, error)
    assert states(run.report()) == {"bad": "audited", "good": "audited"}
    assert documents.read(store, run.key("summary.json"), Summary).unpublished == ()
    assert (type(error).__name__.encode() in store.get(run.key(document))) or document.endswith("parquet")


@pytest.mark.parametrize(("place", "kind"), [("to_cyclonedx", "cdx"), ("to_spdx", "spdx")])
@each_error
def test_sboms(
    store: Store,
    run: AuditRun,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    kind: str,
    error: Exception,
) -> None:
    is_bad = lambda _, image: "bad" in image.image  # noqa: E731
    provoke(monkeypatch, f"praxi_tasks.findings.report.{place}", is_bad, error)
    assert states(run.report()) == {"bad": "audited", "good": "audited"}
    missing = documents.read(store, run.key("summary.json"), Summary).unpublished
    assert missing == (f"sboms/{BAD.digest.replace(':', '-')}.{kind}.json",)


@each_error
def test_metrics(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    provoke(monkeypatch, "praxi_tasks.findings.report.audit_metrics", shows_bad, error)
    ended = CliRunner().invoke(metrics, ["--store", store.uri, "--run", "r1"], catch_exceptions=False)
    assert 'praxi_images{state="failed"} 1.0' in ended.output
    assert 'praxi_images{state="audited"} 1.0' in ended.output
    assert "bad is left out" in caplog.text


@pytest.mark.parametrize("place", ["alerts.alert_changes", "changes.change_message"])
@each_error
def test_notify(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    server: Receiver,
    place: str,
    error: Exception,
) -> None:
    provoke(monkeypatch, f"praxi_tasks.notify.{place}", shows_bad, error)
    monkeypatch.setenv("PRAXI_NOTIFY_URLS", server.url.replace("http://", "json://"))
    words = ["--store", store.uri, "--run", "r1", "--alertmanager", server.url]
    ended = CliRunner().invoke(notify, words, catch_exceptions=False)
    assert ended.exit_code == 0
    assert "bad is left out" in caplog.text


@each_error
def test_work_that_no_image_alone_makes_impossible_is_a_typed_error(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    together = lambda audit, *_: len(audit.images) > 1  # noqa: E731
    provoke(monkeypatch, "praxi_tasks.findings.report.audit_metrics", together, error)
    ended = CliRunner().invoke(metrics, ["--store", store.uri, "--run", "r1"])
    assert "the metrics can't be made" in str(ended.exception)

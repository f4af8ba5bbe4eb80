"""Whatever an image holds, the step ends well, the others are audited, and what is honest in it counts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.run import AuditRun, Summary
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.coverage import Aspect, gaps
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents, open_store
from tests.hostile.pictures import ADDED, GOOD, beside_good, images, layer_of, status
from tests.support import world
from tests.support.images import Manifest, image, write_layout

OPENSSL = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64"
IMAGES = images()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"file://{tmp_path}/store")


def audit(store: Store, folder: Path, bad: Manifest) -> tuple[AuditReport, AssessedAudit]:
    """Audit a good image, then a bad one, step by step as pods do."""
    references = []
    for name, made in (("good", image([layer_of({**GOOD, "etc/good": b"good"})])), ("bad", bad)):
        write_layout(folder / name, {name: made})
        references.append(f"oci:{folder / name}")
    run = AuditRun(store, "r1")
    documents.write(store, run.key("images.json"), named_images(references))
    for batch in range(run.plan(Platform()).batches):
        run.fingerprint(batch)
    run.predict(world.model())
    report = run.report()
    summary = documents.read(store, run.key("summary.json"), Summary)
    assert summary.unpublished == ()
    return report, documents.read(store, run.key("findings.json"), AssessedAudit)


def check(report: AuditReport) -> None:
    """Both images are audited, and what is honest in them is found."""
    for one in report.images:
        assert (one.state, one.reason) == ("audited", None)
        found = {release.purl for layer in report.layers_of(one) for release in layer.releases}
        assert any(purl.startswith("pkg:deb/") and "openssl@3.0.11-1" in purl for purl in found)


@pytest.mark.parametrize("name", ADDED)
def test_a_bad_record_costs_itself(store: Store, tmp_path: Path, name: str) -> None:
    files, is_said = ADDED[name]
    report, assessed = audit(store, tmp_path, beside_good(files))
    check(report)
    unread = [one for one in gaps(assessed.images[1].coverage) if one.aspect is Aspect.DATABASES]
    assert bool(unread) == is_said
    assert not [one for one in gaps(assessed.images[0].coverage) if one.aspect is Aspect.DATABASES]


@pytest.mark.parametrize("name", IMAGES)
def test_an_odd_image_is_audited(store: Store, tmp_path: Path, name: str) -> None:
    report, _ = audit(store, tmp_path, IMAGES[name])
    check(report)


@pytest.mark.parametrize("name", ADDED)
def test_no_document_holds_control_characters(store: Store, tmp_path: Path, name: str) -> None:
    audit(store, tmp_path, beside_good(ADDED[name][0]))
    for key in store.list("audits/r1"):
        if key.endswith(".json"):
            texts = [*_texts(msgspec.json.decode(store.get(key)))]
            assert not [text for text in texts if not text.isprintable() and "\x1b" in text]


def layers_of_databases() -> Manifest:
    """Return an image of which each layer's database names other packages."""
    named = (f"Package: p{number}\nVersion: 1" for number in range(3))
    return image([layer_of(GOOD), *(layer_of({f"opt/{one[9:11]}/x": b"x", **status(one)}) for one in named)])


def test_databases_above_the_limits_on_an_image_are_left_out(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_IMAGE_MAX_CLAIMS", "2")
    report, assessed = audit(store, tmp_path, layers_of_databases())
    check(report)
    good, bad = ([one.reason for one in gaps(each.coverage)] for each in assessed.images)
    assert any("raise PRAXI_IMAGE_MAX_RECORDS" in reason for reason in bad)
    assert not any("PRAXI_IMAGE" in reason for reason in good)


def test_an_image_of_more_entries_than_it_may_have_fails_alone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_IMAGE_ENTRY_FLOOR", str(len(GOOD) + 2))
    monkeypatch.setenv("PRAXI_IMAGE_MIN_ENTRY_BYTES", str(1 << 20))
    report, _ = audit(store, tmp_path, layers_of_databases())
    assert [(one.state, one.reason_code) for one in report.images] == [
        ("audited", None),
        ("failed", "limit-exceeded"),
    ]
    assert "PRAXI_IMAGE_MAX_ENTRIES and PRAXI_IMAGE_ENTRY_FLOOR" in (report.images[1].reason or "")


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]

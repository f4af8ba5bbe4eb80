"""``praxi report``: which list is implausibly short is a setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.audit import AuditRun, named_images
from praxi_tasks.cli.report import report
from praxi_tasks.discovery import Model
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents, open_store
from tests.support.images import image, write_layout
from tests.support.packages import BELL, SHOP, TILL


def audited(store: Store, model: Model, day: int, images: list[str], *options: str) -> Scope:
    """Audit some images, as the daily audit of a day, and return what it concluded of its list."""
    run = AuditRun(store, f"r{day}")
    documents.write(store, run.key("images.json"), named_images(images))
    documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))
    interval = f"2026-11-{day:02}T00:00:00+00:00/2026-11-{day + 1:02}T00:00:00+00:00"
    for batch in range(run.plan(Platform(), interval=interval).batches):
        run.fingerprint(batch)
    run.predict(model)
    ended = CliRunner().invoke(report, ["--store", store.uri, "--run", f"r{day}", *options])
    assert ended.exit_code == 0, ended.output
    return documents.read(store, run.key("findings.json"), AssessedAudit).scope


@pytest.mark.parametrize(
    ("options", "whole"),
    [((), False), (("--implausible-share", "0.3"), True), (("--implausible-share", "0"), True)],
)
def test_the_share_that_is_implausible_is_a_setting(
    options: tuple[str, ...], whole: bool, tmp_path: Path, model: Model
) -> None:
    images = {str(number): image([made.layer()]) for number, made in enumerate((SHOP, TILL, BELL))}
    layout, store = write_layout(tmp_path / "layout", images), open_store((tmp_path / "store").as_uri())
    names = [f"oci:{layout}:{name}" for name in images]
    assert not audited(store, model, 1, names, *options).gaps
    second = audited(store, model, 2, names[:1], *options)
    assert (not second.gaps) is whole


@pytest.mark.parametrize("share", ["-0.1", "1.5", "half"])
def test_a_share_that_is_none_is_refused(share: str, tmp_path: Path) -> None:
    ended = CliRunner().invoke(
        report, ["--store", tmp_path.as_uri(), "--run", "r1", "--implausible-share", share]
    )
    assert ended.exit_code == 2
    assert "--implausible-share" in ended.output

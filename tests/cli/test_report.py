"""``praxi report``: which list is implausibly short is a setting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.audit import AuditRun, named_images
from praxi_tasks.cli.report import report
from praxi_tasks.discovery import Model
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.risk_register import RiskRegister, make_terms
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents, keys, open_store
from tests.support.images import image, write_layout
from tests.support.packages import BELL, SHOP, TILL


def audited(store: Store, model: Model, day: int, images: list[str], *options: str) -> AssessedAudit:
    """Audit some images, as the daily audit of a day."""
    run = AuditRun(store, f"r{day}")
    documents.write(store, run.key("images.json"), named_images(images))
    documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))
    interval = f"2026-11-{day:02}T00:00:00+00:00/2026-11-{day + 1:02}T00:00:00+00:00"
    for batch in range(run.plan(Platform(), interval=interval).batches):
        run.fingerprint(batch)
    run.predict(model)
    ended = CliRunner().invoke(report, ["--store", store.uri, "--run", f"r{day}", *options])
    assert ended.exit_code == 0, ended.output
    return documents.read(store, run.key("findings.json"), AssessedAudit)


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
    assert not audited(store, model, 1, names, *options).scope.gaps
    second = audited(store, model, 2, names[:1], *options).scope
    assert (not second.gaps) is whole


def test_an_accepted_risk_is_set_aside_by_name_and_a_damaged_one_counts(tmp_path: Path, model: Model) -> None:
    layout = write_layout(tmp_path / "layout", {"shop": image([SHOP.layer(metadata=False)])})
    store, names = open_store((tmp_path / "store").as_uri()), [f"oci:{layout}:shop"]
    found = audited(store, model, 1, names).images[0].findings
    assert found
    now = datetime.now(UTC)
    fields = {"reason": "r", "owner": "o", "expires": (now.date() + timedelta(9)).isoformat()}
    terms = make_terms({**fields, "finding": found[0].id, "package": found[0].package})
    made = RiskRegister(store).accept(terms, "ann", now)
    store.put(keys.risk_event("0" * 12, 1), b"{}")
    second = audited(store, model, 2, names)
    aside = {each.key: each.ignored.acceptance for each in second.images[0].findings if each.ignored}
    assert aside == {found[0].key: made.id}
    assert "PRAXI-ACCEPTANCE-DAMAGED" in {each.id for each in second.findings}


@pytest.mark.parametrize("share", ["-0.1", "1.5", "half"])
def test_a_share_that_is_none_is_refused(share: str, tmp_path: Path) -> None:
    ended = CliRunner().invoke(
        report, ["--store", tmp_path.as_uri(), "--run", "r1", "--implausible-share", share]
    )
    assert ended.exit_code == 2
    assert "--implausible-share" in ended.output

from __future__ import annotations

import pytest

from praxi_tasks.audit.report import AuditReport, ReportedImage, State
from praxi_tasks.audit.verdict import judge
from praxi_tasks.errors import ExitCode
from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage


def judged(reported: ReportedImage, assessed: AssessedImage) -> tuple[ExitCode, tuple[str, ...]]:
    report = AuditReport(model="m", interval="", images=(reported,), layers=())
    audit = AssessedAudit("r", "2026-11-29T00:00:00+00:00", "", "m", (assessed,))
    verdict = judge(report, audit, Policy())
    return verdict.code, verdict.failed


def test_an_image_that_could_not_be_assessed_was_not_audited() -> None:
    read = ReportedImage("shop/web:1", state=State.AUDITED)
    code, failed = judged(read, AssessedImage("shop/web:1", state="failed", reason="TypeError: boom"))
    assert code is ExitCode.UNSEEN
    assert failed == ("shop/web:1: not audited: TypeError: boom",)


@pytest.mark.parametrize(("retryable", "code"), [(True, ExitCode.TEMPFAIL), (False, ExitCode.UNSEEN)])
def test_an_image_that_could_not_be_read_may_be_worth_another_try(retryable: bool, code: ExitCode) -> None:
    unread = ReportedImage("shop/web:1", state=State.FAILED, reason="down", retryable=retryable)
    assert judged(unread, AssessedImage("shop/web:1", state="failed", reason="down"))[0] is code


def test_what_was_audited_ends_well() -> None:
    assert judged(ReportedImage("a"), AssessedImage("a")) == (ExitCode.OK, ())

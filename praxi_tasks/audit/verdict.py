"""What an audit by hand concludes: its exit code, and a sentence for each reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from praxi_tasks.audit.report import AuditReport, State
from praxi_tasks.errors import ExitCode
from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment import AssessedAudit, told
from praxi_tasks.findings.coverage import gap_message
from praxi_tasks.findings.feeds import is_about_advisories
from praxi_tasks.findings.finding import Finding


class Verdict(msgspec.Struct, frozen=True):
    """How the command ends, and why: one sentence each. ``failed`` are those about images that failed."""

    code: ExitCode
    sentences: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def judge(report: AuditReport, assessed: AssessedAudit, policy: Policy) -> Verdict:
    """Judge an audit by its policy.

    A threshold that is reached comes first, whatever else could not be seen. Then comes what could not be
    audited: an image that failed, a gap that the policy names, advisories that are broken while the policy
    counts vulnerabilities. Where only images failed, and each may succeed another time, it is worth trying
    again. An image that was read and could not be assessed has failed as well.
    """
    reached = [f"policy: {sentence}" for sentence in policy.failures(_findings(assessed, policy))]
    blind = [*_gaps(assessed, policy), *_unjudged(assessed, policy)]
    images = report.with_coverage(assessed).images
    failed = [image for image in images if image.state is State.FAILED]
    reasons = tuple(f"{image.image}: not audited: {image.reason}" for image in failed)
    if reached:
        code = ExitCode.FINAL
    elif blind or any(not image.retryable for image in failed):
        code = ExitCode.UNSEEN
    else:
        code = ExitCode.TEMPFAIL if failed else ExitCode.OK
    return Verdict(code, (*reached, *blind), reasons)


def _findings(assessed: AssessedAudit, policy: Policy) -> Iterator[tuple[Finding, bool]]:
    """Yield all findings and whether they are new; those about the audit itself count as new each time."""
    for one in told(assessed.images):
        yield one.finding, bool(one.among(assessed.new))
    for finding in policy.apply(assessed.findings, "", date.fromisoformat(assessed.at[:10])):
        yield finding, True


def _gaps(assessed: AssessedAudit, policy: Policy) -> Iterator[str]:
    for gap in policy.gaps(assessed.coverage):
        yield f"policy: {gap_message(gap)}"
    for image in assessed.images:
        for gap in () if image.failed else policy.gaps(image.coverage):
            yield f"policy: {image.image}: {gap_message(gap)}"


def _unjudged(assessed: AssessedAudit, policy: Policy) -> Iterator[str]:
    """Yield the advisories that are broken, if the policy has a threshold that counts vulnerabilities."""
    if any(rule.of_vulnerabilities for rule in policy.fail):
        for finding in assessed.findings:
            if finding.kind == "feed" and is_about_advisories(finding.package.removeprefix("feed/")):
                yield f"policy: thresholds can't be judged: {finding.title}"

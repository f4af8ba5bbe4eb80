from __future__ import annotations

import msgspec

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.history import Memory, remember

FLAW = Finding("vulnerable", "CVE-1", "t", "high", package="pypi/flask")
OTHER = Finding("hidden", "PRAXI-HIDDEN", "t", "medium", package="pypi/rich")


def image(name: str, *findings: Finding, state: str = "audited") -> AssessedImage:
    return AssessedImage(image=name, digest=f"sha256:{name}", state=state, findings=findings)


def audit(day: int, *images: AssessedImage) -> AssessedAudit:
    return AssessedAudit(f"run-{day}", f"2026-11-{day:02}T00:00:00Z", "", "m", images)


def sequence(*audits: AssessedAudit) -> tuple[AssessedAudit, Memory]:
    """Compare each audit with the one before and return the last."""
    memory = None
    for item in audits:
        last = with_changes(item, memory)
        memory = remember(last, memory)
    assert memory is not None
    return last, memory


def test_a_first_audit_is_all_new() -> None:
    last, _ = sequence(audit(1, image("a:1", FLAW)))
    assert last.new == {("a:1", FLAW.key)}
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"


def test_a_second_audit_without_change_has_no_news() -> None:
    last, _ = sequence(audit(1, image("a:1", FLAW)), audit(2, image("a:1", FLAW)))
    assert (last.new, last.worse, last.resolved) == (frozenset(), frozenset(), ())
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"


def test_a_new_image_is_news_and_a_removed_one_resolves() -> None:
    first = image("a:1", FLAW)
    last, _ = sequence(audit(1, first), audit(2, first, image("b:1", FLAW)))
    assert last.new == {("b:1", FLAW.key)}
    last, _ = sequence(audit(1, first, image("b:1", FLAW)), audit(2, first))
    assert [(item.image, item.key) for item in last.resolved] == [("b:1", FLAW.key)]


def test_a_rollout_that_changes_nothing_is_no_news() -> None:
    last, _ = sequence(audit(1, image("r/a:1", FLAW, OTHER)), audit(2, image("r/a:2", FLAW)))
    assert not last.new
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"
    assert [item.key for item in last.resolved] == [OTHER.key]


def test_a_graver_severity_is_worse() -> None:
    graver = msgspec.structs.replace(FLAW, severity="critical")
    last, _ = sequence(audit(1, image("a:1", FLAW)), audit(2, image("a:1", graver)))
    assert last.worse == {("a:1", FLAW.key)}


def test_an_image_that_fails_keeps_what_was_known() -> None:
    last, memory = sequence(
        audit(1, image("a:1", FLAW)), audit(2, image("a:1", state="failed")), audit(3, image("a:1", FLAW))
    )
    assert not last.resolved
    assert memory.images["a:1"][FLAW.key].since == "2026-11-01T00:00:00Z"


def test_what_is_set_aside_is_no_news_until_its_rule_expires() -> None:
    ignored = msgspec.structs.replace(FLAW, ignored=Ignored("r", "o", "2026-11-02"))
    last, _ = sequence(audit(1, image("a:1", ignored)))
    assert not last.new
    last, _ = sequence(audit(1, image("a:1", ignored)), audit(3, image("a:1", FLAW)))
    assert last.new == {("a:1", FLAW.key)}

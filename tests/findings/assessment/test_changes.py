from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings import Finding, Ignored, parse_policy
from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.history import Memory, remember
from praxi_tasks.findings.coverage import Aspect, Coverage, CoverageState, partial
from praxi_tasks.findings.scope import ListGap, Scope

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
        memory = remember(last)
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


GAP = Coverage(Aspect.VULNERABILITIES, "pypi", CoverageState.NOT_CHECKED, "the feed is broken", "renew it")


def test_what_was_not_looked_for_is_carried_until_somebody_looks() -> None:
    blind = msgspec.structs.replace(image("a:1"), coverage=(GAP,))
    last, memory = sequence(audit(1, image("a:1", FLAW, OTHER)), audit(2, blind), audit(3, blind))
    assert [one.key for one in last.resolved] == []
    assert [(one.key, one.reason) for one in last.carried] == [(FLAW.key, "the feed is broken")]
    assert memory.images["a:1"].keys() == {FLAW.key}
    last, _ = sequence(audit(1, image("a:1", FLAW)), audit(2, blind), audit(3, image("a:1", FLAW)))
    assert (last.new, last.carried) == (frozenset(), ())
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"
    last, _ = sequence(audit(1, image("a:1", FLAW)), audit(2, blind), audit(3, image("a:1")))
    assert [one.key for one in last.resolved] == [FLAW.key]


def test_a_gap_that_was_there_when_a_finding_was_seen_does_not_keep_it() -> None:
    odd = Coverage(Aspect.DATABASES, "var/lib/rpm/Packages", CoverageState.NOT_CHECKED, "no such form", "see")
    first, second = (
        msgspec.structs.replace(one, coverage=(odd,)) for one in (image("a:1", FLAW), image("a:1"))
    )
    last, _ = sequence(audit(1, first), audit(2, second))
    assert [one.key for one in last.resolved] == [FLAW.key]


def test_an_image_that_is_not_in_a_list_that_is_not_whole_may_still_be_there() -> None:
    lame = msgspec.structs.replace(audit(2), scope=Scope(kind="scheduled", gaps=(ListGap("p"),)))
    last, memory = sequence(audit(1, image("a:1", FLAW)), lame)
    assert not last.resolved
    assert [one.key for one in last.carried] == [FLAW.key]
    assert memory.images["a:1"][FLAW.key].since == "2026-11-01T00:00:00Z"


def test_an_advisory_that_gets_another_name_is_the_same_finding() -> None:
    ghsa = Finding("vulnerable", "GHSA-1", "t", "high", package="pypi/flask")
    cve = msgspec.structs.replace(ghsa, id="CVE-2026-9", aliases=("GHSA-1",))
    last, _ = sequence(audit(1, image("a:1", ghsa)), audit(2, image("a:2", cve)))
    assert (last.new, last.resolved) == (frozenset(), ())
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"
    last, _ = sequence(audit(1, image("a:1", cve)), audit(2, image("a:1", ghsa)))
    assert (last.new, last.resolved) == (frozenset(), ())


def flaw(identifier: str, *aliases: str) -> Finding:
    return Finding("vulnerable", identifier, "t", "high", aliases=aliases, package="deb/curl")


NOTICE = flaw("DSA-1-1")
TOLD = (flaw("CVE-2026-1", "DSA-1-1"), flaw("CVE-2026-2", "DSA-1-1"))


@pytest.mark.parametrize(("before", "after"), [((NOTICE,), TOLD), (TOLD, (NOTICE,)), ((NOTICE,), TOLD[:1])])
def test_a_notice_that_comes_to_name_its_vulnerabilities(
    before: tuple[Finding, ...], after: tuple[Finding, ...]
) -> None:
    last, _ = sequence(audit(1, image("a:1", *before)), audit(2, image("a:2", *after)))
    assert (last.new, last.resolved) == (frozenset(), ())
    assert {one.since for one in last.images[0].findings} == {"2026-11-01T00:00:00Z"}


def test_vulnerabilities_that_a_notice_fixes_are_not_each_other() -> None:
    first, second = TOLD
    last, _ = sequence(audit(1, image("a:1", first)), audit(2, image("a:1", second)))
    assert [one.key for one in last.resolved] == [first.key]
    assert {key for _, key in last.new} == {second.key}


def blind(name: str, aspect: Aspect, subject: str) -> AssessedImage:
    gap = Coverage(aspect, subject, CoverageState.NOT_CHECKED, "blind", "see")
    return msgspec.structs.replace(image(name), coverage=(gap,))


@pytest.mark.parametrize("subject", ["pypi", "all", "layers", "files"])
def test_a_model_that_lost_a_language_hides_only_what_it_alone_showed(subject: str) -> None:
    by_files = Finding("vulnerable", "CVE-2", "t", "high", package=OTHER.package)
    first = audit(1, image("a:1", FLAW, OTHER, by_files))
    last, _ = sequence(first, audit(2, blind("a:1", Aspect.KNOWLEDGE, subject)))
    assert [item.key for item in last.resolved] == [FLAW.key]
    assert {item.key for item in last.carried} == {OTHER.key, by_files.key}
    last, _ = sequence(first, audit(2, blind("a:1", Aspect.KNOWLEDGE, "debian-12")))
    assert last.carried == ()


@pytest.mark.parametrize(
    ("package", "hiding", "other"),
    [
        ("runtime/python", "python 3.15", "debian 13"),
        ("distribution/debian", "debian 14", "python 3.15"),
        ("deb/webkit2gtk", "debian 14", "python 3.15"),
    ],
)
def test_an_end_of_life_is_hidden_by_its_own_subject_only(package: str, hiding: str, other: str) -> None:
    ended = Finding("end-of-life", "PRAXI-END-OF-LIFE", "t", "high", package=package)
    first = audit(1, image("a:1", ended))
    last, _ = sequence(first, audit(2, blind("a:1", Aspect.END_OF_LIFE, hiding)))
    assert [item.key for item in last.carried] == [ended.key]
    last, _ = sequence(first, audit(2, blind("a:1", Aspect.END_OF_LIFE, other)))
    assert [item.key for item in last.resolved] == [ended.key]


def test_a_list_that_became_partial_hides_what_it_lacks_alone() -> None:
    flask = Finding("outdated", "PRAXI-OUTDATED", "t", "low", package="pypi/flask")
    rich = Finding("outdated", "PRAXI-OUTDATED", "t", "low", package="pypi/rich")

    def lacking(*packages: str) -> Coverage:
        return partial(Aspect.OUTDATED, "pypi", f"{len(packages)} of 9 packages", "mirror them", packages)

    def with_gap(day: int, gap: Coverage, *findings: Finding) -> AssessedAudit:
        return audit(day, msgspec.structs.replace(image("a:1", *findings), coverage=(gap,)))

    last, _ = sequence(audit(1, image("a:1", flask, rich)), with_gap(2, lacking("pypi/rich")))
    assert [one.key for one in last.resolved] == [flask.key]
    assert [one.key for one in last.carried] == [rich.key]
    # The gap has the same name as the day before, and is about another package.
    last, _ = sequence(
        with_gap(1, lacking("pypi/x"), flask, rich), with_gap(2, lacking("pypi/x", "pypi/rich"), flask)
    )
    assert [one.key for one in last.carried] == [rich.key]


def test_what_was_set_aside_keeps_its_day_and_is_news_once_it_is_not() -> None:
    aside = msgspec.structs.replace(FLAW, ignored=Ignored("r", "o", "2027-01-01"))
    last, memory = sequence(audit(1, image("a:1", aside)), audit(2, image("a:1", aside)))
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"
    assert not last.new
    last = with_changes(audit(3, image("a:1", FLAW)), memory)
    assert last.new == {("a:1", FLAW.key)}
    assert last.images[0].findings[0].since == "2026-11-01T00:00:00Z"


def test_setting_aside_resolves_nothing_and_neither_does_the_end_of_it() -> None:
    aside = msgspec.structs.replace(FLAW, ignored=Ignored("r", "o", "2027-01-01"))
    last, _ = sequence(audit(1, image("a:1", FLAW)), audit(2, image("a:1", aside)))
    assert (last.resolved, last.carried) == ((), ())
    last, _ = sequence(audit(1, image("a:1", aside)), audit(2, image("a:1")))
    assert (last.resolved, last.carried) == ((), ())


def test_a_model_that_stands_in_keeps_open_what_files_alone_had_shown() -> None:
    by_files = (OTHER, Finding("vulnerable", "CVE-2", "t", "high", package="pypi/rich"))

    def starter(day: int, *findings: Finding) -> AssessedAudit:
        return msgspec.structs.replace(audit(day, image("a:1", *findings)), model_problem="no champion")

    last, _ = sequence(audit(1, image("a:1", FLAW, *by_files)), starter(2))
    assert [one.key for one in last.resolved] == [FLAW.key]
    assert {one.key for one in last.carried} == {one.key for one in by_files}
    assert "no champion" in last.carried[0].reason
    # What it saw itself it can miss as well.
    last, _ = sequence(starter(1, *by_files), starter(2))
    assert {one.key for one in last.resolved} == {one.key for one in by_files}


DEADLINES = parse_policy(b"deadlines: {high: 7d, medium: 2w}")


def dated(*audits: AssessedAudit) -> list[AssessedAudit]:
    """Compare each audit with the one before by a policy with deadlines."""
    memory, found = None, []
    for item in audits:
        found.append(with_changes(item, memory, policy=DEADLINES))
        memory = remember(found[-1])
    return found


def test_a_finding_is_due_by_its_severity_and_overdue_the_day_after() -> None:
    days = dated(*(audit(day, image("a:1", FLAW, OTHER)) for day in (1, 8, 9, 10)))
    flaws = [one.images[0].findings[0] for one in days]
    assert [(one.due, one.overdue) for one in flaws] == [
        ("2026-11-08", day) for day in (False, False, True, True)
    ]
    assert days[0].images[0].findings[1].due == "2026-11-15"
    assert [sorted(one.late) for one in days] == [[], [], [("a:1", FLAW.key)], []]
    assert [bool(one.news) for one in days] == [True, False, True, False]


def test_a_rollout_does_not_move_a_deadline_and_a_graver_severity_does() -> None:
    low = msgspec.structs.replace(FLAW, severity="medium")
    days = dated(
        audit(1, image("r/a:1", low)), audit(9, image("r/a:2", low)), audit(10, image("r/a:2", FLAW))
    )
    found = [one.images[0].findings[0] for one in days]
    assert [(one.due, one.overdue) for one in found] == [
        ("2026-11-15", False),
        ("2026-11-15", False),
        ("2026-11-08", True),
    ]


def test_what_is_set_aside_or_has_no_deadline_is_never_overdue() -> None:
    ignored = msgspec.structs.replace(FLAW, ignored=Ignored("r", "o", "2027-01-01"))
    mild = msgspec.structs.replace(FLAW, id="CVE-2", severity="low")
    last = dated(audit(1, image("a:1", ignored, mild)), audit(20, image("a:1", ignored, mild)))[-1]
    assert [(one.due, one.overdue) for one in last.images[0].findings] == [("", False), ("", False)]
    (again,) = dated(audit(1, image("a:1", ignored)), audit(20, image("a:1", FLAW)))[-1].images[0].findings
    assert again.overdue


def test_what_could_not_be_looked_for_becomes_overdue_all_the_same() -> None:
    failed = image("a:1", state="failed")
    days = dated(audit(1, image("a:1", FLAW)), audit(9, failed), audit(10, image("a:1", FLAW)))
    assert [one.overdue for one in days[1].carried] == [True]
    assert days[2].images[0].findings[0].overdue

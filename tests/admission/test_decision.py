"""What is decided, by audits in a real store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from praxi_tasks.admission import Verdicts, decide, parse_review
from praxi_tasks.findings import Finding, parse_policy
from praxi_tasks.findings.finding import Ignored
from praxi_tasks.store import Store, open_store
from tests.admission.reviews import audit, pod, review
from tests.events.bodies import digest

POLICY = """
fail:
  - severity: critical
  - kinds: [unsafe-model]
"""
TODAY = date(2026, 11, 28)
MILD = Finding(kind="vulnerable", id="CVE-1", title="mild", severity="high")
GRAVE = Finding(kind="vulnerable", id="CVE-2", title="grave", severity="critical")
MODEL = Finding(kind="unsafe-model", id="PRAXI-unsafe-model", title="a pickle", severity="high")
ACCEPTED = msgspec.structs.replace(GRAVE, ignored=Ignored("no input", "team", "2026-12-24"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def verdicts(store: Store, today: date = TODAY) -> Verdicts:
    found = Verdicts(store, parse_policy(POLICY.encode(), "policy.yaml"))
    found.refresh(today)
    return found


def daily(store: Store, images: dict[str, tuple[str, list[Finding]]], day: str = "2026-11-27") -> None:
    audit(store, f"scheduled__{day}T00=3A00=3A00+00=3A00", f"{day}T00:00:00+00:00", images)


@pytest.mark.parametrize(
    ("findings", "allowed"),
    [([], True), ([MILD], True), ([MILD, GRAVE], False), ([MODEL], False), ([ACCEPTED], True)],
)
@pytest.mark.parametrize(
    "named", ["quay.io/shop/web:1", f"quay.io/shop/web@{digest('a')}", f"other.example/x@{digest('a')}"]
)
def test_the_policys_thresholds_deny(
    store: Store, findings: list[Finding], allowed: bool, named: str
) -> None:
    daily(store, {"quay.io/shop/web:1": (digest("a"), findings)})
    decision = decide(parse_review(review("Pod", pod(named))), verdicts(store), "deny")
    assert (decision.allowed, decision.unknown) == (allowed, ())
    assert decision.warnings == ()
    assert allowed or "2026-11-27" in decision.message


def test_an_accepted_risk_that_has_ended_counts_again(store: Store) -> None:
    daily(store, {"a:1": (digest("a"), [ACCEPTED])})
    asked = parse_review(review("Pod", pod("a:1")))
    found = verdicts(store, date(2026, 12, 24))
    assert decide(asked, found, "allow").allowed
    found.refresh(date(2026, 12, 25))
    assert not decide(asked, found, "allow").allowed


def test_an_image_that_nobody_knows_is_warned_of_or_denied(store: Store) -> None:
    daily(store, {"a:1": (digest("a"), [])})
    asked = parse_review(review("Pod", pod("a:1", "new:1", "NOT AN IMAGE")))
    allowed, denied = (decide(asked, verdicts(store), unknown) for unknown in ("allow", "deny"))
    assert (allowed.allowed, denied.allowed) == (True, False)
    assert allowed.unknown == denied.unknown == ("new:1", "NOT AN IMAGE")
    assert len(allowed.warnings) == 2
    assert denied.warnings == ()  # why it is denied is said already


def test_a_denial_says_its_reason_once_and_warns_of_what_is_unknown_beside_it(store: Store) -> None:
    daily(store, {"a:1": (digest("a"), [GRAVE])})
    denied = decide(parse_review(review("Pod", pod("a:1", "new:1"))), verdicts(store), "allow")
    assert denied.message.startswith("a:1: ")
    assert denied.warnings == ("new:1: no audit knows it yet",)


def test_a_failed_image_is_not_known(store: Store) -> None:
    daily(store, {})
    image = {"image": "a:1", "digest": "", "state": "failed", "findings": []}
    from praxi_tasks.store import documents, keys

    documents.write(
        store, keys.run("push__20261128T010000Z", "findings.json"), {"at": "2026-11-28", "images": [image]}
    )
    assert verdicts(store).find("a:1") is None


def test_the_newest_audit_of_an_image_counts(store: Store) -> None:
    daily(store, {"a:1": (digest("a"), [GRAVE])}, "2026-11-26")
    daily(store, {"a:1": (digest("a"), []), "b:1": (digest("b"), [])})
    audit(store, "push__20261128T010000Z", "2026-11-28T01:00:00+00:00", {"b:1": (digest("c"), [GRAVE])})
    audit(store, "push__20261120T010000Z", "2026-11-20T01:00:00+00:00", {"a:1": (digest("a"), [GRAVE])})
    found = verdicts(store)
    assert [bool(verdict.reached) for verdict in map(found.find, ("a:1", "b:1")) if verdict] == [False, True]
    (old,) = [found.find(f"b@{digest('b')}")]
    assert old is not None, "what a tag named before is still known by its digest"
    assert not old.reached


@pytest.mark.parametrize(
    "run",
    [
        "serve-20261128T010000-0123456789abcdef",
        "push__20261128T010000Z",
        "page__20261128T010000Z",
        "manual__2026-11-28T01-00-00+00-00",
    ],
)
def test_an_audit_of_an_image_counts_whoever_asked_for_it(store: Store, run: str) -> None:
    audit(store, run, "2026-11-28T01:00:00+00:00", {"b:1": (digest("c"), [GRAVE])})
    found = verdicts(store).find("b:1")
    assert found is not None
    assert found.reached


def test_audits_that_end_later_are_found_and_a_damaged_one_hides_no_other(store: Store) -> None:
    found = verdicts(store)
    assert found.find("a:1") is None
    daily(store, {"a:1": (digest("a"), [])})
    store.put("audits/push__20261128T020000Z/findings.json", b"{")
    store.put("audits/push__20261128T030000Z/plan.json", b"{}")
    found.refresh(TODAY)
    assert found.find("a:1") is not None

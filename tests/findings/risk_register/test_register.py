from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import ConflictError, CorruptObjectError, KeyNotFoundError, PolicyError
from praxi_tasks.findings import Finding, Policy
from praxi_tasks.findings.policy import parse_policy
from praxi_tasks.findings.risk_register import AcceptedRisks, RiskRegister, Terms, make_terms
from praxi_tasks.store import Store, keys, open_store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = NOW.date()
FLAW = Finding("vulnerable", "CVE-2026-0001", "t", "high", aliases=("PYSEC-1",), package="pypi/flask")
OTHER = Finding("vulnerable", "CVE-2026-0002", "t", "high", package="pypi/jinja2")


def terms(**fields: str) -> Terms:
    given = {"finding": "CVE-2026-0001", "reason": "not reached", "owner": "shop", "expires": "2027-03-01"}
    return make_terms({**given, **fields})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


@pytest.fixture
def register(store: Store) -> RiskRegister:
    return RiskRegister(store)


def judged(risks: AcceptedRisks, at: date = DAY, **where: object) -> list[bool]:
    """Return which of both findings are set aside."""
    image, namespaces = str(where.get("image", "shop/web:1")), where.get("namespaces", ("shop",))
    assert isinstance(namespaces, tuple)
    policy = risks.joined(Policy())
    return [each.ignored is not None for each in policy.apply([FLAW, OTHER], image, at, namespaces)]


def test_an_accepted_risk_is_set_aside_until_its_last_day_and_counts_again(register: RiskRegister) -> None:
    made = register.accept(terms(), "ann", NOW)
    risks = register.read()
    assert risks.acceptances == (made,)
    assert judged(risks) == [True, False]
    assert judged(risks, date(2027, 3, 1)) == [True, False]
    assert judged(risks, date(2027, 3, 2)) == [False, False]
    (told,) = risks.joined(Policy()).expired(date(2027, 3, 2))
    assert (told.id, made.id in told.title) == ("PRAXI-RULE-EXPIRED", True)
    (soon,) = risks.joined(Policy()).expiring(date(2027, 2, 20))
    assert "until 2027-03-01" in soon.title


def test_the_finding_names_the_acceptance(register: RiskRegister) -> None:
    made = register.accept(terms(), "ann", NOW)
    aside = next(register.read().joined(Policy()).apply([FLAW], "i", DAY)).ignored
    assert aside is not None
    assert (aside.acceptance, aside.reason, aside.owner) == (made.id, "not reached", "shop")


@pytest.mark.parametrize(
    ("fields", "aside"),
    [
        ({"finding": "PYSEC-1"}, [True, False]),
        ({"finding": "", "package": "pypi/jinja2"}, [False, True]),
        ({"package": "npm/*"}, [False, False]),
        ({"image": "shop/*"}, [True, False]),
        ({"image": "bank/*"}, [False, False]),
        ({"kind": "outdated"}, [False, False]),
        ({"namespace": "shop"}, [True, False]),
        ({"namespace": "dev-*"}, [False, False]),
    ],
)
def test_an_acceptance_is_about_what_its_terms_name(
    register: RiskRegister, fields: dict[str, str], aside: list[bool]
) -> None:
    register.accept(terms(**fields), "ann", NOW)
    assert judged(register.read()) == aside


@pytest.mark.parametrize("namespaces", [(), ("shop", "bank")])
def test_a_namespace_is_meant_only_where_the_image_runs_nowhere_else(
    register: RiskRegister, namespaces: tuple[str, ...]
) -> None:
    register.accept(terms(namespace="shop"), "ann", NOW)
    assert judged(register.read(), namespaces=namespaces) == [False, False]


def test_the_rules_of_the_policy_come_first(register: RiskRegister) -> None:
    register.accept(terms(), "ann", NOW)
    policy = parse_policy(b"ignore: [{id: CVE-2026-0001, reason: ours, owner: o, expires: 2027-01-01}]")
    aside = next(register.read().joined(policy).apply([FLAW], "i", DAY)).ignored
    assert aside is not None
    assert (aside.reason, aside.acceptance) == ("ours", "")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": ""}, "reason"),
        ({"owner": " "}, "owner"),
        ({"expires": ""}, "expires"),
        ({"expires": "soon"}, "expires"),
        ({"finding": ""}, "name a finding"),
        ({"finding": "*"}, "not a pattern"),
        ({"finding": "CVE-*"}, "not a pattern"),
        ({"finding": "", "package": "pypi/*"}, "without a pattern"),
        ({"finding": "", "package": "[p]ypi/flask"}, "without a pattern"),
        ({"reason": "a\nb"}, "line breaks"),
        ({"owner": "\u202eann"}, "control characters"),
        ({"reason": "x" * 2_001}, "2000"),
        ({"kind": "dire"}, "kind"),
        ({"everything": "yes"}, "everything"),
    ],
)
def test_terms_that_are_none_are_refused(fields: dict[str, str], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        terms(**fields)


@pytest.mark.parametrize("days", [-1, 0, 366, 100_000])
def test_no_risk_is_accepted_for_ever_or_for_the_past(register: RiskRegister, days: int) -> None:
    with pytest.raises(PolicyError, match="365 days at most"):
        register.accept(terms(expires=(DAY + timedelta(days)).isoformat()), "ann", NOW)
    assert register.read() == AcceptedRisks()


def test_the_same_terms_sent_twice_are_one_acceptance(register: RiskRegister) -> None:
    first = register.accept(terms(), "ann", NOW)
    assert register.accept(terms(), "ann", NOW + timedelta(seconds=1)) == first
    register.withdraw(first.id, 1, "fixed", "ann", NOW)
    again = register.accept(terms(), "ann", NOW)
    assert again.id != first.id
    assert judged(register.read()) == [True, False]


def test_the_history_says_who_did_what_and_when(register: RiskRegister) -> None:
    made = register.accept(terms(), "ann", NOW)
    later = NOW + timedelta(1)
    register.renew(made.id, 1, terms(expires="2027-04-01", reason="still not reached"), "bob", later)
    register.withdraw(made.id, 2, "upgraded", "eve", later)
    (found,) = register.read().acceptances
    told = [(event.action, event.by, event.at) for event in found.history]
    assert told == [("accepted", "ann", NOW), ("renewed", "bob", later), ("withdrawn", "eve", later)]
    assert (found.terms.expires, found.history[2].note) == (date(2027, 4, 1), "upgraded")
    assert (found.state(DAY), judged(register.read())) == ("withdrawn", [False, False])


def test_an_expired_acceptance_counts_again_once_it_is_renewed(register: RiskRegister) -> None:
    made = register.accept(terms(expires="2026-12-01"), "ann", NOW)
    after = datetime(2026, 12, 24, tzinfo=UTC)
    assert made.state(after.date()) == "expired"
    assert made.state(date(2026, 11, 25)) == "expiring"
    renewed = register.renew(made.id, 1, terms(expires="2027-06-01"), "ann", after)
    assert renewed.state(after.date()) == "active"


def test_who_did_not_see_the_last_change_changes_nothing(register: RiskRegister, store: Store) -> None:
    made = register.accept(terms(), "ann", NOW)
    RiskRegister(store).renew(made.id, 1, terms(expires="2027-04-01"), "bob", NOW)
    with pytest.raises(ConflictError, match="meanwhile"):
        register.withdraw(made.id, 1, "gone", "ann", NOW)
    register.withdraw(made.id, 2, "gone", "ann", NOW)
    with pytest.raises(ConflictError):
        register.renew(made.id, 3, terms(expires="2027-05-01"), "bob", NOW)


def test_a_renewal_is_about_the_same(register: RiskRegister) -> None:
    made = register.accept(terms(), "ann", NOW)
    with pytest.raises(PolicyError, match="about the same"):
        register.renew(made.id, 1, terms(image="*/web"), "ann", NOW)


@pytest.mark.parametrize("name", ["", "..", "a" * 12, "f" * 13, "x/../../policy", "0" * 12 + "\n"])
def test_an_acceptance_that_is_none_is_not_found(register: RiskRegister, name: str) -> None:
    with pytest.raises(KeyNotFoundError):
        register.get(name)


GOOD = b'{"action":"accepted","by":"a","at":"2026-11-20T00:00:00Z","terms":{"reason":"r","owner":"o",'


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 10_000,
        GOOD + b'"expires":"2027-01-01"}}',  # about everything
        GOOD + b'"expires":"2027-01-01","finding":"CVE-*"}}',
        GOOD + b'"expires":"9999-12-31","finding":"CVE-2026-0001"}}',
        GOOD + b'"expires":"2027-01-01","finding":"CVE-2026-0001","force":true}}',
        b'{"action":"withdrawn","by":"a","at":"2026-11-20T00:00:00Z"}',
        b'{"action":"accepted","by":"a","at":"2026-11-20T00:00:00Z"}',
    ],
)
def test_a_damaged_document_accepts_nothing_and_is_told_of(
    register: RiskRegister, store: Store, document: bytes
) -> None:
    sound = register.accept(terms(finding="", package="pypi/jinja2"), "ann", NOW)
    store.put(keys.risk_event("0" * 12, 1), document)
    risks = RiskRegister(store).read()
    assert [each.id for each in risks.acceptances] == [sound.id]
    assert judged(risks) == [False, True]
    (told,) = risks.findings()
    assert (told.id, told.severity, "0" * 12 in told.title) == ("PRAXI-ACCEPTANCE-DAMAGED", "high", True)
    with pytest.raises(CorruptObjectError):
        register.get("0" * 12)


def test_an_acceptance_with_a_hole_in_its_history_does_not_count(
    register: RiskRegister, store: Store
) -> None:
    made = register.accept(terms(), "ann", NOW)
    register.renew(made.id, 1, terms(expires="2027-04-01"), "ann", NOW)
    register.withdraw(made.id, 2, "gone", "ann", NOW)
    store.delete(keys.risk_event(made.id, 2))
    risks = RiskRegister(store).read()
    assert judged(risks) == [False, False]
    assert "[1, 3]" in risks.damaged[0].problem


def test_what_lies_about_in_the_folder_is_told_of(register: RiskRegister, store: Store) -> None:
    register.accept(terms(), "ann", NOW)
    store.put("risks/notes.txt", b"accept all")
    risks = register.read()
    assert judged(risks) == [True, False]
    assert [each.id for each in risks.damaged] == ["risks/notes.txt"]


@given(st.binary(max_size=300))
def test_no_bytes_accept_what_nobody_accepted(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    store = open_store(tmp_path_factory.mktemp("store").as_uri())
    store.put(keys.risk_event("0" * 12, 1), data)
    assert judged(RiskRegister(store).read()) == [False, False]

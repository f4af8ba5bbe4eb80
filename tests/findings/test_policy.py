from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from praxi_tasks.errors import ExitCode, PolicyError
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.policy import Policy, parse_policy, policy_schema, read_policy

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 20)
FLAW = Finding(
    "vulnerable", "CVE-2026-0001", "t", "high", aliases=("PYSEC-1",), package="pypi/flask", fixed=("2",)
)
WHOLE = """
minimum_severity: low
stale_feed_days: 3
ignore:
  - id: PYSEC-1
    package: pypi/*
    image: registry.example.org/shop/*
    reason: the code path is never reached
    owner: shop team
    expires: 2026-12-31
routes:
  - namespaces: ["shop-*", shop]
    team: shop
    minimum_severity: medium
fail:
  - severity: high
    kinds: [vulnerable]
    count: 2
    fixable: true
"""


def test_the_schema_in_the_docs_is_the_one_that_is_checked() -> None:
    assert (ROOT / "docs/policy.schema.json").read_bytes() == policy_schema()


def test_the_schema_takes_what_the_parser_takes() -> None:
    import yaml

    checker = Draft202012Validator(json.loads(policy_schema()))
    content = json.loads(json.dumps(yaml.safe_load(WHOLE), default=str))
    checker.validate(content)
    assert not checker.is_valid({**content, "ignor": []})
    assert parse_policy(WHOLE.encode()).ignore[0].owner == "shop team"


def test_an_empty_policy_is_the_default() -> None:
    assert parse_policy(b"") == Policy()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("minimum_sevrity: low", "minimum_sevrity"),
        ("minimum_severity: dire", "minimum_severity"),
        ("ignore: [{id: CVE-1, reason: r, owner: o}]", "expires"),
        ("ignore: [{id: CVE-1, owner: o, expires: 2026-01-01}]", "reason"),
        ("ignore: [{id: CVE-1, reason: '', owner: o, expires: 2026-01-01}]", "reason"),
        ("ignore: [{id: CVE-1, reason: r, owner: o, expires: soon}]", "expires"),
        ("fail: [{count: 0}]", "count"),
        ("fail: [{coverage: [smell]}]", "smell"),
        ("fail: [{coverage: []}]", "needs the aspects"),
        ("fail: [{state: not-checked}]", "needs the aspects"),
        ("fail: [{coverage: all, severity: high}]", "a rule of its own"),
        ("fail: [{coverage: all, overdue: true}]", "a rule of its own"),
        ("fail: [{epss: 2}]", "epss"),
        ("ignore_unfixed: maybe", "ignore_unfixed"),
        ("deadlines: {critical: soon}", "deadlines"),
        ("deadlines: {critical: 7m}", "deadlines"),
        ("deadlines: {critical: 0}", "deadlines"),
        ("deadlines: {critical: -1d}", "deadlines"),
        ("deadlines: {dire: 7d}", "dire"),
        ("deadlines: [7d]", "deadlines"),
        ("routes: [{namespaces: [], team: t}]", "namespaces"),
        (
            "ignore: [{id: CVE-1, reason: r, owner: o, expires: 2026-06-31}]",
            "'2026-06-31' is no timestamp.*line 1",
        ),
        ('ignore: [{reason: "\\ud800", owner: o, expires: 2026-01-01}]', "surrogates"),
        ("fail: [{count: 2}]\nignore: []\nfail: [{count: 1}]", "'fail' is here twice.*line 3"),
        ("fail: [{count: 2, count: 1}]", "'count' is here twice"),
        ("fail: [{new: !!bool maybe}]", "'maybe' is no bool"),
        ("fail: [{count: !!int many}]", "'many' is no int"),
        ("fail: [{count: !!timestamp many}]", "'many' is no timestamp"),
        ("!!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: [", "line 1"),
        ("[" * 10_000, "recursion"),
        ("- 1", "array"),
    ],
)
def test_a_wrong_policy_says_where(text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says) as caught:
        parse_policy(text.encode())
    assert caught.value.exit_code == ExitCode.USAGE


def test_what_is_said_once_may_be_meant_twice() -> None:
    policy = parse_policy(b"fail: [&strict {severity: high}, {<<: *strict, severity: low, new: true}]")
    assert [(rule.severity, rule.new) for rule in policy.fail] == [("high", False), ("low", True)]


def test_a_missing_policy_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="No such file"):
        read_policy(tmp_path / "policy.yaml")


def test_a_rule_sets_aside_by_alias_package_and_image_until_its_day() -> None:
    policy = parse_policy(WHOLE.encode())
    image = "registry.example.org/shop/web:1"
    (ignored,) = policy.apply([FLAW], image, date(2026, 12, 31))
    assert ignored.ignored is not None
    assert ignored.ignored.owner == "shop team"
    assert next(policy.apply([FLAW], image, date(2027, 1, 1))).ignored is None
    assert next(policy.apply([FLAW], "registry.example.org/bank/web:1", DAY)).ignored is None


@pytest.mark.parametrize(
    ("at", "told"),
    [("2026-12-16", False), ("2026-12-17", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_rule_tells_two_weeks_before_it_ends(at: str, told: bool) -> None:
    found = list(parse_policy(WHOLE.encode()).expiring(date.fromisoformat(at)))
    assert [finding.id for finding in found] == (["PRAXI-RULE-EXPIRES"] if told else [])


@pytest.mark.parametrize(
    ("rule", "exploited", "epss", "reached"),
    [
        ("exploited: true", True, -1.0, True),
        ("exploited: true", False, 0.9, False),
        ("epss: 0.5", False, 0.5, True),
        ("epss: 0.5", True, 0.4, False),
        ("epss: 0.5", True, -1.0, False),
    ],
)
def test_a_threshold_may_ask_for_exploitation(rule: str, exploited: bool, epss: float, reached: bool) -> None:
    policy = parse_policy(f"fail: [{{{rule}}}]".encode())
    flaw = msgspec.structs.replace(FLAW, exploited=exploited, epss=epss)
    assert bool(policy.failures([(flaw, True)])) is reached


def test_what_nobody_fixed_can_be_left_out() -> None:
    policy = parse_policy(b"ignore_unfixed: true")
    fixed, unfixed = (msgspec.structs.replace(FLAW, fixed=versions) for versions in (("2.0",), ()))
    other = msgspec.structs.replace(FLAW, kind="hidden", fixed=())
    assert list(policy.apply([fixed, unfixed, other], "web:1", DAY)) == [fixed, other]


def test_an_expired_rule_is_a_finding() -> None:
    policy = parse_policy(WHOLE.encode())
    assert not list(policy.expired(date(2026, 12, 31)))
    (found,) = policy.expired(date(2027, 1, 1))
    assert found.action.startswith("shop team")


def test_milder_findings_are_left_out() -> None:
    findings = [Finding("outdated", "x", "t", severity) for severity in ("info", "low", "unknown")]
    assert [item.severity for item in Policy(minimum_severity="low").apply(findings, "i", DAY)] == [
        "low",
        "unknown",
    ]


def test_thresholds_count_what_is_not_set_aside() -> None:
    policy = parse_policy(WHOLE.encode())
    unfixed = Finding("vulnerable", "CVE-2", "t", "critical", package="pypi/x")
    assert not policy.failures([(FLAW, False), (unfixed, False)])
    assert policy.failures([(FLAW, False), (FLAW, False)]) == [
        "2 of vulnerable at high or worse, fixable; the limit is 2"
    ]


def test_a_threshold_on_what_is_new() -> None:
    policy = parse_policy(b"fail: [{new: true}]")
    assert not policy.failures([(FLAW, False)])
    assert policy.failures([(FLAW, True)])


def test_routes_name_the_team_of_a_namespace() -> None:
    policy = parse_policy(WHOLE.encode())
    assert policy.team(["shop-eu"], "high") == "shop"
    assert policy.team(["shop-eu"], "low") == ""
    assert policy.team(["bank"], "high") == ""


def test_deadlines_count_days_or_weeks_from_the_first_sight() -> None:
    policy = parse_policy(b"deadlines: {critical: 7d, high: 30, medium: 2w}")
    since = "2026-12-30T23:59:00+00:00"
    assert [policy.due(severity, since) for severity in ("critical", "high", "medium", "low")] == [
        "2027-01-06",
        "2027-01-29",
        "2027-01-13",
        "",
    ]


def test_conditions_of_a_threshold_are_all_to_be_met_and_told() -> None:
    rule = (
        b"fail: [{kinds: [vulnerable], fixable: true, exploited: true, epss: 0.5, overdue: true, new: true}]"
    )
    policy = parse_policy(rule)
    bad = msgspec.structs.replace(FLAW, exploited=True, epss=0.5, overdue=True)
    assert policy.failures([(bad, True)]) == [
        "1 of vulnerable at info or worse, fixable, new, overdue, exploited, EPSS 0.5 or more; the limit is 1"
    ]
    for fields in (
        {"fixed": ()},
        {"exploited": False},
        {"epss": 0.49},
        {"overdue": False},
        {"kind": "ghost"},
    ):
        assert policy.failures([(msgspec.structs.replace(bad, **fields), True)]) == []
    assert policy.failures([(bad, False)]) == []

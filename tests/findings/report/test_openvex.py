"""OpenVEX documents as its specification (0.2.0) and its JSON schema want them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import jsonschema
import msgspec
import pytest

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import VexStatement
from praxi_tasks.findings.report import to_openvex
from praxi_tasks.findings.vex import ImageNames, Vex, parse_openvex
from tests.findings.audits import AT
from tests.findings.report.test_sboms import FLASK, IMAGE, VECTOR

# What the published schema asks of a document, in a schema of our own.
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
PART = {"@id": {"type": "string", "format": "uri"}, "identifiers": TEXTS, "hashes": TEXTS}
PRODUCT = {**PART, "subcomponents": {"type": "array", "uniqueItems": True, "items": {
    "type": "object", "additionalProperties": False, "properties": PART}}}  # fmt: skip
STATEMENT = {
    "type": "object",
    "required": ["vulnerability", "status"],
    "additionalProperties": False,
    "properties": {
        "vulnerability": {
            "type": "object", "required": ["name"], "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "aliases": {"type": "array", "uniqueItems": True}}},
        "products": {"type": "array", "uniqueItems": True, "items": {
            "type": "object", "additionalProperties": False, "properties": PRODUCT}},
        "status": {"enum": ["not_affected", "affected", "fixed", "under_investigation"]},
        "justification": {"enum": [
            "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"]},
        "status_notes": {"type": "string"},
        "impact_statement": {"type": "string"},
        "action_statement": {"type": "string"},
    },
    "allOf": [
        {"if": {"properties": {"status": {"const": "not_affected"}}},
         "then": {"oneOf": [{"required": ["justification"]}, {"required": ["impact_statement"]}]}},
        {"if": {"properties": {"status": {"const": "affected"}}}, "then": {"required": ["action_statement"]}},
    ],
}  # fmt: skip
SCHEMA = {
    "type": "object",
    "required": ["@context", "@id", "author", "timestamp", "version", "statements"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://openvex.dev/ns/v0.2.0"},
        "@id": {"type": "string", "format": "uri"},
        "author": {"type": "string"},
        "role": {"type": "string"},
        "timestamp": {"type": "string"},
        "version": {"type": "integer", "minimum": 1},
        "tooling": {"type": "string"},
        "statements": {"type": "array", "uniqueItems": True, "minItems": 1, "items": STATEMENT},
    },
}
AUDIT = AssessedAudit("run", AT, "", "m", (IMAGE,))


def document(*findings: Finding, image: AssessedImage = IMAGE) -> dict[str, Any]:
    data = to_openvex(AUDIT, msgspec.structs.replace(image, findings=findings))
    assert data is not None
    found: dict[str, Any] = json.loads(data)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert datetime.fromisoformat(found["timestamp"]).tzinfo is not None
    return found


def flaw(**fields: Any) -> Finding:
    fixed = {"action": "upgrade to 2.0", "aliases": ("GHSA-1",), "score": 7.5, "vector": VECTOR}
    return Finding("vulnerable", "CVE-2026-1", "t", "high", **{"purl": FLASK, **fixed, **fields})


def test_the_image_is_the_product_and_the_package_its_part() -> None:
    (statement,) = document(flaw())["statements"]
    assert statement["vulnerability"] == {"name": "CVE-2026-1", "aliases": ["GHSA-1"]}
    (product,) = statement["products"]
    assert product["@id"] == (
        f"pkg:oci/web@sha256%3A{7:064x}?repository_url=registry.example.org/shop/web&tag=1"
    )
    assert product["hashes"] == {"sha-256": f"{7:064x}"}
    assert [part["@id"] for part in product["subcomponents"]] == [FLASK]


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (flaw(), {"status": "under_investigation", "status_notes": "upgrade to 2.0"}),
        (flaw(action=""), {"status": "under_investigation"}),
        (flaw(ignored=Ignored("ours", "shop", "2027-01-01")),
         {"status": "under_investigation", "status_notes": "ours (shop, until 2027-01-01)"}),
        (flaw(ignored=Ignored("accepted", "shop", "2027-01-01", "exploitable")),
         {"status": "affected", "action_statement": "accepted (shop, until 2027-01-01)"}),
        (flaw(ignored=Ignored("no", "shop", "2027-01-01", "false_positive")),
         {"status": "not_affected", "impact_statement": "no (shop, until 2027-01-01)"}),
        (flaw(ignored=Ignored("no", "shop", "2027-01-01", "not_affected", "code_not_reachable")),
         {"status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
          "status_notes": "no (shop, until 2027-01-01)"}),
        (flaw(ignored=Ignored("no", "Vendor", "", "resolved")),
         {"status": "fixed", "status_notes": "no (Vendor, by OpenVEX)"}),
        (flaw(vex=VexStatement("affected", "V", "d", AT, note="turn it off")),
         {"status": "affected", "action_statement": "turn it off"}),
        (flaw(action="", vex=VexStatement("affected", "V", "d", AT)),
         {"status": "affected", "action_statement": "none is known"}),
    ],
)  # fmt: skip
def test_what_was_decided_is_said(finding: Finding, expected: dict[str, str]) -> None:
    (statement,) = document(finding)["statements"]
    assert {name: statement[name] for name in expected} == expected
    assert set(statement) == {"vulnerability", "products", *expected}


def test_copies_of_a_package_make_one_statement() -> None:
    assert len(document(flaw(), flaw(layer="sha256:1"))["statements"]) == 1


def test_without_vulnerabilities_there_is_no_document() -> None:
    hidden = Finding("hidden", "PRAXI-HIDDEN", "t", "low")
    assert to_openvex(AUDIT, msgspec.structs.replace(IMAGE, findings=(hidden,))) is None


@pytest.mark.parametrize("name", ["oci:some folder/é", "registry.example.org/Web", ""])
def test_an_image_without_a_repository_is_named_all_the_same(name: str) -> None:
    image = msgspec.structs.replace(IMAGE, image=name, digest="")
    assert document(flaw(), image=image)["statements"][0]["products"][0]["@id"].startswith("pkg:oci/")


def test_what_is_written_can_be_applied_again() -> None:
    decided = flaw(ignored=Ignored("no", "shop", "2027-01-01", "not_affected", "code_not_reachable"))
    data = to_openvex(AUDIT, msgspec.structs.replace(IMAGE, findings=(decided,)))
    assert data == to_openvex(AUDIT, msgspec.structs.replace(IMAGE, findings=(decided,)))
    vex = Vex(parse_openvex(data or b"", "x"), date(2026, 12, 1))
    names = ImageNames.of(IMAGE.image, IMAGE.digest, IMAGE.platform)
    (found,) = vex.apply([flaw()], names, IMAGE.components)
    assert found.ignored is not None
    assert found.ignored.justification == "code_not_reachable"

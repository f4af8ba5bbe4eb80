from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.vex import Statement, parse_openvex

IMAGE = "pkg:oci/web@sha256%3Aabc"
STATEMENT: dict[str, Any] = {
    "vulnerability": {"name": "CVE-2026-1", "@id": "https://nvd.example/CVE-2026-1", "aliases": ["GHSA-1"]},
    "products": [{"@id": IMAGE, "identifiers": {"purl": IMAGE}, "hashes": {"sha-256": "ABC"},
                  "subcomponents": [{"@id": "pkg:pypi/flask@1.0"}]}],
    "status": "not_affected",
    "justification": "vulnerable_code_not_present",
    "impact_statement": "it was cut\nout",
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.org/vex-1",
    "author": "Shop",
    "timestamp": "2026-11-01T10:00:00.500000000+02:00",
    "version": 1,
    "statements": [STATEMENT],
}


def parse(**fields: Any) -> tuple[Statement, ...]:
    return parse_openvex(msgspec.json.encode({**DOCUMENT, **fields}), "x.json")


def test_a_statement_is_read_with_all_names() -> None:
    (statement,) = parse()
    assert statement.vulnerabilities == {"cve-2026-1", "ghsa-1"}
    (product,) = statement.products
    assert product.names == {IMAGE, "abc"}
    assert product.parts == {"pkg:pypi/flask@1.0"}
    assert statement.at == datetime(2026, 11, 1, 8, 0, 0, 500000, UTC)
    assert (statement.author, statement.document) == ("Shop", "https://example.org/vex-1")
    assert statement.note == "it was cut out"


def test_a_statements_own_time_counts_before_the_documents() -> None:
    times = {"timestamp": "2026-10-01T00:00:00Z", "last_updated": "2026-10-02T00:00:00Z"}
    (statement,) = parse(statements=[{**STATEMENT, **times}])
    assert statement.at == datetime(2026, 10, 2, tzinfo=UTC)


def test_the_first_form_of_documents_is_read() -> None:
    old = {"vulnerability": "CVE-2026-1", "products": [IMAGE], "subcomponents": ["pkg:pypi/flask"],
           "status": "fixed"}  # fmt: skip
    (statement,) = parse(statements=[old], version="1", **{"@context": "https://openvex.dev/ns"})
    assert statement.vulnerabilities == {"cve-2026-1"}
    assert statement.products[0].parts == {"pkg:pypi/flask"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"@context": "https://cyclonedx.org"}, "@context"),
        ({"author": ""}, "author"),
        ({"timestamp": "2026-11-01T10:00:00"}, "timezone"),
        ({"timestamp": "yesterday"}, "RFC3339"),
        ({"statements": {}}, "statements"),
        ({"statements": [{**STATEMENT, "status": "fine"}]}, "status"),
        ({"statements": [STATEMENT, {**STATEMENT, "vulnerability": {"name": ""}}]}, "statement 2 names no"),
        ({"statements": [{"vulnerability": "CVE-1", "status": "not_affected"}]}, "without justification"),
        ({"statements": [{**STATEMENT, "justification": "because"}]}, "justification"),
        ({"statements": [{**STATEMENT, "products": [{"identifiers": ["x"]}]}]}, "identifiers"),
        ({"author": [[[]]]}, "author"),
    ],
)
def test_what_is_no_document_is_an_error_that_says_where(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message) as caught:
        parse(**fields)
    assert "x.json" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b'{"a":' * 5000, b'{"@context": "\\ud800"}'])
def test_what_is_no_json_object_is_an_error(data: bytes) -> None:
    with pytest.raises(PolicyError):
        parse_openvex(data, "x.json")


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_an_error(data: bytes) -> None:
    for text in (data, msgspec.json.encode(DOCUMENT)[: len(data) * 5] + data):
        try:
            parse_openvex(text, "x.json")
        except PolicyError:
            continue


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_VEX_MAX_IDENTIFIERS", "2")
    with pytest.raises(PolicyError, match="PRAXI_VEX_MAX_IDENTIFIERS"):
        parse()
    monkeypatch.setenv("PRAXI_VEX_MAX_BYTES", "20")
    with pytest.raises(PolicyError, match="PRAXI_VEX_MAX_BYTES"):
        parse()

"""OSV's records as they are, and as some publishers write them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from praxi_tasks.findings.advisories.osv import Record, read_records

PACKAGE = {"ecosystem": "PyPI", "name": "a"}
GOOD: dict[str, Any] = {
    "id": "X-1",
    "affected": [{"package": PACKAGE, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}],
}


def archive(*documents: object) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for number, document in enumerate(documents):
            made.writestr(f"{number}.json", json.dumps(document))
    return data.getvalue()


@pytest.mark.parametrize(
    "more",
    [
        {"database_specific": []},
        {"severity": [{"type": "CVSS_V3", "score": 9.8}]},
        {
            "affected": [
                {"package": PACKAGE, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": 0}]}]}
            ]
        },
        {"affected": [{**GOOD["affected"][0], "ecosystem_specific": "x", "versions": [1.0, 2]}]},
    ],
    ids=str,
)
def test_a_record_with_other_types_than_the_schema_has_is_read(more: dict[str, Any]) -> None:
    (record,) = read_records(archive({**GOOD, **more}), "osv")
    assert isinstance(record, Record)
    (affected,) = record.affected
    assert affected.package is not None
    assert affected.ranges[0].events == [{"introduced": "0"}]
    assert all(isinstance(score.score, str) for score in record.severity)


@pytest.mark.parametrize(
    "document", [7, [], {"id": 7}, {"id": "X", "affected": [7]}, {"id": "X", "severity": 7}]
)
def test_what_is_no_record_is_told(document: object) -> None:
    good, told = read_records(archive(GOOD, document), "osv")
    assert isinstance(good, Record)
    assert isinstance(told, str)
    assert "1.json is no OSV record" in told

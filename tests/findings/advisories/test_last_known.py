from __future__ import annotations

from typing import Any

import pytest

from tests.findings.osv import index, record

NOTE = "last_known_affected_version_range"


def affected(version: str, note: object, *events: dict[str, str], versions: tuple[str, ...] = ()) -> bool:
    advisory: dict[str, Any] = record(
        "GHSA-1", "action", *events, versions=versions, kind="SEMVER", ecosystem="npm"
    )
    advisory["affected"][0]["database_specific"] = {NOTE: note, "source": "https://example.org"}
    return any(index(advisory, ecosystem="npm").find("npm", "action", version))


@pytest.mark.parametrize(
    ("note", "inside", "outside"),
    [("< 3.0.0", "2.27.0", "3.0.0"), ("<= 3.28.2", "3.28.2", "3.28.3"), ("<=3.28.2", "3.28.2", "3.28.3")],
)
def test_an_open_range_ends_where_the_database_knows_no_further(note: str, inside: str, outside: str) -> None:
    since = {"introduced": "2.26.11"}
    assert affected(inside, note, since)
    assert not affected(outside, note, since)
    assert not affected("2.0.0", note, since)


def test_versions_that_were_counted_by_the_open_range_end_with_it() -> None:
    listed = ("2.27.0", "3.0.0", "4.1.0")
    assert affected("2.27.0", "< 3.0.0", {"introduced": "0"}, versions=listed)
    assert not affected("4.1.0", "< 3.0.0", {"introduced": "0"}, versions=listed)


def test_a_range_that_has_an_end_keeps_it() -> None:
    events = {"introduced": "0"}, {"fixed": "1.6.1"}
    assert affected("1.6.0", "<= 1.5.0", *events)
    assert affected("9.0.0", "<= 1.5.0", *events, versions=("9.0.0",))


@pytest.mark.parametrize(
    "note", ["3.0.0", "", "= 3.0.0", "< 1.0, < 2.0", None, 3, {"foo": "bar"}, "no version"]
)
def test_what_is_no_bound_ends_nothing(note: object) -> None:
    assert affected("9.0.0", note, {"introduced": "0"})

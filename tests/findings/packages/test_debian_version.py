"""Debian's versions, compared with dpkg itself."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from praxi_tasks.findings.packages.debian_version import DpkgVersion
from praxi_tasks.findings.packages.version_order import parse_version
from tests.support.tools import need

VERSION = st.from_regex(r"\A([0-9]:)?[0-9][0-9a-zA-Z.+~]{0,6}(-[0-9a-zA-Z.+~]{1,4}){0,2}\Z")


def dpkg(first: str, relation: str, second: str) -> bool:
    done = subprocess.run(["dpkg", "--compare-versions", first, relation, second], check=False)
    return done.returncode == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("0", "00"),
        ("00", "0:0"),
        ("1.0", "1.00"),
        ("1.", "1.0"),
        ("1.0", "1.0-0"),
        ("1-0", "1-00"),
        ("01", "1"),
    ],
)
def test_versions_that_dpkg_holds_for_equal_are(first: str, second: str) -> None:
    one, other = parse_version("deb", first), parse_version("deb", second)
    assert one is not None
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "text",
    ["1.0-", "-", "1-1-", "", " ", ":1", "1:", "a1", "~1", "1_0", "1 0", "x:1", "9999999999:1", "1\n2"],
)
def test_what_dpkg_refuses_or_warns_of_is_no_version(text: str) -> None:
    assert parse_version("deb", text) is None


@pytest.mark.parametrize(
    "text", ["00", "1.0-1", "0", "1:1.0", "1.0--1", "1~", "2:4.13.1-0ubuntu0.16.04.1.1~", " 1.0 "]
)
def test_what_dpkg_takes_is_one(text: str) -> None:
    assert parse_version("deb", text) is not None


def test_numbers_may_be_of_any_length() -> None:
    assert DpkgVersion("1." + "9" * 6000) > DpkgVersion("1." + "9" * 5999)


@settings(max_examples=60, deadline=None)
@given(VERSION, VERSION)
@example("0", "0~")
def test_the_order_is_dpkgs(first: str, second: str) -> None:
    need("dpkg")
    one, other = parse_version("deb", first), parse_version("deb", second)
    assert one is not None
    assert other is not None
    assert (one < other) is dpkg(first, "lt", second)
    assert (one == other) is dpkg(first, "eq", second)
    assert (one > other) is dpkg(first, "gt", second)

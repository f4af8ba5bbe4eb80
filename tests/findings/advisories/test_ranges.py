from __future__ import annotations

import pytest

from tests.findings.osv import between, index, record


def affected(ecosystem: str, namespace: str, events: list[dict[str, str]], version: str) -> bool:
    found = index(record("CVE-2026-0001", "pkg", *events, ecosystem=ecosystem), ecosystem=ecosystem)
    return bool(found.find(namespace, "pkg", version))


CASES: list[tuple[str, str, list[dict[str, str]], str, bool]] = [
    # plain bounds
    ("PyPI", "pypi", between("0", "2.0"), "1.9.9", True),
    ("PyPI", "pypi", between("0", "2.0"), "2.0", False),
    ("PyPI", "pypi", between("0", "2.0"), "2.0.0", False),
    ("PyPI", "pypi", between("1.0", "2.0"), "0.9", False),
    ("PyPI", "pypi", between("1.0", "2.0"), "1.0", True),
    ("PyPI", "pypi", between("1.0"), "99", True),
    ("PyPI", "pypi", between("1.0", "1.5", "2.0", "2.5"), "1.7", False),
    ("PyPI", "pypi", between("1.0", "1.5", "2.0", "2.5"), "2.4", True),
    ("PyPI", "pypi", between("1.0", "2.0", "2.0", "3.0"), "2.0", True),
    ("PyPI", "pypi", between("1.0", "1.0"), "1.0", False),
    ("PyPI", "pypi", [*between("2.0", "2.5"), *between("1.0", "1.5")], "1.2", True),
    # pre-, post- and development releases, epochs
    ("PyPI", "pypi", between("0", "2.0"), "2.0rc1", True),
    ("PyPI", "pypi", between("0", "2.0"), "2.0.post1", False),
    ("PyPI", "pypi", between("0", "2.0.post1"), "2.0", True),
    ("PyPI", "pypi", between("0", "2.0"), "2.0.dev3", True),
    ("PyPI", "pypi", between("0", "2.0"), "1!0.1", False),
    ("PyPI", "pypi", between("1!0", "1!2"), "5.0", False),
    ("PyPI", "pypi", between("1!0", "1!2"), "1!1.0", True),
    ("PyPI", "pypi", between("0", "2.0rc2"), "2.0rc1", True),
    ("PyPI", "pypi", between("0", "2.0rc2"), "2.0", False),
    ("PyPI", "pypi", between("0", "2.0"), "2.0+debian1", False),
    ("PyPI", "pypi", between("0", "2.0"), "1.9+local.1", True),
    # last_affected and limit
    ("PyPI", "pypi", [{"introduced": "0"}, {"last_affected": "2.0"}], "2.0.post1", False),
    ("PyPI", "pypi", [{"introduced": "1.0"}, {"last_affected": "1.4"}], "1.4", True),
    ("PyPI", "pypi", [{"introduced": "1.0"}, {"last_affected": "1.4"}], "1.4.0", True),
    ("PyPI", "pypi", [{"introduced": "1.0"}, {"last_affected": "1.4"}], "1.4.1", False),
    ("PyPI", "pypi", [{"introduced": "0"}, {"limit": "2.0"}], "1.9", True),
    ("PyPI", "pypi", [{"introduced": "0"}, {"limit": "2.0"}], "2.0", False),
    ("PyPI", "pypi", [{"introduced": "0"}, {"limit": "*"}], "99", True),
    # Debian: epochs, tildes, revisions, point-release suffixes
    ("Debian:12", "debian-12", between("0", "1:1.2-3"), "9.9-1", True),
    ("Debian:12", "debian-12", between("0", "1.2-3"), "1:0.1-1", False),
    ("Debian:12", "debian-12", between("0", "1.2"), "1.2~rc1-1", True),
    ("Debian:12", "debian-12", between("0", "1.2~rc2-1"), "1.2-1", False),
    ("Debian:12", "debian-12", between("0", "2.36-9+deb12u10"), "2.36-9+deb12u9", True),
    ("Debian:12", "debian-12", between("0", "2.36-9+deb12u9"), "2.36-9+deb12u10", False),
    ("Debian:12", "debian-12", between("0", "0:1.2-3"), "1.2-3", False),
    ("Debian:12", "debian-11", between("0", "9"), "1", False),
    ("Debian:12", "debian-12", between("0", "1.2-1~deb12u1"), "1.2-1", False),
    ("Debian:12", "debian-12", between("0", "1.2-1"), "1.2-1+b1", False),
    ("Debian:12", "debian-12", between("0"), "99:1", True),
    ("Ubuntu:22.04:LTS", "ubuntu-22.04", between("0", "1.2-1ubuntu0.10"), "1.2-1ubuntu0.9", True),
    # Alpine: suffixes and build revisions
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.3-r10"), "1.2.3-r9", True),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.3-r0"), "1.2.3_rc1-r4", True),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.3-r0"), "1.2.3_p1-r0", False),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.4_git20230717-r5"), "1.2.4_git20230717-r4", True),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.4_git20230717-r5"), "1.2.4-r9", True),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.4_git20230717-r5"), "1.2.5-r0", False),
    ("Alpine:v3.20", "alpine-3.20", between("0", "1.2.3a-r0"), "1.2.3-r5", True),
    ("Alpine:v3.20", "alpine-3.20", [{"introduced": "0"}, {"last_affected": "1.2.3-r1"}], "1.2.3-r2", False),
    # RPM: epochs, tildes, carets
    ("Rocky Linux:9", "rocky-9", between("0", "1.0^1-1.el9"), "1.0-1.el9", True),
    ("Rocky Linux:9", "rocky-9", between("0", "1.0-1.el9"), "1.0^1-1.el9", False),
    ("Rocky Linux:9", "rocky-9", between("0", "0:1.0-1.el9"), "1.0-1.el9", False),
    ("Red Hat:enterprise_linux:9::baseos", "rhel-9", between("0", "0:3.0.7-27.el9"), "3.0.7-25.el9_3", True),
    ("openSUSE:Leap 15.6", "opensuse-leap-15.6", between("0", "1-150600.2.10"), "1-150600.2.9", True),
    ("Rocky Linux:9", "rocky-9", between("0", "1:1.0-1.el9"), "2.0-1.el9", True),
    ("Rocky Linux:9", "rocky-9", between("0", "1.0-1.el9"), "1.0~rc1-1.el9", True),
    ("AlmaLinux:9", "almalinux-9", between("0", "1.0-1.el9_9"), "1.0-1.el9_10", False),
    # npm: pre-releases and build metadata
    ("npm", "npm", between("0", "2.0.0"), "2.0.0-rc.1", True),
    ("npm", "npm", between("0", "2.0.0"), "2.0.0+build.5", False),
    ("npm", "npm", between("4.0.0", "4.17.21"), "4.17.4", True),
    # a component's version that no rule can read
    ("PyPI", "pypi", between("0", "2.0"), "not a version", False),
]  # fmt: skip


@pytest.mark.parametrize(("ecosystem", "namespace", "events", "version", "expected"), CASES)
def test_edges_of_ranges(
    ecosystem: str, namespace: str, events: list[dict[str, str]], version: str, expected: bool
) -> None:
    assert affected(ecosystem, namespace, events, version) is expected


def test_commit_ranges_say_nothing() -> None:
    assert not index(record("PYSEC-1", "pkg", *between("0", "9"), kind="GIT")).find("pypi", "pkg", "1.0")


def test_a_listed_version_is_affected_even_if_no_range_names_it() -> None:
    found = index(record("PYSEC-1", "pkg", *between("0", "2.0"), versions=["1.0", "2.5", "nightly"]))
    assert found.find("pypi", "pkg", "2.5")
    assert found.find("pypi", "pkg", "nightly")
    assert not found.find("pypi", "pkg", "2.6")


@pytest.mark.parametrize(
    ("installed", "fixed"), [("1.1", ("1.4", "2.3", "3.1")), ("2.0", ("2.3", "3.1")), ("3.0", ("3.1",))]
)
def test_every_branch_names_its_own_fix_the_nearest_first(installed: str, fixed: tuple[str, ...]) -> None:
    found = index(record("X-1", "pkg", *between("1.0", "1.4", "2.0", "2.3", "3.0", "3.1")))
    assert found.find("pypi", "pkg", installed)[0].fixed == fixed


def test_a_fix_that_is_listed_as_affected_is_none() -> None:
    found = index(record("X-1", "pkg", *between("0", "2.0", "2.0.1", "2.1"), versions=["2.0.0"]))
    assert found.find("pypi", "pkg", "1.0")[0].fixed == ("2.1",)


@pytest.mark.parametrize(
    ("events", "versions", "installed", "expected"),
    [
        ([{"introduced": "0"}, {"last_affected": "2.1.0"}], [], "2.1.0+cpu", True),
        (between("0", "2.1.0"), [], "2.1.0+cpu", False),
        (between("2.1.0", "2.2"), [], "2.1.0+cpu", True),
        (between("0", "2.1.0+patched"), [], "2.1.0", True),
        (between("0", "2.1.0+patched"), [], "2.1.0+patched", False),
        ([], ["0.16.0"], "0.16.0+cpu", True),
        ([], ["0.16.0+cu118"], "0.16.0+cpu", False),
        ([], ["2.0.0"], "2.0", True),
        ([], ["1.0rc1"], "1.0.rc1", True),
        ([], ["1.0.post1"], "1.0-1", True),
        ([], ["1.0"], "1.0.1", False),
    ],
)
def test_spellings_and_local_parts_of_python_versions(
    events: list[dict[str, str]], versions: list[str], installed: str, expected: bool
) -> None:
    found = index(record("X-1", "pkg", *events, versions=versions))
    assert bool(found.find("pypi", "pkg", installed)) is expected


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "1.0"}, {"fixed": "no version"}], ["1.0", "99"], ["0.9"]),
        ([{"introduced": "no version"}, {"fixed": "2.0"}], ["0.1", "1.9"], ["2.0"]),
        ([{"fixed": "2.0"}], ["0.1", "1.9"], ["2.0"]),
        ([*between("0", "1.0"), {"introduced": ""}, *between("2.0", "3.0")], ["0.5", "2.5"], ["1.5", "3.0"]),
        ([*between("0", "1.0"), {"invented": "1.5"}], ["0.5"], ["1.0", "1.6"]),
    ],
)
def test_a_bad_event_is_named_and_the_rest_of_its_range_counts(
    events: list[dict[str, str]], inside: list[str], outside: list[str]
) -> None:
    found = index(record("BAD-1", "pkg", *events), record("GOOD-1", "pkg", *between("0", "999")))
    for version in (*inside, *outside):
        hits = {hit.advisory.id for hit in found.find("pypi", "pkg", version)}
        assert hits == ({"BAD-1", "GOOD-1"} if version in inside else {"GOOD-1"}), version
    assert found.problems[0].startswith("BAD-1 on pkg: ")


def test_two_events_written_as_one_are_two() -> None:
    found = index(record("X-1", "pkg", {"introduced": "0", "fixed": "1"}))
    assert found.find("pypi", "pkg", "0.9")
    assert not found.find("pypi", "pkg", "1.0")
    assert not found.problems

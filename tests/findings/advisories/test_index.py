from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.advisories import index_builder
from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.advisories.osv import Range
from praxi_tasks.findings.advisories.ranges import Boundaries, Evaluated, evaluate
from tests.findings.osv import advisories_in, archive, index, literally, record


def between(*bounds: str) -> list[dict[str, str]]:
    """Make alternating introduced and fixed events."""
    return [{("introduced", "fixed")[n % 2]: version} for n, version in enumerate(bounds)]


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


def test_withdrawn_advisories_say_nothing() -> None:
    gone = record("PYSEC-1", "pkg", *between("0", "9"), withdrawn="2026-01-01T00:00:00Z")
    assert not index(gone).find("pypi", "pkg", "1.0")


def test_commit_ranges_say_nothing() -> None:
    assert not index(record("PYSEC-1", "pkg", *between("0", "9"), kind="GIT")).find("pypi", "pkg", "1.0")


def test_a_listed_version_is_affected_even_if_no_range_names_it() -> None:
    found = index(record("PYSEC-1", "pkg", *between("0", "2.0"), versions=["1.0", "2.5", "nightly"]))
    assert found.find("pypi", "pkg", "2.5")
    assert found.find("pypi", "pkg", "nightly")
    assert not found.find("pypi", "pkg", "2.6")


def test_names_of_one_vulnerability_are_one_hit_and_the_cve_comes_first() -> None:
    found = index(
        record("PYSEC-2026-1", "pkg", *between("0", "2.0"), aliases=["CVE-2026-0001"]),
        record("GHSA-aaaa-bbbb-cccc", "pkg", *between("0", "1.5"), aliases=["CVE-2026-0001"]),
    )
    (hit,) = found.find("pypi", "pkg", "1.0")
    assert hit.advisory.id == "CVE-2026-0001"
    assert hit.advisory.aliases == ("GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1")
    assert hit.fixed == ("2.0",), "1.5 is a version that the other record covers"
    assert found.find("pypi", "pkg", "1.7")[0].fixed == ("2.0",)


@pytest.mark.parametrize(
    ("installed", "fixed"), [("1.1", ("1.4", "2.3", "3.1")), ("2.0", ("2.3", "3.1")), ("3.0", ("3.1",))]
)
def test_every_branch_names_its_own_fix_the_nearest_first(installed: str, fixed: tuple[str, ...]) -> None:
    found = index(record("X-1", "pkg", *between("1.0", "1.4", "2.0", "2.3", "3.0", "3.1")))
    assert found.find("pypi", "pkg", installed)[0].fixed == fixed


def test_a_fix_that_is_listed_as_affected_is_none() -> None:
    found = index(record("X-1", "pkg", *between("0", "2.0", "2.0.1", "2.1"), versions=["2.0.0"]))
    assert found.find("pypi", "pkg", "1.0")[0].fixed == ("2.1",)


def test_two_vulnerabilities_with_a_name_in_common_stay_two() -> None:
    found = index(
        record(
            "GHSA-aaaa-bbbb-cccc", "pkg", *between("0", "3.0"), aliases=["CVE-2026-0001", "CVE-2026-0002"]
        ),
        record("PYSEC-1", "pkg", *between("0", "2.0"), aliases=["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"]),
        record("PYSEC-2", "pkg", *between("0", "9.0"), aliases=["CVE-2026-0002", "GHSA-aaaa-bbbb-cccc"]),
    )
    fixes = {hit.advisory.id: hit.fixed for hit in found.find("pypi", "pkg", "1.0")}
    assert fixes == {"CVE-2026-0001": ("2.0",), "CVE-2026-0002": ("9.0",)}


def test_a_distributions_record_carries_its_cve() -> None:
    found = index(
        record("DEBIAN-CVE-2026-0002", "openssl", *between("0", "3-1"), ecosystem="Debian:12",
               upstream=["CVE-2026-0002"]),
        ecosystem="Debian",
    )  # fmt: skip
    (hit,) = found.find("debian-12", "openssl", "2-1")
    assert (hit.advisory.id, hit.advisory.aliases) == ("CVE-2026-0002", ("DEBIAN-CVE-2026-0002",))


def test_a_notice_beside_its_vulnerabilities_is_no_finding_of_its_own() -> None:
    notice = record("DSA-1-1", "pkg", *between("0", "3"), ecosystem="Debian:12",
                    aliases=["CVE-2026-0001", "CVE-2026-0002"])  # fmt: skip
    single = record("DEBIAN-CVE-2026-0001", "pkg", *between("0", "2"), ecosystem="Debian:12")
    hits = index(notice, single, ecosystem="Debian").find("debian-12", "pkg", "1")
    assert {hit.advisory.id: hit.fixed for hit in hits} == {"CVE-2026-0001": ("2",), "CVE-2026-0002": ("3",)}
    assert all("DSA-1-1" in hit.advisory.aliases for hit in hits)


@pytest.mark.parametrize("field", ["aliases", "upstream", "related"])
def test_a_notice_is_known_by_the_one_vulnerability_it_names(field: str) -> None:
    found = index(
        record("ALSA-2026:1", "glibc", *between("0", "2.34-60.el9_2.7"), ecosystem="AlmaLinux:9",
               **{"summary": "Important: glibc security update", field: ["CVE-2026-0001"]}),  # type: ignore[arg-type]
        ecosystem="AlmaLinux",
    )  # fmt: skip
    (hit,) = found.find("almalinux-9", "glibc", "2.34-60.el9")
    assert (hit.advisory.id, hit.advisory.aliases) == ("CVE-2026-0001", ("ALSA-2026:1",))
    assert hit.advisory.severity == "high"


@pytest.mark.parametrize("name", ["", " ", "x" * 200, "A\n1", "A|1"])
def test_what_is_no_name_names_no_advisory(name: str) -> None:
    events = between("0")
    found = index(
        record("A-1", "one", *events, aliases=[name]),
        record("B-1", "other", *events, aliases=[name]),
        {**record("C-1", "third", *events), "id": name, "summary": "it can be told"},
    )
    (hit,) = found.find("pypi", "one", "1")
    assert (hit.advisory.id, hit.advisory.aliases) == ("A-1", ())
    assert not found.find("pypi", "third", "1")
    (problem,) = found.problems
    assert "is no name" in problem


@pytest.mark.parametrize("field", ["related", "upstream", "aliases"])
def test_a_notice_may_name_the_distributions_records(field: str) -> None:
    names = ["UBUNTU-CVE-2026-1000", "UBUNTU-CVE-2026-1001", "CVE-2026-1001"]
    notice = record("USN-1-1", "pkg", *between("0", "2"), ecosystem="Ubuntu:24.04:LTS")
    found = index(
        {**notice, field: names},
        record("UBUNTU-CVE-2026-1000", "pkg", *between("0", "2"), ecosystem="Ubuntu:24.04:LTS"),
        ecosystem="Ubuntu",
    )
    hits = found.find("ubuntu-24.04", "pkg", "1")
    assert [hit.advisory.id for hit in hits] == ["CVE-2026-1000", "CVE-2026-1001"]
    assert all("USN-1-1" in hit.advisory.aliases for hit in hits)


def test_a_record_of_many_vulnerabilities_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Range] = []

    def counted(part: Range, boundaries: Boundaries) -> Evaluated:
        read.append(part)
        return evaluate(part, boundaries)

    monkeypatch.setattr(index_builder, "evaluate", counted)
    names = [f"CVE-2026-{1000 + n}" for n in range(50)]
    found = index(
        record("DSA-1-1", "pkg", *between("0", "2"), ecosystem="Debian:12", related=names), ecosystem="Debian"
    )
    assert [hit.advisory.id for hit in found.find("debian-12", "pkg", "1")] == names
    assert len(read) == 1


def test_a_record_of_too_many_vulnerabilities_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(index_builder.SETTING, "100")
    names = [f"CVE-2026-{1000 + n}" for n in range(50)]
    found = index(
        record("DSA-1-1", "pkg", *between("0", "2"), ecosystem="Debian:12", related=names), ecosystem="Debian"
    )
    assert [hit.advisory.id for hit in found.find("debian-12", "pkg", "1")] == ["DSA-1-1"]
    (problem,) = found.problems
    assert problem.startswith("DSA-1-1 names 50 vulnerabilities for 3 packages, events and versions")


def test_a_notice_of_more_streams_than_there_are_is_about_each() -> None:
    summary = " ".join(f"m{n}:1" for n in range(100))
    found = index(
        record(
            "RLSA-1",
            "pkg",
            *between("0", "2-1.module"),
            ecosystem="Rocky Linux:9",
            related=["CVE-2026-1000"],
            summary=summary,
        ),
        ecosystem="Rocky Linux",
    )
    assert found.find("rocky-9", "pkg *", "1-1.module")
    assert not found.find("rocky-9", "pkg m1:1", "1-1.module")


@pytest.mark.parametrize("identifier", ["ALBA-2026:1", "ALEA-2026:1", "RHBA-2026:1", "RLEA-2026:1"])
def test_a_notice_of_errors_tells_of_a_vulnerability_only_where_it_names_one(identifier: str) -> None:
    def found(**fields: Any) -> int:
        notice = record(identifier, "tzdata", *between("0", "9"), ecosystem="AlmaLinux:9", **fields)
        return len(index(notice, ecosystem="AlmaLinux").find("almalinux-9", "tzdata", "1"))

    assert found() == 0
    assert found(related=["CVE-2026-0001"]) == 1
    assert found(related=["CVE-2026-0001", "CVE-2026-0002"]) == 2


def test_fixes_of_other_products_say_nothing_about_the_distribution() -> None:
    for product in ("ceph_storage:8::el9", "rhel_eus:9.2::baseos", "openshift:4.12::el9", "rhel_els:7"):
        found = index(
            record("RHSA-1", "pkg", *between("0", "9"), ecosystem=f"Red Hat:{product}"), ecosystem="Red Hat"
        )
        for release in range(1, 11):
            assert not found.find(f"rhel-{release}", "pkg", "1"), product


def test_the_rolling_opensuse_is_no_release_of_leap() -> None:
    found = index(
        record("X-1", "pkg", *between("0", "9"), ecosystem="openSUSE:Tumbleweed"), ecosystem="openSUSE"
    )
    assert found.find("opensuse-tumbleweed", "pkg", "1")


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


def test_severity_comes_from_the_vector_else_from_the_word() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    found = index(
        record("A-1", "pkg", *between("0", "9"), severity=[{"type": "CVSS_V3", "score": vector}]),
        record("B-1", "pkg", *between("0", "9"), database_specific={"severity": "MODERATE"}),
        record("C-1", "pkg", *between("0", "9")),
        record("D-1", "pkg", *between("0", "9"), database_specific={"source": "https://example.org"}),
        record("E-1", "pkg", *between("0", "9"), database_specific={"severity": None}),
    )
    rated = {
        hit.advisory.id: (hit.advisory.severity, hit.advisory.score) for hit in found.find("pypi", "pkg", "1")
    }
    unrated = dict.fromkeys(("C-1", "D-1", "E-1"), ("unknown", -1.0))
    assert rated == {"A-1": ("critical", 9.8), "B-1": ("medium", -1.0), **unrated}


def test_exploitation_is_joined_by_cve() -> None:
    kev = json.dumps({"vulnerabilities": [{"cveID": "CVE-2026-0001", "vendorProject": "x"}]}).encode()
    epss = b"#model_version:v4,score_date:2026-11-20\ncve,epss,percentile\nCVE-2026-0001,0.93,0.99\n"
    found = build_index(
        {
            "kev/known_exploited_vulnerabilities.json": kev,
            "epss/epss_scores-current.csv": epss,
            "osv/PyPI/all.zip": archive(
                record("PYSEC-1", "pkg", *between("0", "9"), aliases=["CVE-2026-0001"])
            ),
        }
    )
    (hit,) = found.find("pypi", "pkg", "1")
    assert (hit.advisory.exploited, hit.advisory.epss) == (True, 0.93)


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


def test_what_is_no_record_is_named() -> None:
    found = index({"id": "X", "affected": "everything"}, record("GOOD-1", "pkg", *between("0", "9")))
    assert "X.json is no OSV record" in found.problems[0]
    assert found.find("pypi", "pkg", "1")


def test_a_record_of_too_many_versions_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_ADVISORY_MAX_VERSIONS", "4")
    listed = record("BAD-1", "pkg", *between("0", "9"))
    listed["affected"][0]["versions"] = ["1", "2", "3"]
    found = index(listed, record("GOOD-1", "pkg", *between("0", "9")))
    (problem,) = found.problems
    assert "BAD-1.json names 5 versions: raise PRAXI_ADVISORY_MAX_VERSIONS" in problem
    assert [hit.advisory.id for hit in found.find("pypi", "pkg", "1")] == ["GOOD-1"]


@pytest.mark.parametrize("damage", [b'"\xff"', b'"x", "database_specific": {"a": ' + b"[" * 10_000])
def test_a_record_that_is_no_text_or_endless_is_named(damage: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("BAD-1.json", b'{"id": ' + damage + b"}")
        members.writestr("GOOD-1.json", json.dumps(record("GOOD-1", "pkg", *between("0", "9"))))
    found = build_index({"osv/PyPI/all.zip": packed.getvalue()})
    assert found.find("pypi", "pkg", "1")
    assert [problem.split(" ")[1] for problem in found.problems] == ["BAD-1.json"]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@given(places=st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_damaged_archive_of_any_method_spares_the_other_feeds(
    method: int, places: list[tuple[int, int]]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as members:
        members.writestr("X-1.json", json.dumps(record("X-1", "pkg", *between("0", "9"))))
    damaged = bytearray(packed.getvalue())
    for place, value in places:
        damaged[place % len(damaged)] = value
    whole = archive(record("GOOD-1", "pkg", *between("0", "9")))
    found = build_index({"osv/PyPI/all.zip": whole, "osv/npm/all.zip": bytes(damaged)})
    assert found.find("pypi", "pkg", "1")


@pytest.mark.parametrize("feed", [b'{"vulnerabilities": [{"cveID": "\xff"}]}', b"[" * 10_000, b"{}"])
def test_a_damaged_list_of_exploited_flaws_is_a_problem(feed: bytes) -> None:
    found = build_index({"kev/known_exploited_vulnerabilities.json": feed})
    assert [problem.name for problem in found.broken] == ["kev/known_exploited_vulnerabilities.json"]


@pytest.mark.parametrize("probability", ["nan", "inf", "-0.1", "2", "high", ""])
def test_what_is_no_probability_is_a_problem(probability: str) -> None:
    feed = f"#model\ncve,epss,percentile\nCVE-2026-1,{probability},0.5\n"
    found = build_index({"epss/epss_scores-current.csv": feed.encode()})
    assert [problem.name for problem in found.broken] == ["epss/epss_scores-current.csv"]


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_truncated_archive_is_a_problem_and_other_feeds_count(cut: int) -> None:
    whole = archive(record("GOOD-1", "pkg", *between("0", "9")))
    found = build_index({"osv/PyPI/all.zip": whole, "osv/npm/all.zip": whole[:cut]})
    assert found.find("pypi", "pkg", "1")
    assert found.broken[0].name == "osv/npm/all.zip"


def test_an_unknown_ecosystem_is_named() -> None:
    found = build_index({"osv/Plan 9/all.zip": archive(record("X-1", "pkg", *between("0", "9")))})
    assert "no ecosystem Plan 9" in found.problems[0]


def test_an_index_survives_the_store_and_damage_is_an_error() -> None:
    stored = index(record("GOOD-1", "pkg", *between("0", "9"))).to_bytes()
    assert AdvisoryIndex.from_bytes(stored).find("pypi", "pkg", "1")
    for damaged in (stored[:-5], b"", stored[:20] + bytes(20)):
        with pytest.raises(CorruptObjectError):
            AdvisoryIndex.from_bytes(damaged)


def test_real_advisories_agree_with_the_specification_readliterally(praxi_data: Path) -> None:
    """Evaluate every advisory on its package's listed versions, one event after another."""
    found = build_index({"osv/PyPI/all.zip": (praxi_data / "osv-pypi-all.zip").read_bytes()})
    compared = 0
    for advisory in advisories_in(praxi_data / "osv-pypi-all.zip"):
        for entry in advisory["affected"]:
            name = canonicalize_name(entry["package"]["name"])
            for version in entry.get("versions", [])[::7] or ["1.0"]:
                hits = found.find("pypi", name, version)
                named = any(advisory["id"] in {h.advisory.id, *h.advisory.aliases} for h in hits)
                expected = "withdrawn" not in advisory and literally(entry, version)
                assert named or not expected, (advisory["id"], version)
                compared += expected
    assert compared > 10_000


def test_real_advisories_do_not_reach_beyond_their_ranges(praxi_data: Path) -> None:
    found = build_index({"osv/PyPI/all.zip": (praxi_data / "osv-pypi-all.zip").read_bytes()})
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for advisory in advisories_in(praxi_data / "osv-pypi-all.zip"):
        for entry in advisory["affected"] if "withdrawn" not in advisory else ():
            for alias in (advisory["id"], *advisory.get("aliases", [])):
                groups.setdefault((alias, canonicalize_name(entry["package"]["name"])), []).append(entry)
    checked = 0
    for name in ("django", "pillow", "ansible", "tensorflow", "salt", "plone", "apache-airflow"):
        for version in ("1.0", "1.8.2rc1", "2.2.27", "3.2", "4.0.post1", "5.1.2", "9.1.0", "99"):
            for hit in found.find("pypi", name, version):
                entries = groups[hit.advisory.id, name]
                assert any(literally(entry, version) for entry in entries), (hit, version)
                checked += 1
    assert checked > 100


def test_the_fix_that_is_offered_is_the_nearest_that_nothing_covers(praxi_data: Path) -> None:
    """Every hit on real advisories: its fixes against all records of the vulnerability, read literally."""
    found = build_index({"osv/PyPI/all.zip": (praxi_data / "osv-pypi-all.zip").read_bytes()})
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    installed: dict[str, set[str]] = {}
    name: str
    for advisory in advisories_in(praxi_data / "osv-pypi-all.zip"):
        for entry in advisory["affected"] if "withdrawn" not in advisory else ():
            name = canonicalize_name(entry["package"]["name"])
            said.setdefault((advisory["id"], name), []).append(entry)
            installed.setdefault(name, set()).update(entry.get("versions", [])[::40])
    checked = 0
    for name, versions in installed.items():
        for version in filter(is_version, versions):
            for hit in found.find("pypi", name, version):
                names = (hit.advisory.id, *hit.advisory.aliases)
                entries = [entry for one in names for entry in said.get((one, name), ())]
                assert _nearest_fixes(entries, version) == list(map(Version, hit.fixed)), (hit, version)
                checked += 1
    assert checked > 2_000


def is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _nearest_fixes(entries: list[dict[str, Any]], version: str) -> list[Version]:
    named = {
        event["fixed"]
        for entry in entries
        for part in entry.get("ranges", ())
        if part["type"] == "ECOSYSTEM"
        for event in part["events"]
        if "fixed" in event and is_version(event["fixed"])
    }
    later = sorted({Version(text) for text in named if Version(text) > Version(version)})
    return [fix for fix in later if not any(literally(entry, str(fix)) for entry in entries)]


def test_versions_between_the_same_bounds_are_matched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = index(*(record(f"CVE-{n}", "pkg", *between("0", f"{n}.0")) for n in range(1, 20)))
    matched = []
    real = AdvisoryIndex._affecting

    def counted(*given: Any) -> Any:
        matched.append(given)
        return real(*given)

    monkeypatch.setattr(AdvisoryIndex, "_affecting", counted)
    counts = [len(found.find("pypi", "pkg", f"20.{n}")) for n in range(1000)]
    counts += [len(found.find("pypi", "pkg", f"3.{n + 1}")) for n in range(1000)]
    assert counts == [0] * 1000 + [16] * 1000
    assert len(matched) == 2


def test_a_version_that_an_advisory_lists_is_matched_by_its_text() -> None:
    found = index(record("CVE-1", "pkg", versions=["5.1"]), record("CVE-2", "pkg", *between("0", "4.0")))
    assert [hit.advisory.id for hit in found.find("pypi", "pkg", "5.1")] == ["CVE-1"]
    assert found.find("pypi", "pkg", "5.2") == ()

from __future__ import annotations

from typing import Any

import pytest

from praxi_tasks.findings.advisories import index_builder
from praxi_tasks.findings.advisories.osv import Range
from praxi_tasks.findings.advisories.ranges import Boundaries, Evaluated, evaluate
from tests.findings.osv import between, index, record


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

from __future__ import annotations

import gzip
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
from praxi_tasks.findings.advisories.index import MOST_FIXES, AdvisoryIndex
from praxi_tasks.findings.advisories.index_builder import MOST_ALIASES
from praxi_tasks.findings.advisories.index_cache import build_index
from tests.findings.osv import advisories_in, archive, between, index, literally, record


def test_withdrawn_advisories_say_nothing() -> None:
    gone = record("PYSEC-1", "pkg", *between("0", "9"), withdrawn="2026-01-01T00:00:00Z")
    assert not index(gone).find("pypi", "pkg", "1.0")


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


@pytest.mark.parametrize(
    "feed",
    [
        b'{"vulnerabilities": [{"cveID": "\xff"}]}',
        b'{"vulnerabilities": []}',
        b"[" * 10_000,
        b"{}",
        b"",
    ],
)
def test_a_damaged_list_of_exploited_flaws_is_a_problem(feed: bytes) -> None:
    found = build_index({"kev/known_exploited_vulnerabilities.json": feed})
    assert [problem.name for problem in found.broken] == ["kev/known_exploited_vulnerabilities.json"]


@pytest.mark.parametrize(
    "feed",
    [
        b"",
        b"<html>",
        b"cve,epss,percentile\n",
        gzip.compress(b"cve,epss,percentile\n" + b"CVE-2026-1,0.5,0.5\n")[:-9],
        gzip.compress(b"cve,epss,percentile\n" + bytes((128 << 20) + 1)),
    ],
    ids=["nothing", "a page", "no row", "cut off", "too much"],
)
def test_a_list_of_probabilities_that_is_none_is_a_problem(feed: bytes) -> None:
    found = build_index({"epss/epss_scores-current.csv.gz": feed})
    assert [problem.name for problem in found.broken] == ["epss/epss_scores-current.csv.gz"]


def test_a_package_that_was_made_to_do_harm_is_critical() -> None:
    made = record("MAL-2026-1", "pkg")
    made["affected"][0]["versions"] = ["1"]
    (hit,) = build_index({"osv/PyPI/all.zip": archive(made)}).find("pypi", "pkg", "1")
    assert hit.advisory.severity == "critical"


def test_a_date_of_times_to_come_says_nothing_of_a_feeds_age() -> None:
    now, later = record("X-1", "pkg", *between("0", "9")), record("X-2", "pkg", *between("0", "9"))
    later["modified"] = "2999-01-01T00:00:00Z"
    (source,) = build_index({"osv/PyPI/all.zip": archive(now, later)}).sources
    assert source.newest == now["modified"]


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


def test_a_finding_names_the_nearest_fixes_and_the_best_known_names() -> None:
    many = record("CVE-2026-0001", "pkg")
    events = [{name: f"{n}{at}"} for n in range(60) for name, at in (("introduced", ""), ("fixed", ".5"))]
    many["affected"][0]["ranges"] = [{"type": "ECOSYSTEM", "events": events}]
    many["aliases"] = [f"X-{number:04d}" for number in range(900)] + ["GHSA-1111-2222-3333"]
    (hit,) = index(many).find("pypi", "pkg", "3.1")
    assert hit.fixed == tuple(f"{number}.5" for number in range(3, 3 + MOST_FIXES))
    assert (hit.advisory.aliases[0], len(hit.advisory.aliases)) == ("GHSA-1111-2222-3333", MOST_ALIASES)


def test_a_record_of_too_many_names_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_ADVISORY_MAX_NAMES", "2")
    bad = record("BAD-1", "pkg", *between("0", "9"), aliases=["A-1", "A-2", "A-3"])
    found = index(bad, record("GOOD-1", "pkg", *between("0", "9")))
    (problem,) = found.problems
    assert "BAD-1.json has 3 names: raise PRAXI_ADVISORY_MAX_NAMES" in problem
    assert [hit.advisory.id for hit in found.find("pypi", "pkg", "1")] == ["GOOD-1"]


def test_what_names_no_release_holds_for_all_that_are_known() -> None:
    def about(name: str, ecosystem: str, package: str, fixed: str) -> dict[str, Any]:
        return record(name, package, *between("0", fixed), ecosystem=ecosystem)

    found = index(
        about("DEBIAN-CVE-2026-0001", "Debian", "bar", "9"),
        about("DEBIAN-CVE-2026-0002", "Debian:12", "bar", "9"),
        about("DEBIAN-CVE-2026-0003", "Debian:11", "foo", "9"),
    )
    assert len(found.find("debian-12", "bar", "1")) == 2
    assert len(found.find("debian-11", "bar", "1")) == 1
    assert not found.find("debian-12", "foo", "1")
    assert not found.covers("debian-13")

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index
from tests.findings.advisories.vendors.updates import package, update, updateinfo
from tests.findings.osv import archive, between, record

NAME = "advisories/amzn-2023/updateinfo.xml"
CVE = ("cve", "CVE-2026-0001", "")
OPENSSL = package("openssl", "3.0.8", "1.amzn2023.0.2", epoch="1")


def index(*updates: str, name: str = NAME, **files: bytes) -> AdvisoryIndex:
    return build_index({name: updateinfo(*updates), **files})


def found(known: AdvisoryIndex, package: str, version: str, namespace: str = "amzn-2023") -> list[str]:
    return [hit.advisory.id for hit in known.find(namespace, package, version)]


def test_a_notice_is_told_under_its_vulnerability_with_the_vendors_word() -> None:
    known = index(update("ALAS2023-2026-001", OPENSSL, references=[CVE], severity="medium"))
    (hit,) = known.find("amzn-2023", "openssl", "1:3.0.8-1.amzn2023.0.1")
    assert (hit.advisory.id, hit.advisory.aliases) == ("CVE-2026-0001", ("ALAS2023-2026-001",))
    assert hit.advisory.severity == "medium"
    assert hit.fixed == ("1:3.0.8-1.amzn2023.0.2",)
    assert not found(known, "openssl", "1:3.0.8-1.amzn2023.0.2")


def test_a_notice_of_several_vulnerabilities_is_each_of_them() -> None:
    known = index(update("ALAS-1", OPENSSL, references=[CVE, ("cve", "CVE-2026-0002", "")]))
    assert found(known, "openssl", "1:1-1") == ["CVE-2026-0001", "CVE-2026-0002"]


@pytest.mark.parametrize("kind", ["bugfix", "enhancement", "newpackage", "recommended", "optional"])
def test_what_fixes_errors_counts_only_where_it_names_a_vulnerability(kind: str) -> None:
    assert not found(index(update("ALBA-1", OPENSSL, kind=kind)), "openssl", "1:1-1")
    told = update("ALBA-1", OPENSSL, kind=kind, description="now works with the fix of CVE-2026-0001")
    assert not found(index(told), "openssl", "1:1-1"), "what a text mentions is not fixed by it"
    named = update("ALBA-1", OPENSSL, kind=kind, references=[CVE])
    assert found(index(named), "openssl", "1:1-1") == ["CVE-2026-0001"]


def test_fedora_names_its_vulnerabilities_in_the_titles_of_bugs() -> None:
    bug = ("bugzilla", "2200001", "CVE-2026-0003 foo: it misbehaves [fedora-42]")
    known = index(
        update("FEDORA-2026-abc", package("foo", "1", "2.fc42"), references=[bug]),
        name="advisories/fedora-42/updateinfo.xml",
    )
    assert found(known, "foo", "1-1.fc42", "fedora-42") == ["CVE-2026-0003"]


def test_a_security_notice_without_references_is_known_by_its_text_or_itself() -> None:
    text = update("ELSA-1", OPENSSL, description="[1.0-2]\n- fixes CVE-2026-0004")
    assert found(index(text), "openssl", "1:1-1") == ["CVE-2026-0004"]
    assert found(index(update("ELSA-2", OPENSSL)), "openssl", "1:1-1") == ["ELSA-2"]


def test_a_modules_package_is_compared_with_its_own_stream() -> None:
    build = "1.module_el9.3.0+1+abcdef"
    known = index(
        update("ALSA-1", package("nodejs", "18.19.0", build), references=[CVE], module="nodejs:18"),
        update("ALSA-2", package("nodejs", "20.11.0", build), references=[CVE], module="nodejs:20"),
        name="advisories/almalinux-9/updateinfo.xml.gz",
    )
    assert found(known, "nodejs nodejs:18", "18.18.0-1.module_el9", "almalinux-9") == ["CVE-2026-0001"]
    assert not found(known, "nodejs nodejs:18", f"18.19.0-{build}", "almalinux-9")
    assert found(known, "nodejs nodejs:20", f"18.19.0-{build}", "almalinux-9") == ["CVE-2026-0001"]


def test_sources_and_what_was_withdrawn_are_left_out() -> None:
    sources = package("openssl", "9", "9", arch="src")
    known = index(
        update("ALAS-1", OPENSSL, sources, references=[CVE]),
        update("ALAS-2", package("openssl", "9", "9", epoch="9"), references=[CVE], status="retracted"),
    )
    assert known.find("amzn-2023", "openssl", "1:1-1")[0].fixed == ("1:3.0.8-1.amzn2023.0.2",)


@pytest.mark.parametrize("flavour", ["1.1.1k-12.el8_9_fips", "1.1.1k-12.ksplice1.el8"])
def test_builds_of_a_flavour_are_compared_among_themselves(flavour: str) -> None:
    version, release = flavour.split("-")
    known = index(
        update("ELSA-1", package("openssl", version, release, epoch="10"), references=[CVE]),
        name="advisories/ol-8/updateinfo.xml",
    )
    kind = "fips" if "fips" in flavour else "ksplice"
    assert not found(known, "openssl", "1:1.1.1k-9.el8", "ol-8")
    assert found(known, f"openssl {kind}", "10:1.1.1k-1.el8", "ol-8") == ["CVE-2026-0001"]


@pytest.mark.parametrize(
    "compress",
    [bytes, gzip.compress, lzma.compress, bz2.compress, zstandard.ZstdCompressor().compress],
)
def test_it_may_be_compressed(compress: Callable[[bytes], bytes]) -> None:
    known = build_index({NAME: compress(updateinfo(update("ALAS-1", OPENSSL, references=[CVE])))})
    assert found(known, "openssl", "1:1-1") == ["CVE-2026-0001"]


def test_what_breaks_off_is_broken_and_what_came_before_counts() -> None:
    whole = updateinfo(update("ALAS-1", OPENSSL, references=[CVE]), update("ALAS-2", OPENSSL))
    known = build_index({NAME: whole[:-40]})
    (problem,) = known.broken
    assert problem.name == NAME
    assert "line 3" in problem.message
    assert found(known, "openssl", "1:1-1") == ["CVE-2026-0001"]


def test_a_notice_without_a_name_is_told_with_its_line() -> None:
    known = index(update("", OPENSSL, references=[CVE]))
    assert "line 3" in known.problems[0]


STREAMS = st.sampled_from(["", "nodejs:18", "nodejs:20"])
NOTICES = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 9), STREAMS), min_size=1, max_size=8)


@given(NOTICES)
def test_of_the_newest_builds_of_everything_nothing_is_found(notices: list[tuple[str, int, str]]) -> None:
    newest: dict[tuple[str, str], int] = {}
    updates = []
    for number, (name, version, stream) in enumerate(notices):
        newest[name, stream] = max(version, newest.get((name, stream), 0))
        build = package(name, str(version), release_of(stream))
        cve = [("cve", f"CVE-2026-{1000 + number}", "")]
        updates.append(update(f"ALSA-2026:{number}", build, references=cve, module=stream))
    known = index(*updates, name="advisories/almalinux-9/u.xml")
    for (name, stream), version in newest.items():
        filed = f"{name} {stream}".rstrip()
        assert not found(known, filed, f"{version}-{release_of(stream)}", "almalinux-9")
        assert found(known, filed, f"0-{release_of(stream)}", "almalinux-9")


def release_of(stream: str) -> str:
    return "1.module_el9.6.0+1+a" if stream else "1.el9"


def test_osvs_records_and_a_vendors_are_one_finding() -> None:
    osv = record("ALSA-2026:1", "openssl", *between("0", "1:3.0.8-1"), ecosystem="AlmaLinux:9",
                 related=["CVE-2026-0001"], summary="Important: openssl")  # fmt: skip
    known = index(
        update("ALSA-2026:1", package("openssl", "3.0.8", "1", epoch="1"), references=[CVE]),
        name="advisories/almalinux-9/u.xml",
        **{"osv/AlmaLinux/all.zip": archive(osv)},
    )
    (hit,) = known.find("almalinux-9", "openssl", "1:1-1")
    assert (hit.advisory.id, hit.fixed) == ("CVE-2026-0001", ("1:3.0.8-1",))
    assert {source.name for source in known.sources_of("almalinux-9")} == {"AlmaLinux", "almalinux-9/u.xml"}

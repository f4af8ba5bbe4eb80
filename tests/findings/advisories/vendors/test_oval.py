from __future__ import annotations

import pytest

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index

# Which package is compared how: a test, its object and its state by the same number.
TESTS = (
    ("oraclelinux-release", "version", "pattern match", "^9"),  # 0
    ("oraclelinux-release", "version", "pattern match", "^8"),  # 1
    ("openssl", "evr", "less than", "1:3.0.7-28.el9_4"),  # 2
    ("openssl", "evr", "less than", "1:1.1.1k-12.el8_9"),  # 3
    ("nodejs", "evr", "less than", "1:18.19.0-1.module+el9.3.0+1+a"),  # 4
    ("glibc", "evr", "less than", "2:2.34-100.0.1.ksplice1.el9_4"),  # 5
    ("glibc", "evr", "pattern match", r"\.ksplice1\."),  # 6
    ("vim", "evr", "less than or equal", "0:9.0-1.cm2"),  # 7
    ("sles-release", "version", "equals", "15.6"),  # 8
    ("oddity", "evr", "greater than", "1-1"),  # 9
)


def document(*definitions: str, prefix: str = "red-def:") -> bytes:
    numbered = list(enumerate(TESTS))
    tests = "".join(
        f'<{prefix}rpminfo_test id="t{n}"><{prefix}object object_ref="o{n}"/>'
        f'<{prefix}state state_ref="s{n}"/></{prefix}rpminfo_test>'
        for n, _ in numbered
    )
    objects = "".join(
        f'<{prefix}rpminfo_object id="o{n}"><{prefix}name>{row[0]}</{prefix}name></{prefix}rpminfo_object>'
        for n, row in numbered
    )
    states = "".join(
        f'<{prefix}rpminfo_state id="s{n}"><{prefix}{row[1]} operation="{row[2]}">{row[3]}</{prefix}{row[1]}>'
        f"</{prefix}rpminfo_state>"
        for n, row in numbered
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><oval_definitions xmlns:red-def="r" xmlns="o">'
        f"<definitions>{''.join(definitions)}</definitions><tests>{tests}</tests>"
        f"<objects>{objects}</objects><states>{states}</states></oval_definitions>"
    ).encode()


def definition(criteria: str, title: str = "ELSA-2026-0001:  openssl security update (IMPORTANT)",
               kind: str = "patch", cves: tuple[str, ...] = ("CVE-2026-0001",)) -> str:  # fmt: skip
    named = "".join(f'<reference source="CVE" ref_id="{cve}" ref_url="https://x"/>' for cve in cves)
    return (
        f'<definition id="oval:com.oracle.elsa:def:1" version="1" class="{kind}"><metadata>'
        f"<title>{title}</title>{named}<advisory><severity>IMPORTANT</severity>"
        '<issued date="2026-01-02"/></advisory></metadata>'
        f"{criteria}</definition>"
    )


def compared(number: int, comment: str = "") -> str:
    return f'<criterion test_ref="t{number}" comment="{comment}"/>'


def all_of(*parts: str) -> str:
    return f'<criteria operator="AND">{"".join(parts)}</criteria>'


def any_of(*parts: str) -> str:
    return f'<criteria operator="OR">{"".join(parts)}</criteria>'


SIGNED = '<criterion test_ref="t99" comment="openssl is signed with the Oracle Linux 9 key"/>'
MODULE = '<criterion test_ref="t98" comment="Module nodejs:18 is enabled"/>'


def index(*definitions: str, release: str = "ol-9") -> AdvisoryIndex:
    return build_index({f"advisories/{release}/elsa.xml": document(*definitions)})


def fixes(
    known: AdvisoryIndex, package: str, version: str, release: str = "ol-9"
) -> dict[str, tuple[str, ...]]:
    return {hit.advisory.id: hit.fixed for hit in known.find(release, package, version)}


BY_RELEASE = any_of(
    all_of(compared(0), any_of(all_of(compared(2), SIGNED))),
    all_of(compared(1), any_of(all_of(compared(3), SIGNED))),
)


@pytest.mark.parametrize(
    ("release", "fix"), [("ol-9", "1:3.0.7-28.el9_4"), ("ol-8", "1:1.1.1k-12.el8_9"), ("ol-7", "")]
)
def test_each_release_has_its_own_fix(release: str, fix: str) -> None:
    known = index(definition(BY_RELEASE), release=release)
    assert fixes(known, "openssl", "1:1-1", release) == ({"CVE-2026-0001": (fix,)} if fix else {})
    assert not fixes(known, "openssl", "1:9-9", release)


def test_the_notice_and_the_vendors_word_are_kept() -> None:
    (hit,) = index(definition(BY_RELEASE)).find("ol-9", "openssl", "1:1-1")
    assert hit.advisory.aliases == ("ELSA-2026-0001",)
    assert hit.advisory.severity == "high"


def test_distinct_vulnerabilities_of_one_notice_stay_apart() -> None:
    known = index(definition(BY_RELEASE, cves=("CVE-2026-0001", "CVE-2026-0002")))
    assert fixes(known, "openssl", "1:1-1").keys() == {"CVE-2026-0001", "CVE-2026-0002"}


def test_alternatives_of_releases_beside_a_comparison() -> None:
    criteria = all_of(any_of(compared(0), compared(1)), compared(2))
    assert fixes(index(definition(criteria)), "openssl", "1:1-1")
    assert not fixes(index(definition(criteria), release="ol-7"), "openssl", "1:1-1", "ol-7")


def test_a_modules_package_is_of_the_stream_that_must_be_enabled() -> None:
    known = index(definition(all_of(compared(0), MODULE, any_of(compared(4)))))
    assert fixes(known, "nodejs nodejs:18", "1:18.0.0-1.module+el9.1.0+1+a")
    assert not fixes(known, "nodejs nodejs:20", "1:18.0.0-1.module+el9.1.0+1+a")


def test_what_can_not_be_asked_is_left_out() -> None:
    known = index(definition(all_of(compared(0), compared(5), compared(6, "glibc is ksplice-based"))))
    assert not fixes(known, "glibc", "2.34-1.el9")
    assert not fixes(index(definition(all_of(compared(9)))), "oddity", "2-1")
    assert not fixes(index(definition(all_of(compared(77), compared(2)))), "openssl", "1:1-1")
    negated = f'<criteria operator="AND" negate="true">{compared(2)}</criteria>'
    assert not fixes(index(definition(negated)), "openssl", "1:1-1")


def test_mariner_names_the_vulnerability_and_what_is_affected_up_to_a_version() -> None:
    vim = definition(all_of(compared(7)), "CVE-2026-0009 affecting package vim 9.0-1", "vulnerability", ())
    known = index(vim, release="mariner-2.0")
    assert fixes(known, "vim", "9.0-1.cm2", "azurelinux-2") == {"CVE-2026-0009": ()}
    assert not fixes(known, "vim", "9.0-2.cm2", "azurelinux-2")


def test_suse_names_a_release_by_its_number() -> None:
    criteria = all_of(compared(8), any_of(compared(2)))
    for release, count in (("sles-15.6", 1), ("sles-15.5", 0)):
        known = index(definition(criteria, kind="vulnerability"), release=release)
        assert len(fixes(known, "openssl", "1:1-1", release)) == count


def test_a_title_that_names_no_notice_is_no_name() -> None:
    (hit,) = index(definition(all_of(compared(2)), "openssl-libs update")).find("ol-9", "openssl", "1:1-1")
    assert (hit.advisory.id, hit.advisory.aliases) == ("CVE-2026-0001", ())


def test_inventories_are_no_advisories() -> None:
    assert not fixes(index(definition(BY_RELEASE, kind="inventory")), "openssl", "1:1-1")


def test_a_document_without_definitions_is_broken() -> None:
    assert "no definition" in index().broken[0].message

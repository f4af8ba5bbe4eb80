from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest
import zstandard

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities
from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import layer

WORST = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
CPES = {
    "BaseOS-9.6.0.Z.MAIN": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "BaseOS-9.4.0.Z.EUS": "cpe:/o:redhat:rhel_eus:9.4::baseos",
    "AppStream-9.6.0.Z.MAIN": "cpe:/a:redhat:enterprise_linux:9::appstream",
    "9Base-RHOSE-4.16": "cpe:/a:redhat:openshift:4.16::el9",
    "red_hat_enterprise_linux_9": "cpe:/o:redhat:enterprise_linux:9",
    "7Server-ELS": "cpe:/o:redhat:rhel_els:7",
}


def purl(name: str, version: str = "", arch: str = "x86_64", epoch: str = "1") -> str:
    known = f"@{version}?arch={arch}&epoch={epoch}" if version else f"?arch={arch}"
    return f"pkg:rpm/redhat/{name}{known}"


def document(
    identifier: str = "CVE-2026-0001",
    fixed: tuple[tuple[str, str], ...] = (),
    affected: tuple[tuple[str, str], ...] = (),
    word: str = "Moderate",
    module: str = "",
) -> dict[str, Any]:
    """Make a VEX document; a product is a pair of the platform's identifier and a package URL."""
    helper = "product_identification_helper"
    products: list[dict[str, Any]] = [
        {"product_id": name, helper: {"cpe": cpe}} for name, cpe in CPES.items()
    ]
    packages = sorted({package for _, package in (*fixed, *affected)})
    products += [
        {"product_id": package, "product_identification_helper": {"purl": package}} for package in packages
    ]
    relationships = [
        _related(f"{platform}:{package}", package, platform) for platform, package in (*fixed, *affected)
    ]
    if module:
        products.append({"product_id": "the-module", "product_identification_helper": {"purl": module}})
        relationships = [_related(f"{platform}:the-module", "the-module", platform) for platform, _ in fixed]
        relationships += [
            _related(f"{platform}:{package}", package, f"{platform}:the-module")
            for platform, package in fixed
        ]
    return {
        "document": {"category": "csaf_vex", "tracking": {"current_release_date": "2026-01-02T00:00:00Z"}},
        "product_tree": {
            "branches": [{"branches": [{"product": one} for one in products]}],
            "relationships": relationships,
        },
        "vulnerabilities": [
            {
                "cve": identifier,
                "title": "openssl: it misbehaves",
                "product_status": {
                    "fixed": [f"{platform}:{package}" for platform, package in fixed],
                    "known_affected": [f"{platform}:{package}" for platform, package in affected],
                },
                "threats": [{"category": "impact", "details": word}],
                "scores": [{"cvss_v3": {"vectorString": WORST}}],
            }
        ],
    }


def _related(identifier: str, part: str, whole: str) -> dict[str, Any]:
    return {
        "full_product_name": {"product_id": identifier},
        "product_reference": part,
        "relates_to_product_reference": whole,
    }


MAIN = ("BaseOS-9.6.0.Z.MAIN", purl("openssl-libs", "3.2.2-6.el9_6"))
EUS = ("BaseOS-9.4.0.Z.EUS", purl("openssl-libs", "3.0.7-28.el9_4.2"))
LAYERED = ("9Base-RHOSE-4.16", purl("openssl-libs", "9-9.el9"))


def index(*documents: dict[str, Any], release: str = "rhel-9") -> AdvisoryIndex:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, one in enumerate(documents):
            data = json.dumps(one).encode()
            member = tarfile.TarInfo(f"2026/cve-{number}.json")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    compressed = zstandard.ZstdCompressor().compress(buffer.getvalue())
    return build_index({f"advisories/{release}/csaf_vex.tar.zst": compressed})


def fixes(
    known: AdvisoryIndex, version: str, name: str = "openssl-libs", release: str = "9.4", module: str = ""
) -> dict[str, tuple[str, ...]]:
    claim = Claim("rpm", name, version, "var/lib/rpm/rpmdb.sqlite", module=module)
    image = fuse([layer(1, claims=[claim], distribution=Distribution("rhel", release))])
    return {finding.id: finding.fixed for finding in Vulnerabilities(known).findings(image.components)}


def test_a_package_is_affected_before_the_main_streams_fix() -> None:
    known = index(document(fixed=(MAIN,)))
    assert fixes(known, "1:3.2.2-5.el9_6") == {"CVE-2026-0001": ("1:3.2.2-6.el9_6",)}
    assert not fixes(known, "1:3.2.2-6.el9_6")


def test_what_an_extended_release_fixed_in_its_builds_is_fixed() -> None:
    known = index(document(fixed=(MAIN, EUS)))
    assert not fixes(known, "1:3.0.7-28.el9_4.2"), "the build of 9.4 holds the fix"
    assert fixes(known, "1:3.0.7-27.el9_4") == {"CVE-2026-0001": ("1:3.0.7-28.el9_4.2", "1:3.2.2-6.el9_6")}
    assert fixes(known, "1:3.0.7-20.el9_2") == {"CVE-2026-0001": ("1:3.2.2-6.el9_6",)}, "of another minor"
    assert not fixes(known, "1:3.5.0-1.el9_7")


def test_what_only_an_extended_release_had_is_found_in_its_builds_alone() -> None:
    known = index(document(fixed=(EUS,)))
    assert fixes(known, "1:3.0.7-27.el9_4") == {"CVE-2026-0001": ("1:3.0.7-28.el9_4.2",)}
    assert not fixes(known, "1:3.0.7-27.el9_2")


def test_the_builds_of_an_old_release_by_its_extended_support() -> None:
    els = ("7Server-ELS", purl("openssl-libs", "1.0.2k-26.el7_9.2"))
    known = index(document(fixed=(els,)), release="rhel-7")
    assert fixes(known, "1:1.0.2k-26.el7_9.1", release="7.9").keys() == {"CVE-2026-0001"}
    assert not fixes(known, "1:1.0.2k-26.el7_9.2", release="7.9")


def test_a_layered_products_fix_is_not_the_distributions() -> None:
    assert not fixes(index(document(fixed=(LAYERED,))), "1:3.0.7-27.el9_4")


def test_what_was_never_fixed_is_affected_in_every_version() -> None:
    open_ = ("red_hat_enterprise_linux_9", purl("openssl-libs"))
    assert fixes(index(document(affected=(open_,))), "1:9-9.el9") == {"CVE-2026-0001": ()}
    assert not fixes(index(document(fixed=(MAIN,), affected=(open_,))), "1:9-9.el9_7"), (
        "fixed in a part of it"
    )


def test_a_source_package_is_not_installed() -> None:
    source = ("BaseOS-9.6.0.Z.MAIN", purl("openssl", "3.2.2-6.el9_6", arch="src"))
    assert not fixes(index(document(fixed=(source,))), "1:1-1.el9", name="openssl")


def test_a_modules_package_is_compared_with_its_own_stream() -> None:
    node = ("AppStream-9.6.0.Z.MAIN", purl("nodejs", "18.20.0-1.module+el9.6.0+1+a"))
    known = index(document(fixed=(node,), module="pkg:rpmmod/redhat/nodejs@18:9060020260101:rhel9"))
    for stream, count in (("nodejs:18", 1), ("nodejs:20", 0)):
        found = fixes(known, "1:18.19.0-1.module+el9.3.0+1+a", "nodejs", module=f"{stream}:9:x")
        assert len(found) == count


def test_the_vendors_word_is_kept_beside_the_score() -> None:
    claim = Claim("rpm", "openssl-libs", "1:1-1.el9", "var/lib/rpm/rpmdb.sqlite")
    image = fuse([layer(1, claims=[claim], distribution=Distribution("rhel", "9.6"))])
    (finding,) = Vulnerabilities(index(document(fixed=(MAIN,)))).findings(image.components)
    assert (finding.severity, finding.score) == ("medium", 9.8)


def test_one_broken_document_costs_itself() -> None:
    known = index({"document": 1, "vulnerabilities": []}, document(fixed=(MAIN,)))
    assert fixes(known, "1:1-1.el9").keys() == {"CVE-2026-0001"}
    assert "member '2026/cve-0.json'" in known.problems[0]


def test_a_document_that_is_alone_and_an_archive_that_breaks_off() -> None:
    data = json.dumps(document(fixed=(MAIN,))).encode()
    known = build_index({"advisories/rhel-9/cve.json": data})
    assert fixes(known, "1:1-1.el9").keys() == {"CVE-2026-0001"}
    for broken in (data[:-20], b'{"document": {}}'):
        assert build_index({"advisories/rhel-9/cve.json": broken}).broken


@pytest.mark.parametrize("deep", [("a", "b"), ("b", "a")])
def test_products_that_relate_to_each_other_in_a_circle(deep: tuple[str, str]) -> None:
    made = document(fixed=(MAIN,))
    one, other = deep
    made["product_tree"]["relationships"] += [_related(one, other, other), _related(other, one, one)]
    made["vulnerabilities"][0]["product_status"]["fixed"].append(one)
    assert fixes(index(made), "1:1-1.el9").keys() == {"CVE-2026-0001"}

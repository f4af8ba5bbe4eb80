from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.packages import Component
from praxi_tasks.findings.vex import ImageNames, Vex, parse_openvex
from tests.findings.vex.test_document import DOCUMENT

DIGEST = f"sha256:{7:064x}"
INDEX = f"sha256:{8:064x}"
REFERENCE = f"registry.example.org:5000/shop/web:1@{INDEX}"
IMAGE = ImageNames.of(REFERENCE, DIGEST, "linux/arm64/v8")
CURL = Component("deb", "curl", ("7.88.1-10",), "pkg:deb/debian/curl@7.88.1-10?arch=arm64", ("inventory",),
                 architecture="arm64", distribution="debian-12", source="curl")  # fmt: skip
CVE = Finding("vulnerable", "CVE-2026-1", "t", "high", aliases=("GHSA-1",), purl=CURL.purl)
OCI = "pkg:oci/web"
REASON = {"status": "not_affected", "justification": "component_not_present"}


def statement(*products: Any, **fields: Any) -> dict[str, Any]:
    return {"vulnerability": {"name": "CVE-2026-1"}, "products": list(products), **REASON, **fields}


def applied(*statements: dict[str, Any], image: ImageNames = IMAGE, finding: Finding = CVE) -> Finding:
    data = msgspec.json.encode({**DOCUMENT, "statements": statements})
    (found,) = Vex(parse_openvex(data, "x"), date(2026, 11, 20)).apply([finding], image, [CURL])
    return found


@pytest.mark.parametrize(
    "name",
    [
        OCI,
        f"{OCI}@{DIGEST.replace(':', '%3A')}",
        f"{OCI}@{INDEX}",
        f"{OCI}@1",
        f"{OCI}?repository_url=registry.example.org:5000%2Fshop%2Fweb&tag=1&arch=arm64&os=linux",
        "pkg:docker/shop/web@1",
        f"pkg:docker/mirrored/web@{DIGEST}?repository_url=mirror.example.org",
        "pkg:docker/shop/web?repository_url=registry.example.org:5000",
        "pkg:docker/shop/web@1?platform=linux%2Farm64",
        "pkg:docker/shop/web@1?platform=linux%2Farm64%2Fv8",
        DIGEST,
        REFERENCE,
        "registry.example.org:5000/shop/web:1",
        f"registry.example.org:5000/shop/web@{DIGEST}",
        "pkg:deb/debian/curl",
        "pkg:deb/debian/curl@7.88.1-10",
        "pkg:deb/debian/curl@7.88.1-10?distro=debian-12&arch=arm64&upstream=curl",
    ],
)
def test_a_product_is_named_as_precisely_as_its_author_wants(name: str) -> None:
    assert applied(statement({"@id": name})).ignored
    assert applied(statement({"identifiers": {"purl": name}})).ignored


@pytest.mark.parametrize(
    "name",
    [
        "",
        "pkg:",
        "pkg:oci",
        f"{OCI}2",
        f"{OCI}@sha256:{9:064x}",
        f"{OCI}@2",
        f"{OCI}?arch=amd64",
        f"{OCI}?tag=2",
        f"{OCI}?repository_url=registry.example.org/shop/web",
        f"{OCI}?unheard=of",
        "pkg:docker/other/web",
        "pkg:docker/web",
        "pkg:docker/shop/web@1?platform=linux%2Famd64",
        "registry.example.org:5000/shop/web",
        "registry.example.org:5000/shop/web:11",
        f"registry.example.org:5000/shop/web@sha256:{9:064x}",
        "registry.example.org/shop/web:1",
        "pkg:deb/ubuntu/curl",
        "pkg:deb/debian/curl@7.88.1-9",
        "pkg:deb/debian/curl@7.88.1-10?arch=amd64",
        "pkg:deb/debian/curl?distro=debian-13",
        "pkg:generic/curl",
        "*",
    ],
)
def test_another_product_is_not_meant(name: str) -> None:
    found = applied(statement({"@id": name, "identifiers": {"purl": name}}))
    assert (found.ignored, found.vex) == (None, None)


@pytest.mark.parametrize("name", ["shop/web:1", "index.docker.io/shop/web:1", "docker.io/shop/web:1"])
def test_an_image_of_dockers_hub_has_several_references(name: str) -> None:
    image = ImageNames.of("docker.io/shop/web:1", DIGEST, "linux/amd64")
    assert applied(statement({"@id": name}), image=image).ignored


def test_a_hash_names_the_image() -> None:
    assert applied(statement({"hashes": {"sha-256": DIGEST.partition(":")[2]}})).ignored
    assert not applied(statement({"hashes": {"sha-256": f"{9:064x}"}})).ignored


def test_with_subcomponents_only_they_are_meant() -> None:
    def about(part: str) -> dict[str, Any]:
        return statement({"@id": OCI, "subcomponents": [{"@id": part}]})

    assert applied(about("pkg:deb/debian/curl")).ignored
    assert not applied(about("pkg:deb/debian/tar")).ignored
    other = statement({"@id": "pkg:oci/other", "subcomponents": [{"@id": "pkg:deb/debian/curl"}]})
    assert not applied(other).ignored
    whole = msgspec.structs.replace(CVE, purl="")
    assert not applied(about("pkg:deb/debian/curl"), finding=whole).ignored


@pytest.mark.parametrize("name", ["cve-2026-1", "GHSA-1"])
def test_an_advisory_is_known_by_all_its_names(name: str) -> None:
    about = {"vulnerability": {"name": "X", "aliases": [name]}}
    assert applied(statement({"@id": OCI}, **about)).ignored
    assert not applied(statement({"@id": OCI}, vulnerability={"name": f"{name}0"})).ignored


@pytest.mark.parametrize(
    ("fields", "ignored"),
    [
        (REASON, Ignored("component not present", "Shop", "", "not_affected", "code_not_present")),
        ({"status": "not_affected", "justification": "", "impact_statement": "not ours"},
         Ignored("not ours", "Shop", "", "not_affected")),
        ({"status": "fixed"}, Ignored("fixed", "Shop", "", "resolved")),
        ({"status": "affected", "action_statement": "turn it off"}, None),
        ({"status": "under_investigation"}, None),
    ],
)  # fmt: skip
def test_what_each_status_does(fields: dict[str, Any], ignored: Ignored | None) -> None:
    found = applied(statement({"@id": OCI}, **fields))
    assert found.ignored == ignored
    assert found.vex is not None
    assert (found.vex.status, found.vex.author) == (fields["status"], "Shop")


def test_the_last_statement_counts_whatever_their_order() -> None:
    early = statement({"@id": OCI}, timestamp="2026-10-01T00:00:00Z")
    late = statement({"@id": OCI}, timestamp="2026-10-02T00:00:00Z", status="affected", action_statement="x")
    assert not applied(early, late).ignored
    assert not applied(late, early).ignored
    elsewhere = {**late, "products": [{"@id": "pkg:oci/other"}]}
    assert applied(early, elsewhere).ignored


def test_what_is_said_after_the_audit_does_not_count() -> None:
    future = statement({"@id": OCI}, timestamp="2026-11-21T00:00:00Z")
    assert applied(future) == CVE


def test_what_the_policy_set_aside_stays_so() -> None:
    rule = Ignored("ours", "team", "2027-01-01")
    found = applied(statement({"@id": OCI}), finding=msgspec.structs.replace(CVE, ignored=rule))
    assert found.ignored == rule
    assert found.vex


def test_other_kinds_of_findings_are_left_alone() -> None:
    hidden = Finding("hidden", "CVE-2026-1", "t", "low")
    assert applied(statement({"@id": OCI}), finding=hidden) == hidden


@pytest.mark.parametrize("written", ["oci:folder", "docker-archive:x.tar"])
def test_an_image_of_a_file_is_known_by_its_digest(written: str) -> None:
    image = ImageNames.of(written, DIGEST, "linux/amd64")
    assert applied(statement({"@id": f"pkg:oci/anything@{DIGEST}"}), image=image).ignored
    assert not applied(statement({"@id": "pkg:oci/folder"}), image=image).ignored

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index


def index(secfixes: Any, distribution: str = "alpine-3.22") -> AdvisoryIndex:
    document = {
        "distroversion": "v3.22",
        "reponame": "main",
        "packages": [{"pkg": {"name": "openssl", "secfixes": secfixes}}],
    }
    return build_index({f"advisories/{distribution}/main.json": json.dumps(document).encode()})


def found(known: AdvisoryIndex, version: str, namespace: str = "alpine-3.22") -> dict[str, tuple[str, ...]]:
    return {hit.advisory.id: hit.fixed for hit in known.find(namespace, "openssl", version)}


def test_a_package_is_affected_before_the_version_that_fixes() -> None:
    known = index({"3.5.1-r0": ["CVE-2026-0001"], "3.5.2-r1": ["CVE-2026-0002", "CVE-2026-0003"]})
    assert found(known, "3.5.0-r0").keys() == {"CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"}
    assert found(known, "3.5.1-r0") == {"CVE-2026-0002": ("3.5.2-r1",), "CVE-2026-0003": ("3.5.2-r1",)}
    assert not found(known, "3.5.2-r1")


def test_what_never_affected_it_is_left_out() -> None:
    assert not found(index({"0": ["CVE-2026-0001"]}), "3.5.0-r0")


def test_one_text_holds_the_names_of_one_vulnerability() -> None:
    (hit,) = index({"2-r0": ["CVE-2026-0001 XSA-400"]}).find("alpine-3.22", "openssl", "1-r0")
    assert (hit.advisory.id, hit.advisory.aliases) == ("CVE-2026-0001", ("XSA-400",))


@pytest.mark.parametrize("distribution", ["wolfi", "chainguard"])
def test_distributions_without_releases(distribution: str) -> None:
    known = index({"2-r0": ["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"]}, distribution)
    assert found(known, "1-r0", distribution).keys() == {"CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"}


@pytest.mark.parametrize("secfixes", [None, {}, {"1-r0": None}])
def test_packages_without_fixes(secfixes: Any) -> None:
    known = index(secfixes)
    assert not found(known, "1-r0")
    assert not known.broken


@pytest.mark.parametrize("entry", ["", " ", None, "x" * 200, "a|b"])
def test_what_is_no_name_is_told(entry: str | None) -> None:
    known = index({"2-r0": [entry, "CVE-2026-0001"]})
    assert found(known, "1-r0").keys() == {"CVE-2026-0001"}
    assert "package openssl" in known.problems[0]

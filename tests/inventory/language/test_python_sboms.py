"""The SBOMs of wheels: what their builders put in is a component, what they only used is none."""

from __future__ import annotations

import json
from pathlib import Path

import cryptography
import pytest

from praxi_tasks.inventory import Inventory
from tests.inventory.layers import inventory_of, inventory_of_folder

FOLDER = "usr/lib/python3/dist-packages/Sea_Shell-2.1.dist-info/sboms"
BY_AUDITWHEEL = {
    "bomFormat": "CycloneDX",
    "components": [
        {"name": "sea_shell", "purl": "pkg:pypi/sea_shell@2.1?file_name=sea_shell-2.1-py3-none-any.whl"},
        {"name": "libgomp", "purl": "pkg:rpm/almalinux/libgomp@8.5.0-28.el8_10"},
    ],
}
BY_HAND = {
    "bomFormat": "CycloneDX",
    "components": [
        {
            "purl": "pkg:cargo/libc@0.2.177",
            "scope": "required",
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        },
        {"purl": "pkg:cargo/cc@1.2.0", "scope": "excluded"},
        {"purl": "pkg:cargo/shell-core@2.1.0?download_url=file://../shell-core", "scope": "required"},
        {"purl": "pkg:github/abseil/abseil-cpp@v20250127.0", "licenses": [{"license": {"id": "Apache-2.0"}}]},
        {"purl": "pkg:npm/%40angular/core@17.0.1"},
        {"purl": "pkg:maven/org.x/y@3"},
        {"purl": "pkg:pypi/sea_shell@2.1#c-ext/shell"},
        {"purl": "pkg:pypi/unlocked"},
        {"name": "without a package URL", "version": "1"},
    ],
}


def names(inventory: Inventory) -> set[str]:
    return {f"{claim.ecosystem}/{claim.name} {claim.version}" for claim in inventory.claims}


def test_what_a_builder_put_in_is_named_and_the_wheel_itself_is_not() -> None:
    inventory = inventory_of({f"{FOLDER}/auditwheel.cdx.json": json.dumps(BY_AUDITWHEEL).encode()})
    assert not inventory.problems
    assert names(inventory) == {"generic/libgomp 8.5.0-28.el8_10"}


@pytest.mark.parametrize("name", ["x.cyclonedx.json", "sbom.json", "bom.json"])
def test_packages_of_languages_are_those_of_their_indexes(name: str) -> None:
    inventory = inventory_of({f"{FOLDER}/{name}": json.dumps(BY_HAND).encode()})
    assert not inventory.problems
    assert names(inventory) == {
        "cargo/libc 0.2.177",
        "generic/abseil-cpp 20250127.0",
        "npm/@angular/core 17.0.1",
        "maven/org.x:y 3",
    }
    copied = {claim.name for claim in inventory.claims if claim.relation == "vendored"}
    assert copied == {"@angular/core"}
    stated = {claim.name: claim.licences for claim in inventory.claims}
    assert stated["libc"] == ("MIT OR Apache-2.0",)
    assert stated["abseil-cpp"] == ("Apache-2.0",)


def test_an_sbom_elsewhere_is_about_nobody_knows_what() -> None:
    assert inventory_of({"srv/app/bom.json": json.dumps(BY_HAND).encode()}).claims == ()


@pytest.mark.parametrize("data", [b"", b"[]", b'{"components": 1}', b'{"components": []}'])
def test_what_is_no_sbom_is_a_problem(data: bytes) -> None:
    inventory = inventory_of({f"{FOLDER}/sbom.json": data})
    assert (inventory.claims, len(inventory.problems)) == ((), 1)


def test_a_real_wheel_tells_of_its_openssl() -> None:
    site = Path(cryptography.__file__).parents[1]
    (folder,) = (path.name for path in site.glob("cryptography-*.dist-info"))
    inventory = inventory_of_folder(site, folder)
    found = {claim.name for claim in inventory.claims}
    assert not inventory.problems
    assert {"cryptography", "openssl", "pyo3"} <= found
    assert "cc" not in found, "its scope is excluded: the build alone needed it"

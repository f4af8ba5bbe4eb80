"""Claims that readers make and the inventory does not take as they are."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings.packages.purl import claim_purl
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.inventory.admission import Admission
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.limits import InventoryLimits
from tests.inventory.layers import changeset, inventory_of

STATUS = "var/lib/dpkg/status"
GOOD = "Package: good\nVersion: 1\n\n"


def names(inventory: Inventory) -> list[str]:
    return [claim.name for claim in inventory.claims]


@pytest.mark.parametrize(
    "record",
    [
        "Package: /\nVersion: 1\n\n",
        "Package: @\nVersion: 1\n\n",
        "Package: a\0b\nVersion: 1\n\n",
        "Package: a\x1b]0;title\x07\nVersion: 1\n\n",
        "Package: a\nVersion: 1\x1b[31m\n\n",
        f"Package: a\nVersion: {'9' * 10_000}\n\n",
        f"Package: {'a' * 10_000}\nVersion: 1\n\n",
    ],
)
def test_a_bad_record_costs_itself_and_is_reported(record: str) -> None:
    inventory = inventory_of({STATUS: (record + GOOD).encode()})
    assert names(inventory) == ["good"]
    (problem,) = inventory.problems
    assert problem.startswith(f"{STATUS}: the package")
    assert problem.isprintable()


@pytest.mark.parametrize("name", ["a/ ", "x/requests", "@s/x/y"])
def test_a_name_that_a_package_url_would_split_is_reported(name: str) -> None:
    manifest = msgspec.json.encode({"name": name, "version": "1"})
    inventory = inventory_of({"srv/node_modules/x/package.json": manifest})
    assert not inventory.claims
    assert "holds a slash" in inventory.problems[0]


@pytest.mark.parametrize("name", ["@x", "@x/", "@", "/", "//"])
def test_an_npm_package_without_a_name_is_reported(name: str) -> None:
    manifest = msgspec.json.encode({"name": name, "version": "1"})
    inventory = inventory_of(
        {
            "srv/node_modules/x/package.json": manifest,
            "srv/node_modules/y/package.json": b'{"name":"y","version":"1"}',
        }
    )
    assert names(inventory) == ["y"]
    assert "names nothing" in inventory.problems[0]


def test_a_bad_detail_costs_the_detail() -> None:
    record = "Package: a\nVersion: 1\nArchitecture: amd64\x07\nSource: b\n\n"
    inventory = inventory_of({STATUS: record.encode()})
    assert [(claim.name, claim.architecture, claim.source) for claim in inventory.claims] == [("a", "", "b")]
    assert "architecture" in inventory.problems[0]


@pytest.mark.parametrize("module", ["x" * 1_000, "nodejs\n:18"])
def test_a_module_that_is_no_name_costs_the_module(module: str) -> None:
    claim = Claim("rpm", "nodejs", "18-1.module_el9", "var/lib/rpm/Packages", module=module)
    (taken,), (problem,) = admitted(InventoryLimits(), claim)
    assert (taken.name, taken.module) == ("nodejs", "")
    assert "the module of 'nodejs' can't be used" in problem


def test_a_list_that_many_paragraphs_share_is_read_once() -> None:
    count = 200
    listed = "".join(f"/opt/{number}\n" for number in range(count)).encode()
    inventory = inventory_of({STATUS: GOOD.encode() * count, "var/lib/dpkg/info/good.list": listed})
    assert names(inventory) == ["good"] * count
    assert sum(len(claim.files) for claim in inventory.claims) == count
    assert any("twice" in problem for problem in inventory.problems)


def admitted(limits: InventoryLimits, *claims: Claim) -> tuple[list[Claim], tuple[str, ...]]:
    view = LayerView(changeset({}), {})
    admission = Admission(view, limits)
    for claim in claims:
        if not admission.add(claim):
            break
    return admission.claims, view.problems


def test_claims_beyond_the_limit_are_left_out() -> None:
    claims = [Claim("deb", f"p{number}", "1", STATUS) for number in range(5)]
    taken, problems = admitted(InventoryLimits(max_claims=3), *claims)
    assert taken == claims[:3]
    assert "PRAXI_INVENTORY_MAX_CLAIMS" in problems[0]


@pytest.mark.parametrize("limits", [InventoryLimits(max_paths=3), InventoryLimits(max_path_bytes=9)])
def test_files_beyond_the_limit_are_left_out_and_the_package_stays(limits: InventoryLimits) -> None:
    claims = [Claim("deb", name, "1", STATUS, files=(f"opt/{name}/a", f"opt/{name}/b")) for name in "ab"]
    taken, problems = admitted(limits, *claims)
    assert [claim.name for claim in taken] == ["a", "b"]
    assert not taken[1].files
    assert "PRAXI_INVENTORY_MAX_PATH" in problems[-1]


def test_the_limits_are_settings() -> None:
    found = InventoryLimits.from_environment({"PRAXI_INVENTORY_MAX_CLAIMS": "7"})
    assert found == InventoryLimits(max_claims=7)


@given(st.sampled_from(sorted(ECOSYSTEMS)), st.text(max_size=8), st.text(max_size=8), st.text(max_size=4))
def test_what_is_taken_has_a_package_url(ecosystem: str, name: str, version: str, architecture: str) -> None:
    taken, _ = admitted(InventoryLimits(), Claim(ecosystem, name, version, STATUS, architecture))
    written = ECOSYSTEMS[ecosystem].written_as or ecosystem
    for claim in taken:
        assert claim_purl(claim, None).startswith(f"pkg:{written}/")
        msgspec.json.encode(claim)


@pytest.mark.parametrize("value", ['"9?x"', '"12\x1b[2J"', f'"{"1" * 4000}"', '"../../x"'])
def test_an_odd_version_of_a_distribution_is_reported_and_left_empty(value: str) -> None:
    inventory = inventory_of(
        {"etc/os-release": f"ID=debian\nVERSION_ID={value}\nVERSION_CODENAME=sid\n".encode()}
    )
    assert inventory.distribution is not None
    assert (inventory.distribution.id, inventory.distribution.version_id) == ("debian", "")
    assert "VERSION_ID" in inventory.problems[0]


def test_licences_are_taken_while_there_is_room_for_them() -> None:
    view = LayerView(changeset({}), {})
    admission = Admission(view, InventoryLimits(max_licence_bytes=8))
    for name in ("a", "b", "c"):
        assert admission.add(Claim("deb", name, "1", STATUS, licences=("MIT", "ISC")))
    assert [claim.licences for claim in admission.claims] == [("MIT", "ISC"), (), ()]
    assert "PRAXI_INVENTORY_MAX_LICENCE_BYTES" in view.problems[0]

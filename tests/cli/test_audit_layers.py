"""Packages whose files lie in several layers: each is one component, with the layers that it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.audit import audit
from tests.support.images import Entry, Layer, image, layer, write_layout
from tests.support.packages import SITE, Package

OLD, NEW, TILL = Package("shoplib", "0.9.1"), Package("shoplib", "1.0"), Package("tillkit", "2.13")
Explanation = dict[str, Any]


def installed(package: Package, *parts: int) -> dict[str, Entry]:
    """Return the files of a package, or those of the given numbers."""
    files = list(package.files.items())
    return {f"{SITE}/{path}": data for path, data in [files[at] for at in parts or range(len(files))]}


def without(package: Package, *parts: int) -> Layer:
    """Return a layer that deletes some of the package's files."""
    files = list(installed(package))
    marks = [files[at].rpartition("/") for at in parts]
    return layer({f"{folder}/.wh.{name}": b"" for folder, _, name in marks})


@pytest.fixture
def components(tmp_path: Path, model_uri: str) -> Any:
    def told(*layers: Layer) -> list[Explanation]:
        write_layout(tmp_path / "layout", {"it": image(list(layers))})
        words = [f"oci:{tmp_path / 'layout'}:it", "--model", model_uri, "--store", str(tmp_path / "store")]
        result = CliRunner().invoke(audit, [*words, "--format", "json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        (document,) = json.loads(result.stdout)
        return list(document["components"])

    return told


def test_an_upgrade_in_a_later_layer(components: Any) -> None:
    old, new = layer(installed(OLD)), layer(installed(NEW))
    present, gone = components(old, new)
    assert (present["versions"], present["layers"]) == (["1.0"], [new.digest])
    assert "removed_by" not in present
    assert (gone["versions"], gone["layers"], gone["removed_by"]) == (["0.9.1"], [old.digest], new.digest)


def test_a_package_copied_in_two_steps(components: Any) -> None:
    first, second = layer(installed(TILL, 0, 1, 2)), layer(installed(TILL, 3, 4))
    (whole,) = components(first, second)
    assert (whole["name"], whole["versions"], whole["files"]) == ("tillkit", ["2.13"], len(TILL.files))
    assert whole["layers"] == [first.digest, second.digest]
    assert whole["purl"] == "pkg:pypi/tillkit@2.13"


def test_a_later_layer_that_deletes_half_of_it(components: Any) -> None:
    below = layer(installed(TILL))
    (half,) = components(below, without(TILL, 0, 1, 2))
    assert (half["name"], half["layers"]) == ("tillkit", [below.digest])
    assert "removed_by" not in half


def test_a_later_layer_that_deletes_one_of_two_parts(components: Any) -> None:
    first, second = layer(installed(TILL, 0, 1, 2)), layer(installed(TILL, 3, 4))
    (left,) = components(first, second, without(TILL, 0, 1, 2))
    assert left["layers"] == [first.digest, second.digest]
    assert "removed_by" not in left


def test_a_later_layer_that_deletes_all_of_it(components: Any) -> None:
    below, above = layer(installed(TILL)), without(TILL, *range(len(TILL.files)))
    (gone,) = components(below, above)
    assert gone["removed_by"] == above.digest

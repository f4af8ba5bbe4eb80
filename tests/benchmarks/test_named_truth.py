from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from benchmarks.named_software import Named, more
from benchmarks.named_truth import truth, upstream

CONTROL = """\
Package: fd-find
Version: 8.6.0-3
Architecture: all
Maintainer: Nobody <nobody@example.org>
Source: rust-fd-find
Provides: node-abbrev (= 1.1.1)
X-Cargo-Built-Using: rust-serde-json (= 1.0.91-1), rust-rand-0.7 (= 0.7.3+dfsg-2)
Description: finds files
"""


@pytest.mark.parametrize(
    ("version", "is_of"),
    [
        ("5:7.0.15-1~deb12u1", "7.0.15"),
        ("0.80.really.0.7.6-1", "0.7.6"),
        ("1.63.0+dfsg1-2", "1.63.0"),
        ("1.6.20~ds1", "1.6.20"),
        ("1.14.0.dfsg-2", "1.14.0"),
    ],
)
def test_what_a_version_of_debians_packs(version: str, is_of: str) -> None:
    assert upstream(version) == is_of


def test_an_archive_tells_itself_what_it_was_built_from_and_what_it_provides(tmp_path: Path) -> None:
    control = tmp_path / "built/DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.write_text(CONTROL)
    archives = tmp_path / "rust.debs"
    archives.mkdir()
    subprocess.run(["dpkg-deb", "-b", tmp_path / "built", archives], check=True, capture_output=True)
    assert truth("rust", tmp_path) >= {
        ("fd-find", "8.6.0"),
        ("serde-json", "1.0.91"),
        ("rand", "0.7.3"),
        ("abbrev", "1.1.1"),
    }


def test_applications_of_erlang_lie_in_folders_that_are_called_as_their_releases(tmp_path: Path) -> None:
    (tmp_path / "erlang/usr/lib/x/plugins/amqp_client-3.10.8/ebin").mkdir(parents=True)
    (tmp_path / "erlang/usr/lib/elixir/lib/mix/ebin").mkdir(parents=True)
    assert truth("erlang", tmp_path) == {("amqp-client", "3.10.8")}


def test_npm_tells_what_it_installed_under_which_name(tmp_path: Path) -> None:
    listing = tmp_path / "npm/node_modules/.package-lock.json"
    listing.parent.mkdir(parents=True)
    packages = {
        "node_modules/a/node_modules/@b/c": {"version": "1.0"},
        "node_modules/alias": {"name": "d", "version": "2.0"},
    }
    listing.write_text(json.dumps({"packages": packages}))
    assert truth("npm", tmp_path) == {("c", "1.0"), ("d", "2.0")}


def test_what_only_praxi_names_is_true_told_otherwise_or_not_known() -> None:
    theirs = Named([("cargo", "serde", "1.0", "")], 1.0)
    names = ("cargo", "serde"), ("cargo", "serde_json"), ("golang", "example.org/rand"), ("npm", "left")
    ours = Named([(kind, name, "1.0", "") for kind, name in names], 1.0)
    beyond = more(theirs, ours, frozenset({("serde-json", "1.0"), ("rand", "2.0"), ("serde", "1.0")}))
    assert beyond.all == {("serde-json", "1.0"), ("rand", "1.0"), ("left", "1.0")}
    assert beyond.true == {("serde-json", "1.0")}
    assert beyond.otherwise == {("rand", "1.0")}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.inventory import keep_file

SITE = "usr/lib/python3/dist-packages"


@pytest.mark.parametrize(
    "path",
    [
        "var/lib/dpkg/status",
        "var/lib/dpkg/info/libc6.md5sums",
        "var/lib/dpkg/status.d/base-files",
        "var/lib/dpkg/status.d/base-files.md5sums",
        "var/lib/dpkg/info/libc6:amd64.list",
        "var/lib/rpm/rpmdb.sqlite",
        "var/lib/rpm/Packages",
        "usr/lib/sysimage/rpm/Packages.db",
        "lib/apk/db/installed",
        "etc/os-release",
        f"{SITE}/six-1.16.0.dist-info/METADATA",
        f"{SITE}/six-1.16.0.dist-info/RECORD",
        f"{SITE}/six.egg-info",
        f"{SITE}/six.egg-info/PKG-INFO",
        f"{SITE}/six-1.16.0-py3.11.egg/EGG-INFO/PKG-INFO",
        "var/lib/rpm/rpmdb.sqlite-wal",
        "app/node_modules/left-pad/package.json",
        "usr/share/nodejs/left-pad/package.json",
        "node_modules/@babel/core/node_modules/left-pad/package.json",
        "node_modules/.pnpm/left-pad@1.3.0/node_modules/left-pad/package.json",
        "node_modules/.bun/@babel+core@7.0.0/node_modules/@babel/core/package.json",
        "node_modules/.deno/left-pad@1.3.0/node_modules/left-pad/node_modules/x/package.json",
        "node_modules/.store/left-pad@1.3.0-abc/node_modules/left-pad/package.json",
        "node_modules/.store/left-pad-npm-1.3.0-dbf9d8386f/package/package.json",
        "node_modules/.store/left-pad-npm-1.3.0-dbf9d8386f/package/node_modules/x/package.json",
        "app/.pnp.cjs",
        "var/lib/chisel/manifest.wall",
        "var/lib/rpmmanifest/container-manifest-2",
        f"{SITE}/six.egg-info/METADATA",
    ],
)
def test_databases_are_known_by_their_paths(path: str) -> None:
    assert keep_file(path)


@pytest.mark.parametrize(
    "path",
    [
        "var/lib/dpkg/status-old",
        "var/lib/dpkg/info/libc6.postinst",
        "etc/apt/sources.list",
        "backup/var/lib/rpm/Packages",
        "var/lib/rpm/Packages/x",
        "var/lib/rpm/Packages-wal",
        "src/EGG-INFO/PKG-INFO",
        f"{SITE}/six/METADATA",
        "app/node_modules/package.json",
        "app/node_modules/left-pad/lib/package.json",
        "app/node_modules/resolve/test/node_modules/left-pad/package.json",
        "node_modules/.store/left-pad-npm-1.3.0-dbf9d8386f/package.json",
        "node_modules/.bun/left-pad@1.3.0/package.json",
        "node_modules/.cache/x/node_modules/left-pad/package.json",
        "srv/manifest.wall",
        "",
    ],
)
def test_other_paths_are_not(path: str) -> None:
    assert not keep_file(path)


@given(st.text())
def test_any_text_has_an_answer(path: str) -> None:
    assert keep_file(path) in {True, False}


def test_a_path_of_many_node_modules_is_answered_at_once() -> None:
    assert not keep_file("node_modules/a/" * 20_000 + "x/y/package.json")

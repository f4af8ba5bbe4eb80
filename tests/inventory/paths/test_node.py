from __future__ import annotations

import pytest

from praxi_tasks.inventory import VersionText
from tests.inventory.paths.named import found, named


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("app/node_modules/lodash", "lodash"),
        ("app/node_modules/@babel/core", "@babel/core"),
        ("app/node_modules/a/node_modules/b", "b"),
        ("app/node_modules/.pnpm/lodash@4.17.21/node_modules/lodash", "lodash"),
        ("app/node_modules/.pnpm/@babel+core@7.0.0/node_modules/@babel/core", "@babel/core"),
        ("app/node_modules/.store/lodash-npm-4.17.21-abc/package", "package"),
        ("usr/lib/node_modules/npm", "npm"),
        ("app/node_modules/wrap-ansi-cjs", "wrap-ansi"),
    ],
)
def test_a_folder_of_node_modules_is_its_package(folder: str, name: str) -> None:
    if name == "package":
        assert not named([f"{folder}/index.js"])  # Yarn's store names no package there
    else:
        assert named([f"{folder}/lib/index.js"]) == [f"npm/{name}"]


@pytest.mark.parametrize(
    "path",
    [
        "app/node_modules/.bin/tsc",
        "app/node_modules/.package-lock.json",
        "app/node_modules/@babel/README.md",
        "app/node_modules/index.js",
        "app/node_modules/resolve/test/fixtures/node_modules/x/index.js",
        "app/node_modules/only-a-manifest/package.json",
    ],
)
def test_what_names_no_package(path: str) -> None:
    assert not named([path])


def test_a_file_is_the_innermost_packages() -> None:
    outer, inner = found(["n/node_modules/a/i.js", "n/node_modules/a/node_modules/b/i.js"])
    assert (outer.name, list(outer.paths)) == ("a", ["n/node_modules/a/i.js"])
    assert inner.name == "b"


def test_a_version_is_the_manifests() -> None:
    manifest = "n/node_modules/a/package.json"
    assert named([manifest, "n/node_modules/a/i.js"], [VersionText(manifest, "1.2.3")]) == ["npm/a@1.2.3"]

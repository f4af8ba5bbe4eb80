from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.inventory.layers import inventory_of, inventory_of_folder, only
from tests.support.tools import find


def manifest(name: str, version: str) -> bytes:
    return json.dumps({"name": name, "version": version, "dependencies": {}}).encode()


def test_a_package_owns_its_folder_without_nested_packages() -> None:
    root = "srv/node_modules/resolve"
    inventory = inventory_of(
        {
            f"{root}/package.json": manifest("resolve", "1.22.0"),
            f"{root}/index.js": b"",
            f"{root}/test/node_modules/fake/package.json": manifest("fake", "0.0.0"),
            f"{root}/node_modules/@scope/tool/package.json": manifest("@scope/tool", "2.0.0-rc.1"),
            f"{root}/node_modules/@scope/tool/lib/a.js": b"",
            "srv/index.js": b"",
        },
        {f"{root}/test": "d"},
    )
    assert {(claim.name, claim.version): claim.files for claim in inventory.claims} == {
        ("resolve", "1.22.0"): (
            f"{root}/index.js",
            f"{root}/package.json",
            f"{root}/test/node_modules/fake/package.json",
        ),
        ("@scope/tool", "2.0.0-rc.1"): (
            f"{root}/node_modules/@scope/tool/lib/a.js",
            f"{root}/node_modules/@scope/tool/package.json",
        ),
    }


@pytest.mark.parametrize(
    ("path", "name", "named"),
    [
        ("pnpm/dist/node_modules/node-gyp", "node-gyp", True),
        ("@a/b/lib/node_modules/@c/d", "@c/d", True),
        ("next/dist/compiled/react-is", "react-is", True),
        ("next/dist/compiled/@babel/runtime", "@babel/runtime", True),
        ("typescript/vendor/vscode-jsonrpc", "vscode-jsonrpc", True),
        ("next/dist/compiled/x", "another", False),
        ("nan/tools", "1to2", False),
        ("a/test/vendor/x", "x", False),
        ("a/__fixtures__/node_modules/x", "x", False),
        ("a/node_modules/b/examples/node_modules/x", "x", False),
    ],
)
def test_packages_in_packages(path: str, name: str, named: bool) -> None:
    inventory = inventory_of({f"node_modules/{path}/package.json": manifest(name, "1.0.0")})
    assert [claim.name for claim in inventory.claims] == [name] * named
    assert not inventory.problems


def test_equals_npm_itself(tmp_path: Path) -> None:
    npm = find("npm")
    for name, version in {"first": "1.0.0", "second": "2.1.0-beta.1"}.items():
        source = tmp_path / name
        source.mkdir()
        wanted = {"dependencies": {"first": f"file:{tmp_path}/first-1.0.0.tgz"}} if name == "second" else {}
        (source / "package.json").write_text(json.dumps({"name": name, "version": version, **wanted}))
        (source / "index.js").write_text("module.exports = 1\n")
        subprocess.run([npm, "pack", "--offline", f"./{name}"], cwd=tmp_path, check=True, capture_output=True)
    root = tmp_path / "root"
    root.mkdir()
    install = [npm, "install", "--offline", "--no-audit", "--no-fund", f"{tmp_path}/second-2.1.0-beta.1.tgz"]
    subprocess.run(install, cwd=root, check=True, capture_output=True)
    told = json.loads(
        subprocess.run([npm, "ls", "--all", "--json"], cwd=root, check=True, capture_output=True).stdout
    )
    second = told["dependencies"]["second"]
    expected = {("second", second["version"]), ("first", second["dependencies"]["first"]["version"])}
    claims = inventory_of_folder(root).claims
    assert {(claim.name, claim.version) for claim in claims} == expected
    assert all(
        set(claim.files) == {f"node_modules/{claim.name}/index.js", f"node_modules/{claim.name}/package.json"}
        for claim in claims
    )


def test_a_byte_order_mark_is_no_harm() -> None:
    data = b"\xef\xbb\xbf" + manifest("x", "1")
    assert only(inventory_of({"node_modules/x/package.json": data})).version == "1"


@pytest.mark.parametrize("data", [b'{"type": "module"}', b'{"name": "x"}', b'{"version": "1"}'])
def test_what_has_no_name_or_version_is_no_release(data: bytes) -> None:
    inventory = inventory_of({"node_modules/x/package.json": data})
    assert (inventory.claims, inventory.problems) == ((), ())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"name": 1, "version": "2"}', b'{"name": "\xff"}', b'{"a":' + b"[" * 100_000]
)
def test_what_is_no_manifest_is_a_problem(data: bytes) -> None:
    inventory = inventory_of({"node_modules/x/package.json": data})
    assert inventory.claims == ()
    assert len(inventory.problems) == 1


@pytest.mark.parametrize(
    "folder",
    [
        ".pnpm/left-pad@1.3.0/node_modules/left-pad",
        ".bun/left-pad@1.3.0/node_modules/left-pad",
        ".deno/left-pad@1.3.0/node_modules/left-pad",
        ".store/left-pad@1.3.0-abc/node_modules/left-pad",
        ".store/left-pad-npm-1.3.0-dbf9d8386f/package",
    ],
)
def test_packages_in_stores_own_their_files(folder: str) -> None:
    root = f"app/node_modules/{folder}"
    claim = only(inventory_of({f"{root}/package.json": manifest("left-pad", "1.3.0"), f"{root}/i.js": b""}))
    assert (claim.name, claim.version) == ("left-pad", "1.3.0")
    assert claim.files == (f"{root}/i.js", f"{root}/package.json")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"license": "MIT"}, ("MIT",)),
        ({"license": {"type": "ISC", "url": "x"}}, ("ISC",)),
        ({"licenses": [{"type": "MIT"}, "Apache-2.0", {"url": "x"}, 7]}, ("MIT OR Apache-2.0",)),
        ({"license": "", "licenses": "BSD"}, ("BSD",)),
        ({"license": 7}, ()),
        ({"license": [[["MIT"]]]}, ()),
        ({"license": {"type": ["MIT"]}}, ()),
        ({"license": "M\x1bT"}, ()),
        ({"license": "x" * 5000}, ()),
        ({}, ()),
    ],
)
def test_licences_of_new_and_old_manifests(fields: dict[str, object], expected: tuple[str, ...]) -> None:
    data = json.dumps({"name": "x", "version": "1.0.0", **fields}).encode()
    assert only(inventory_of({"srv/node_modules/x/package.json": data})).licences == expected


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/nodejs/left-pad/package.json",
        "usr/share/jupyter/labextensions/left-pad/package.json",
        "opt/code/extensions/x/package.json",
    ],
)
def test_packages_that_others_bring_along_are_seen(path: str) -> None:
    claim = only(inventory_of({path: manifest("left-pad", "1.3.0")}))
    assert (claim.name, claim.version, claim.files) == ("left-pad", "1.3.0", ())


@pytest.mark.parametrize(
    "data",
    [
        b'{"name": "shop", "version": "1.0.0", "private": true}',
        b'{"name": "{{ name }}", "version": "1"}',
        b"{{ x }}",
    ],
)
def test_applications_and_templates_are_no_packages(data: bytes) -> None:
    inventory = inventory_of({"srv/shop/package.json": data})
    assert (inventory.claims, inventory.problems) == ((), ())

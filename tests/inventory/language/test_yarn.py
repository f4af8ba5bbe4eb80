from __future__ import annotations

from tests.inventory.layers import inventory_of

CACHE = "app/.yarn/cache"
ARCHIVES = {
    "lodash-npm-4.17.20-6382451519-10c0.zip": ("lodash", "4.17.20"),
    "semver-npm-7.0.0-rc.1-0123456789-abcdef0123.zip": ("semver", "7.0.0-rc.1"),
    "npm-npm-bundled-npm-1.0.0-0123456789.zip": ("npm-npm-bundled", "1.0.0"),
    "@types-node-npm-20.1.0-0123456789-8.zip": ("@types/node", "20.1.0"),
    "@my-org-ui-npm-1.2.3-0123456789-10c0.zip": ("@my-org/ui", "1.2.3"),
}
MAP = (
    b'{"packageLocation": "./.yarn/cache/@my-org-ui-npm-1.2.3-0123456789-10c0.zip/node_modules/@my-org/ui/",}'
)


def test_archives_are_packages() -> None:
    contents = {f"{CACHE}/{name}": b"PK" for name in ARCHIVES}
    inventory = inventory_of({**contents, "app/.pnp.cjs": MAP})
    found = {claim.database: (claim.name, claim.version) for claim in inventory.claims}
    assert found == {f"{CACHE}/{name}": release for name, release in ARCHIVES.items()}
    assert {claim.files for claim in inventory.claims} == {(path,) for path in contents}
    assert inventory.databases == tuple(sorted(contents))
    assert not inventory.problems


def test_other_archives_are_none() -> None:
    others = ["app/x-npm-1.0.0-0123456789.zip", f"{CACHE}/a/x-npm-1.0.0-0123456789.zip", f"{CACHE}/x.zip"]
    assert not inventory_of(dict.fromkeys(others, b"PK")).claims

"""What an audit asks to learn: unknown releases that databases claim, and packages of unknown version."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from praxi_tasks.audit.unknown_packages import new_packages
from praxi_tasks.discovery import Model
from praxi_tasks.inventory import VENDORED, Claim, Inventory
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.store import Store, keys
from tests.support import world

DIGEST = "sha256:" + "7" * 64


def put(store: Store, model: Model, files: Files, claims: Sequence[Claim] = ()) -> None:
    """Store a layer as an audit leaves it: what its databases claim, and what the model says."""
    layer = world.layer(files, digest=DIGEST)
    store.put(keys.layer_inventory(DIGEST), Inventory(DIGEST, tuple(claims)).to_bytes())
    store.put(keys.layer_prediction(DIGEST, model.cache_key), msgspec.json.encode(model.predict(layer)))


def changed(version: str) -> Files:
    """Return the files of a package, all but one of them other than in any version that the model knows."""
    known = Files.of(world.find("packagec", version))
    other = np.uint64(7) * (np.arange(len(known.paths)) > 0)
    return Files(known.paths, known.sizes + other, known.hashes + other, known.measured)


def claim(name: str, version: str) -> Claim:
    return Claim("pypi", name, version, f"site-packages/{name}.dist-info/METADATA")


def test_a_package_of_unknown_version_is_asked_for_without_one(store: Store) -> None:
    put(store, world.model(), changed("1.1"))
    (found,) = new_packages([[DIGEST]], store, world.model())
    assert (found.purl, found.identity, found.layers) == (
        "pkg:pypi/packagec", ("pypi", "packagec", ""), (),
    )  # fmt: skip


def test_a_database_that_tells_the_version_is_believed(store: Store) -> None:
    put(store, world.model(), changed("1.1"), [claim("packagec", "1.7")])
    (found,) = new_packages([[DIGEST]], store, world.model())
    assert (found.purl, found.layers) == ("pkg:pypi/packagec@1.7", (DIGEST,))


def test_a_copy_in_another_package_is_learned_with_that(store: Store) -> None:
    copy = msgspec.structs.replace(claim("packagea", "9.9"), relation=VENDORED)
    put(store, world.model(), changed("1.1"), [claim("packagec", "1.7"), copy])
    assert [each.purl for each in new_packages([[DIGEST]], store, world.model())] == ["pkg:pypi/packagec@1.7"]


def test_a_version_that_is_known_is_no_news(store: Store) -> None:
    put(store, world.model(), Files.of(world.find("packagec", "1.1")), [claim("packagec", "1.1")])
    assert new_packages([[DIGEST]], store, world.model()) == ()


def test_what_a_file_is_made_of_is_not_asked_for(store: Store) -> None:
    file = "site-packages/packagec/_rust.so"
    crate = Claim("cargo", "addr2line", "0.21.0", file, files=(file,))
    put(store, world.model(), changed("1.1"), [claim("packagec", "1.7"), crate])
    assert [each.purl for each in new_packages([[DIGEST]], store, world.model())] == ["pkg:pypi/packagec@1.7"]

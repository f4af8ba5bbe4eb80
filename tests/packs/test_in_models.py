"""Packs in models and in the store: shared parts, replaced packs, names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from praxi_tasks.discovery import Catalogue, Model
from praxi_tasks.errors import ModelError, PackError, UsageError
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.packs import list_packs, packs_of_model, read_pack, store_pack, use_packs
from praxi_tasks.store import Store, open_store
from tests.packs.packs import PROVENANCE, model_of_packs
from tests.support import world


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


def parts(store: Store) -> dict[str, bytes]:
    """Return the bytes of all parts of a store's pool."""
    return {key: store.get(key) for key in store.list("parts") if "." not in key}


def saved(model: Model, store: Store, name: str) -> str:
    uri = f"{store.uri}/models/{name}"
    model.save(uri, f"{store.uri}/parts")
    return uri


def other_pack(name: str) -> Catalogue:
    return replace(build_catalogue(world.releases()[6:12]), pack=name)


def test_models_of_a_store_have_no_part_twice_and_adding_a_pack_rewrites_none(store: Store) -> None:
    model = model_of_packs()
    saved(model, store, "one")
    before = parts(store)
    grown = Model([*model.parts, other_pack("npm/three")], model.scorer)
    uri = saved(grown, store, "two")
    after = parts(store)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert Model.load(uri).id == grown.id
    assert sorted(key for key in store.list("models")) == ["models/one/model.json", "models/two/model.json"]


def test_a_model_says_which_packs_it_has_and_where_they_come_from(store: Store) -> None:
    uri = saved(model_of_packs(), store, "one")
    loaded = Model.load(uri)
    assert [part.pack for part in loaded.parts] == ["debian/one", "pypi/two"]
    assert {named.pack.name: named.pack.annotations for named in packs_of_model(uri)} == PROVENANCE
    assert loaded.annotations == PROVENANCE


def test_names_of_packs_are_part_of_what_a_model_is() -> None:
    model = model_of_packs()
    assert model.id != Model([replace(part, pack="site") for part in model.parts], model.scorer).id


def test_a_pack_of_the_store_is_put_into_a_model_and_replaces_an_older_one(store: Store) -> None:
    base = saved(model_of_packs(), store, "base")
    for name in ("npm/three", "pypi/two"):
        uri = saved(Model([other_pack(name)]), store, "source")
        store_pack(store, packs_of_model(uri)[0].pack)
    before = parts(store)
    to = f"{store.uri}/models/made"
    chosen = [read_pack(store, pack.name) for pack in list_packs(store)]
    manifest = use_packs(base, chosen, to, f"{store.uri}/parts")
    made = Model.load(to)
    assert made.id == manifest.id
    assert [part.pack for part in made.parts] == ["debian/one", "pypi/two", "npm/three"]
    assert made.knows_package("pypi", world.releases()[6].name)
    assert not made.knows_package("pypi", world.releases()[0].name)
    assert parts(store) == before


def test_a_model_elsewhere_takes_its_parts_with_it(store: Store, tmp_path: Path) -> None:
    base = saved(model_of_packs(), store, "base")
    alone = (tmp_path / "alone").as_uri()
    use_packs(base, [], alone)
    for key in [*store.list("parts"), *store.list("models")]:
        store.delete(key)
    assert Model.load(alone).id == model_of_packs().id
    with pytest.raises(ModelError, match="no model"):
        use_packs(base, [], alone)


def test_a_store_without_the_pack_and_a_name_that_is_none(store: Store) -> None:
    assert list_packs(store) == []
    with pytest.raises(PackError, match="no pack debian/none"):
        read_pack(store, "debian/none")
    for name in ("", "../x", "A", "a//b", "a/b/c/d/e", "a/.b"):
        with pytest.raises(UsageError, match="name of a pack"):
            read_pack(store, name)
    store.put("packs/debian/bad/pack.json", b'{"name": 1}')
    with pytest.raises(PackError, match="damaged"):
        list_packs(store)

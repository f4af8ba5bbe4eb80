"""What an image was built on: by its own word, by the layers of an image that is known, by shared layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.audit.bases import Named, chain_ids, find_bases
from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.plan import make_plan
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.oci.image import DeclaredBase, Descriptor, Image
from praxi_tasks.store import Store, documents, keys, open_store

TAR = "application/vnd.oci.image.layer.v1.tar"


def sha(number: int) -> str:
    return f"sha256:{number:064x}"


def image(name: str, *layers: int, base: DeclaredBase | None = None, compressed: int = 0) -> Named:
    """An image of layers with these contents; ``compressed`` is how, which changes their digests."""
    descriptors = tuple(Descriptor(TAR, sha(number + compressed), 9) for number in layers)
    digest = sha(hash((name, *layers)) % 2**64)
    return name, Image(name, digest, descriptors, diff_ids=tuple(map(sha, layers)), base=base)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def test_the_known_image_with_most_of_the_layers_is_the_base(store: Store) -> None:
    debian, python, shop = image("debian:12", 1), image("python:3.12", 1, 2, 3), image("shop:1", 1, 2, 3, 4)
    assert find_bases([shop, python, debian], store) == [
        BaseImage("python:3.12", python[1].digest, 3, "image"),
        BaseImage("debian:12", debian[1].digest, 1, "image"),
        None,
    ]


def test_a_base_that_an_earlier_audit_met_is_known(store: Store) -> None:
    python = image("python:3.12", 1, 2)
    find_bases([python], store)
    assert find_bases([image("shop:1", 1, 2, 3)], store) == [
        BaseImage("python:3.12", python[1].digest, 2, "image")
    ]


def test_layers_that_were_compressed_anew_are_the_same(store: Store) -> None:
    python = image("python:3.12", 1, 2)
    (_, found) = find_bases([python, image("shop:1", 1, 2, 3, compressed=100)], store)
    assert found == BaseImage("python:3.12", python[1].digest, 2, "image")


def test_the_same_layers_in_another_order_are_no_base(store: Store) -> None:
    assert find_bases([image("a/x", 2, 1), image("b/y", 1, 2, 3)], store) == [None, None]


def test_what_repositories_share_is_their_base_but_not_what_tags_share(store: Store) -> None:
    web, older, api = (
        image("shop/web:2", 1, 2, 3, 5),
        image("shop/web:1", 1, 2, 3, 4),
        image("shop/api", 1, 2, 6),
    )
    shared = BaseImage(layers=2, known_by="shared-layers")
    assert find_bases([web, older], store) == [None, None]
    assert find_bases([web, older, api], store) == [shared, shared, shared]


def test_an_image_that_others_are_built_on_shares_nothing_with_them(store: Store) -> None:
    platform, web = image("platform:1", 1, 2), image("web:1", 1, 2, 3)
    (own, built) = find_bases([platform, web], store)
    assert own is None
    assert built is not None
    assert built.name == "platform:1"


def test_a_declared_base_gives_its_name_to_the_layers_of_its_digest(store: Store) -> None:
    python = image("registry.example/python@sha256:1", 1, 2)
    declared = DeclaredBase("python:3.12", python[1].digest)
    (_, found) = find_bases([python, image("shop:1", 1, 2, 3, base=declared)], store)
    assert found == BaseImage("python:3.12", python[1].digest, 2, "declared")


def test_the_layers_of_a_declared_base_that_was_only_resolved_are_known(store: Store) -> None:
    _, python = image("python:3.12", 1, 2)
    documents.write(store, keys.image(python.digest, str(python.platform)), python)
    declared = DeclaredBase("python:3.12", python.digest)
    assert find_bases([image("shop:1", 1, 2, 3, base=declared)], store) == [
        BaseImage("python:3.12", python.digest, 2, "declared")
    ]


def test_an_inherited_label_names_no_more_than_the_base_of_the_base(store: Store) -> None:
    debian, inherited = image("debian:12", 1), DeclaredBase("debian:12", image("debian:12", 1)[1].digest)
    python = image("python:3.12", 1, 2, base=inherited)
    (_, _, found) = find_bases([debian, python, image("shop:1", 1, 2, 3, base=inherited)], store)
    assert found == BaseImage("python:3.12", python[1].digest, 2, "image")


def test_of_a_base_that_is_only_named_no_layer_is_known(store: Store) -> None:
    declared = DeclaredBase("python:3.12", sha(99))
    assert find_bases([image("shop:1", 1, 2, base=declared)], store) == [
        BaseImage("python:3.12", sha(99), 0, "declared")
    ]
    (found, _) = find_bases([image("shop:1", 1, 2, base=declared), image("other:1", 1, 3)], store)
    assert found == BaseImage("python:3.12", sha(99), 1, "declared")


def test_a_claim_that_the_layers_refute_does_not_count(store: Store) -> None:
    other = image("other:1", 7, 8)
    shop = image("shop:1", 1, 2, 3, base=DeclaredBase("other:1", other[1].digest))
    (_, found) = find_bases([other, shop], store)
    assert found == BaseImage("other:1", other[1].digest, 0, "declared")


def test_an_image_is_no_base_of_itself(store: Store) -> None:
    name, plain = image("debian:12", 1, 2)
    same = Image(
        name, plain.digest, plain.layers, diff_ids=plain.diff_ids, base=DeclaredBase("x", plain.digest)
    )
    assert find_bases([(name, same), ("mirror/debian:12", plain), None], store) == [None, None, None]


def test_damaged_memories_cost_a_name_alone(store: Store) -> None:
    _, python = image("python:3.12", 1, 2)
    store.put(keys.image_chain(chain_ids(python)[-1]), b"{")
    store.put(keys.image(sha(99), str(python.platform)), b"{")
    assert find_bases([image("shop:1", 1, 2, 3, base=DeclaredBase("p", sha(99)))], store) == [
        BaseImage("", "", 2, "image")
    ]


def test_a_plan_has_the_base_and_the_line_of_each_layer(store: Store) -> None:
    lines = ("ADD rootfs / # buildkit", "RUN make", "RUN make")
    found = dict([image("base:1", 1, 2), image("shop:1", 1, 2, 3)])
    made = {
        name: Image(name, one.digest, one.layers, commands=lines[: len(one.layers)])
        for name, one in found.items()
    }
    plan = make_plan(named_images(list(made)), lambda one: (made[one.image], ()), store)
    assert plan.commands == lines[:2]
    assert [plan.commands_of(one) for one in plan.images] == [lines[:2], lines]
    assert [one.base and one.base.layers for one in plan.images] == [None, 2]

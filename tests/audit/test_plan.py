"""Which layers a plan takes for known: those of which this program can read all that is stored."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.plan import CACHED, Plan, make_plan
from praxi_tasks.oci.image import Descriptor, Image
from praxi_tasks.store import keys, open_store

DIGEST = "sha256:" + "1" * 64
LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", DIGEST, 9)
IMAGE = Image("shop:1", "sha256:" + "2" * 64, (LAYER,))


@pytest.mark.parametrize("missing", range(4))
def test_a_layer_is_read_again_if_any_part_is_of_another_protocol(tmp_path: Path, missing: int) -> None:
    store = open_store(tmp_path.as_uri())
    for number, key in enumerate(keys.layer_documents(DIGEST)):
        store.put(key if number != missing else f"{key}.older", b"x")
    plan = make_plan(named_images(["shop:1"]), lambda _: (IMAGE, ()), store)
    assert (plan.layers[0].batch == CACHED) == plan.images[0].cached == (missing == 3)


def test_a_layer_that_its_manifest_holds_goes_along(tmp_path: Path) -> None:
    held = msgspec.structs.replace(LAYER, data=b"\x1f\x8b\xff")
    image = msgspec.structs.replace(IMAGE, layers=(held,))
    plan = make_plan(named_images(["shop:1"]), lambda _: (image, ()), open_store(tmp_path.as_uri()))
    again = msgspec.json.decode(msgspec.json.encode(plan), type=Plan)
    assert again.layers[0].descriptor() == held

"""What each model takes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from praxi_tasks.serving.protocol import InferRequest
from praxi_tasks.serving.refusals import RequestError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.signatures import SIGNATURES, find_signature, sticky_key
from praxi_tasks.serving.tensors import Tensor, of_numbers, of_texts, to_json
from praxi_tasks.serving.work import Answer, Changes, Fingerprint, Item, Layer, Refusal, Reply

LIMITS = ServingLimits(max_layers=3, max_paths=5)


def items(model: str, *tensors: Tensor) -> Sequence[Item]:
    request = InferRequest({tensor.name: tensor for tensor in tensors}, None, {}, {})
    return find_signature(model).items(request, LIMITS)


PATHS = of_texts("paths", [b"a", b"b", b"c"])


def test_paths_without_lengths_are_one_layer() -> None:
    assert items("praxi-layers", PATHS) == [Layer("", b"a\0b\0c")]


def test_several_layers_have_lengths_digests_and_columns() -> None:
    found = items(
        "praxi-layers",
        PATHS,
        of_numbers("lengths", "INT64", [2, 0, 1]),
        of_texts("digests", [b"sha256:1", b"sha256:2", b"sha256:3"]),
        of_numbers("hashes", "UINT64", [7, 8, 9]),
    )
    assert found == [
        Layer("sha256:1", b"a\0b", b"", (7).to_bytes(8, "little") + (8).to_bytes(8, "little")),
        Layer("sha256:2", b""),
        Layer("sha256:3", b"c", b"", (9).to_bytes(8, "little")),
    ]


def test_fingerprints_and_changesets() -> None:
    assert items("praxi-fingerprints", of_texts("fingerprints", [b"x"])) == [Fingerprint("", b"x")]
    changes = of_texts("changes", [b"A a", b"A b"])
    assert items("praxi-changesets", changes, of_texts("ids", [b"one"])) == [Changes("one", b"A a\0A b")]


@pytest.mark.parametrize(
    "tensors",
    [
        [],
        [of_texts("files", [b"a"])],
        [of_numbers("paths", "UINT64", [1])],
        [of_texts("paths", [b"a\0b"])],
        [Tensor("paths", "BYTES", (1, 2), [b"a", b"b"])],
        [Tensor("paths", "BYTES", (), [b"a"])],
        [PATHS, of_numbers("lengths", "INT64", [2])],
        [PATHS, of_numbers("lengths", "INT64", [4, -1])],
        [PATHS, of_numbers("lengths", "INT64", [3, 0, 0, 0])],
        [PATHS, of_texts("digests", [b"a", b"b"])],
        [PATHS, of_numbers("sizes", "UINT64", [1])],
        [of_texts("paths", [b"a"] * 6)],
    ],
)
def test_what_does_not_fit_is_refused(tensors: list[Tensor]) -> None:
    with pytest.raises(RequestError):
        items("praxi-layers", *tensors)


def test_there_are_no_other_models() -> None:
    with pytest.raises(UnknownError, match="praxi-layers"):
        find_signature("gpt")


def test_a_layer_is_recognised_by_its_digest_or_content() -> None:
    assert sticky_key(Layer("d", b"a")) == sticky_key(Fingerprint("d", b"x")) == "d"
    assert sticky_key(Layer("", b"a")) == sticky_key(Layer("", b"a")) != sticky_key(Layer("", b"b"))


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_outputs_are_those_that_are_announced(name: str) -> None:
    signature = SIGNATURES[name]
    replies: list[Reply] = [Answer(b"{}", ["pypi/a", "pypi/b"], [0.9, 0.8]), Refusal("lost", "it ended")]
    tensors = {tensor.name: tensor for tensor in signature.tensors(replies, ["1", "2"])}
    announced = {port["name"]: port["datatype"] for port in signature.metadata(["1"])["outputs"]}
    assert {name: tensor.datatype for name, tensor in tensors.items()} == announced
    assert to_json(tensors["lengths"]) == [2, 0]
    assert to_json(tensors["errors"]) == ["", "lost: it ended"]
    assert to_json(tensors["versions"]) == ["1", "2"]

"""Requests and answers of the protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.serving.protocol import HEADER, read_request, write_answer
from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.tensors import of_numbers, of_texts, to_json


def body(**request: Any) -> bytes:
    return json.dumps(request).encode()


def paths(**given: Any) -> dict[str, Any]:
    return {"name": "paths", "datatype": "BYTES", "shape": [1], "data": ["a"], **given}


def binary(size: int, name: str = "paths") -> dict[str, Any]:
    return {"name": name, "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": size}}


def test_a_request_of_json() -> None:
    request = read_request(body(id="7", inputs=[paths()], outputs=[{"name": "labels"}]), None)
    assert (request.id, request.outputs) == ("7", {"labels": False})
    assert to_json(request.inputs["paths"]) == ["a"]


def test_binary_data_follows_in_the_order_of_the_inputs() -> None:
    head = body(inputs=[binary(5, "one"), paths(), binary(6, "two")])
    request = read_request(head + b"\x01\0\0\0x\x02\0\0\0yz", str(len(head)))
    assert [to_json(tensor) for tensor in request.inputs.values()] == [["x"], ["a"], ["yz"]]


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (b"", None),
        (b"[]", None),
        (b"{", None),
        (body(inputs=[paths(), paths()]), None),
        (body(inputs=[paths(shape=[-1])]), None),
        (body(inputs=[paths(shape=[1 << 64])]), None),
        (body(inputs=[paths(shape=[1] * 9)]), None),
        (body(inputs=[paths(datatype="TEXT")]), None),
        (body(inputs=[{"name": "paths", "datatype": "BYTES", "shape": [1]}]), None),
        (body(inputs=[binary(5)]), None),
        (body(inputs=[{**binary(0), "data": ["a"]}]), None),
        (body(inputs=[binary(True)]), None),
        (body(inputs=[paths()], outputs=[{"name": "labels"}, {"name": "labels"}]), None),
        (body(inputs=[paths()]), "-1"),
        (body(inputs=[paths()]), "٣"),
        (body(inputs=[paths()]), "100000"),
        (body(inputs=[paths()]) + b"rest", str(len(body(inputs=[paths()])))),
        (b'{"inputs": [' + b"[" * 100_000, None),
    ],
)
def test_what_is_no_request_is_refused(content: bytes, length: str | None) -> None:
    with pytest.raises(RequestError):
        read_request(content, length)


def test_a_length_that_cuts_the_json_off_is_named() -> None:
    content = body(inputs=[paths()])  # as a client sends that keeps the header of its last request
    with pytest.raises(RequestError, match=rf"the first 20 of {len(content)} bytes, as Inference-Header"):
        read_request(content, "20")


def test_outputs_are_given_as_each_is_asked_for() -> None:
    outputs = [{"name": "labels", "parameters": {"binary_data": True}}, {"name": "lengths"}]
    request = read_request(body(inputs=[paths()], outputs=outputs), None)
    tensors = [of_numbers("lengths", "INT64", [1]), of_texts("labels", [b"pypi/flask"])]
    content, headers = write_answer(request, "m", "3", tensors)
    head = json.loads(content[: int(headers[HEADER])])
    assert head["model_version"] == "3"
    assert "id" not in head
    assert [output["name"] for output in head["outputs"]] == ["labels", "lengths"]
    assert head["outputs"][0]["parameters"] == {"binary_data_size": 14}
    assert head["outputs"][1]["data"] == [1]
    assert content[int(headers[HEADER]) :] == b"\x0a\0\0\0pypi/flask"


def test_all_outputs_may_be_asked_for_as_binary_data() -> None:
    request = read_request(body(inputs=[paths()], parameters={"binary_data_output": True}), None)
    content, headers = write_answer(request, "m", "", [of_texts("labels", [b"\xff"])])
    assert content.endswith(b"\x01\0\0\0\xff")
    assert "model_version" not in json.loads(content[: int(headers[HEADER])])


def test_an_output_that_there_is_not_is_refused() -> None:
    request = read_request(body(inputs=[paths()], outputs=[{"name": "scores"}]), None)
    with pytest.raises(RequestError, match="scores"):
        write_answer(request, "m", "1", [of_texts("labels", [])])

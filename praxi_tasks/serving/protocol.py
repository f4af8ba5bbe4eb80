"""Requests and answers of the Open Inference Protocol, version 2, over HTTP.

A body is JSON, or JSON of ``Inference-Header-Content-Length`` bytes and then the binary data of its tensors,
in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec

from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import printable_json
from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.tensors import BYTES, NUMBERS, Tensor, from_binary, from_json, to_binary, to_json

_HEADER: Final = "Inference-Header-Content-Length"
HEADER: Final = _HEADER.lower()
JSON_TYPE: Final = "application/json"
BINARY_TYPE: Final = "application/octet-stream"
_SIZE: Final = "binary_data_size"
_MOST_DIMENSIONS: Final = 8
_Length = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Input(msgspec.Struct, frozen=True):
    name: str
    shape: tuple[_Length, ...]
    datatype: str
    parameters: dict[str, Any] = {}
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Output(msgspec.Struct, frozen=True):
    name: str
    parameters: dict[str, Any] = {}


class _Request(msgspec.Struct, frozen=True):
    inputs: tuple[_Input, ...]
    id: str | None = None
    parameters: dict[str, Any] = {}
    outputs: tuple[_Output, ...] = ()


class InferRequest(msgspec.Struct, frozen=True):
    """A request to infer.

    Attributes
    ----------
    outputs
        The outputs that are asked for, and whether each as binary data; empty for all of them.
    binary
        Whether outputs are binary that nothing else is said of.
    """

    inputs: dict[str, Tensor]
    id: str | None
    parameters: dict[str, Any]
    outputs: dict[str, bool]
    binary: bool = False


def read_request(body: bytes, json_length: str | None) -> InferRequest:
    """Read a request's body.

    Parameters
    ----------
    json_length
        The header that says where the JSON ends; None for a body that is all JSON.

    Raises
    ------
    RequestError
        If it is not such a request.
    """
    head, rest = _split(body, json_length)
    try:
        request = decode(head, _Request)
    except msgspec.DecodeError as error:
        where = f"the first {len(head)} of {len(body)} bytes, as {_HEADER} says" if json_length else ""
        raise RequestError(f"not an inference request: {error}", where=where) from None
    inputs: dict[str, Tensor] = {}
    for given in request.inputs:
        if given.name in inputs:
            raise RequestError("an input is given twice", where=given.name)
        inputs[given.name], rest = _tensor(given, rest)
    if len(rest):
        raise RequestError(f"{len(rest)} bytes of binary data belong to no input")
    binary = request.parameters.get("binary_data_output") is True
    outputs: dict[str, bool] = {}
    for output in request.outputs:
        if output.name in outputs:
            raise RequestError("an output is asked for twice", where=output.name)
        outputs[output.name] = output.parameters.get("binary_data", binary) is True
    return InferRequest(inputs, request.id, request.parameters, outputs, binary)


def write_answer(
    request: InferRequest, model: str, version: str, tensors: Sequence[Tensor]
) -> tuple[bytes, dict[str, str]]:
    """Return the body that answers a request, and its headers.

    Parameters
    ----------
    version
        That which answered; empty where several did.
    tensors
        All outputs of the model.

    Raises
    ------
    RequestError
        If the request asks for an output that the model does not have.
    """
    wanted = _wanted(request, {tensor.name: tensor for tensor in tensors})
    parts = [to_binary(tensor) for tensor, binary in wanted if binary]
    sizes = iter(parts)
    answer: dict[str, Any] = {"model_name": model}
    answer |= {"model_version": version} if version else {}
    answer |= {"id": request.id} if request.id is not None else {}
    answer["outputs"] = [
        _described(tensor)
        | ({"parameters": {_SIZE: len(next(sizes))}} if binary else {"data": to_json(tensor)})
        for tensor, binary in wanted
    ]
    head = printable_json(msgspec.json.encode(answer))
    if not parts:
        return head, {"content-type": JSON_TYPE}
    return b"".join((head, *parts)), {"content-type": BINARY_TYPE, HEADER: str(len(head))}


def _split(body: bytes, json_length: str | None) -> tuple[bytes, memoryview]:
    if json_length is None:
        return body, memoryview(b"")
    length = int(json_length) if json_length.isascii() and json_length.isdigit() else -1
    if not 0 <= length <= len(body):
        raise RequestError("not the length of the JSON in this body", where=_HEADER)
    return body[:length], memoryview(body)[length:]


def _tensor(given: _Input, rest: memoryview) -> tuple[Tensor, memoryview]:
    """Return an input, and the binary data that is left for the next ones."""
    if given.datatype != BYTES and given.datatype not in NUMBERS:
        raise RequestError(f"there is no datatype {given.datatype[:40]!r}", where=given.name)
    if len(given.shape) > _MOST_DIMENSIONS:
        raise RequestError(f"more than {_MOST_DIMENSIONS} dimensions", where=given.name)
    size = given.parameters.get(_SIZE)
    if size is None:
        if isinstance(given.data, msgspec.UnsetType):
            raise RequestError("no data", where=given.name, action="give data or binary_data_size")
        return from_json(given.name, given.datatype, given.shape, bytes(given.data)), rest
    if not isinstance(given.data, msgspec.UnsetType):
        raise RequestError("both data and binary data", where=given.name)
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= len(rest):
        raise RequestError(f"{_SIZE} is not a size of what follows the JSON", where=given.name)
    return from_binary(given.name, given.datatype, given.shape, rest[:size]), rest[size:]


def _wanted(request: InferRequest, tensors: Mapping[str, Tensor]) -> list[tuple[Tensor, bool]]:
    if not request.outputs:
        return [(tensor, request.binary) for tensor in tensors.values()]
    unknown = [name for name in request.outputs if name not in tensors]
    if unknown:
        raise RequestError(
            "the model has no such output", where=unknown[0], action=f"it has {', '.join(tensors)}"
        )
    return [(tensors[name], binary) for name, binary in request.outputs.items()]


def _described(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "datatype": tensor.datatype, "shape": list(tensor.shape)}

"""ONNX: one message of Protocol Buffers (``onnx.proto``), of which tensors are passed over."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.inventory.ml_model.protobuf import BYTES, VARINT, Field, Fields, numbers
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=HEADER)
_MOST_FIELDS: Final = 2_000_000
_NEWEST: Final = 20  # of the format's versions
_NEXT: Final = (b"\x12", b"\x1a", b"\x22", b"\x28", b"\x3a", b"\x42")  # fields that may follow the first
_ENDINGS: Final = (b".onnx", b".onnx.pb", b".ort")
# Fields of the model, its graph, a tensor, and what the model says in pairs.
_PRODUCER, _PRODUCER_VERSION, _MODEL_VERSION, _GRAPH, _METADATA = 2, 3, 5, 7, 14
_NODE, _GRAPH_NAME, _INITIALISER, _ATTRIBUTE, _TENSOR, _BRANCH = 1, 2, 5, 5, 5, 6
_MOST_DEPTH: Final = 8
_MOST_SIDES: Final = 16
_DIMS, _TYPE, _DIMS_BYTES = 1, 2, 1 << 10
_KEY, _VALUE = 1, 2
_LONGEST_GRAPH: Final = 60
_MOST_PAIRS: Final = 1_000
_TYPES: Final = {
    1: "F32",
    2: "U8",
    3: "I8",
    4: "U16",
    5: "I16",
    6: "I32",
    7: "I64",
    9: "BOOL",
    10: "F16",
    11: "F64",
    12: "U32",
    13: "U64",
    16: "BF16",
    17: "F8_E4M3",
    19: "F8_E5M2",
    21: "U4",
    22: "I4",
    23: "F4_E2M1",
}
_ANY_GRAPH: Final = ("main", "torch", "graph", "model", "jit", "tf2onnx", "mlir")


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the format."""
    if name.endswith(_ENDINGS):
        return _PART
    version = head[1:2]
    likely = head[:1] == b"\x08" and b"\0" < version <= bytes([_NEWEST]) and head[2:3] in _NEXT
    return _PART if likely and (b"." not in name or name.endswith(b".model")) else None


def read_onnx(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds.

    Raises
    ------
    DataError
        If it is damaged.
    """
    content = file.content
    if content.read(4, 4) == b"ORTM":
        yield claim_of(file, Model(format="onnx", framework="onnxruntime"))
        return
    try:
        yield _model(file, Fields(content, _MOST_FIELDS))
    except DataError:
        if not content.is_whole:
            yield claim_of(file, Model(format="onnx"))
        elif file.name.encode("utf-8", "replace").endswith(_ENDINGS):
            raise


def _model(file: ModelFile, fields: Fields) -> Claim:
    producer, version, said = ["", ""], 0, dict[str, str]()
    graph, types = "", Counter[str]()
    has_graph = False
    for field in fields.of(0, file.content.size):
        if field.number in (_PRODUCER, _PRODUCER_VERSION) and field.kind == BYTES:
            producer[field.number - _PRODUCER] = fields.text(field)
        elif field.number == _MODEL_VERSION and field.kind == VARINT:
            version = field.value
        elif field.number == _GRAPH and field.kind == BYTES:
            has_graph = True
            graph, types = _graph(fields, field)
        elif field.number == _METADATA and field.kind == BYTES and len(said) < _MOST_PAIRS:
            key, value = _pair(fields, field)
            said[key.lower()] = value
    if not has_graph:
        raise DataError("it holds no graph")
    model = Model(
        format="onnx",
        framework=" ".join(filter(None, producer)),
        architecture=said.get("model_type", "") or said.get("architecture", "") or _telling(graph),
        quantisation=max(types, key=types.__getitem__, default=""),
        parameters=types.total(),
    )
    name = said.get("model_name", "") or said.get("name", "")
    licences = (said.get("license", "") or said.get("model_license", ""),)
    return claim_of(file, model, name, str(version) if 0 < version < 1 << 31 else "", licences)


def _telling(graph: str) -> str:
    """Return a graph's name, if it is not what exporters call any."""
    return "" if graph.lower().startswith(_ANY_GRAPH) or len(graph) > _LONGEST_GRAPH else graph


def _graph(fields: Fields, graph: Field, depth: int = 0) -> tuple[str, Counter[str]]:
    """Return a graph's name, and how many numbers of each type its tensors hold and those of its branches."""
    name, types = "", Counter[str]()
    for field in fields.of(graph.start, graph.stop):
        if field.kind != BYTES:
            continue
        if field.number == _GRAPH_NAME:
            name = fields.text(field)
        elif field.number == _INITIALISER:
            types.update(_tensor(fields, field))
        elif field.number == _NODE:
            for part in _parts(fields, field):
                if part.number == _TENSOR:
                    types.update(_tensor(fields, part))
                elif depth < _MOST_DEPTH:
                    types.update(_graph(fields, part, depth + 1)[1])
    return name, types


def _parts(fields: Fields, node: Field) -> Iterator[Field]:
    """Yield the tensors and the graphs that a node's attributes hold."""
    for attribute in fields.of(node.start, node.stop):
        if attribute.number == _ATTRIBUTE and attribute.kind == BYTES:
            for part in fields.of(attribute.start, attribute.stop):
                if part.kind == BYTES and part.number in (_TENSOR, _BRANCH):
                    yield part


def _tensor(fields: Fields, tensor: Field) -> dict[str, int]:
    sides: list[int] = []
    kind = 0
    for field in fields.of(tensor.start, tensor.stop):
        if field.number == _DIMS and field.kind == VARINT:
            sides.append(field.value)
        elif field.number == _DIMS and field.kind == BYTES:
            sides.extend(numbers(fields.bytes(field, _DIMS_BYTES)))
        elif field.number == _TYPE and field.kind == VARINT:
            kind = field.value
    return {_TYPES.get(kind, ""): math.prod(sides[:_MOST_SIDES])}


def _pair(fields: Fields, pair: Field) -> tuple[str, str]:
    texts = {
        field.number: fields.text(field) for field in fields.of(pair.start, pair.stop) if field.kind == BYTES
    }
    return texts.get(_KEY, ""), texts.get(_VALUE, "")


READER: Final = ModelReader(
    name="message",
    accepts=accepts,
    read=read_onnx,
    heads=tuple(b"\x08" + bytes([version]) for version in range(1, _NEWEST + 1)),
    tails=(b"nnx", b"ort"),
)

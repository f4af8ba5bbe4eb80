"""TensorFlow: saved models, a message (``saved_model.proto``), and TensorFlow Lite's files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.inventory.ml_model.protobuf import BYTES, Field, Fields
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=HEADER)
_SAVED: Final = b"saved_model.pb"
_LITE: Final = b"TFL3"
_LITE_PLACE: Final = 4
_MOST_FIELDS: Final = 10_000
_GRAPHS, _INFO, _TAGS, _VERSION = 2, 1, 4, 5
# Operations that reach outside of the graph: a node's second field names its operation.
_OUTSIDE: Final = re.compile(
    rb"\x12[\x06-\x14](?P<name>ReadFile|WriteFile|PyFunc|EagerPyFunc|PyFuncStateless)"
)
_OVERLAP: Final = 64


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the formats."""
    is_lite = head.startswith(_LITE, _LITE_PLACE)
    return _PART if is_lite or name == _SAVED else None


def read_tensorflow(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds.

    Raises
    ------
    DataError
        If it is damaged.
    """
    if file.content.read(_LITE_PLACE, len(_LITE)) == _LITE:
        yield claim_of(file, Model(format="tflite", framework="tensorflow"))
        return
    fields, version, tags = Fields(file.content, _MOST_FIELDS), "", list[str]()
    for graph in fields.of(0, file.content.size):
        if graph.number == _GRAPHS and graph.kind == BYTES:
            for info in _all(fields, graph, _INFO):
                version = version or next((fields.text(one) for one in _all(fields, info, _VERSION)), "")
                tags.extend(fields.text(one) for one in _all(fields, info, _TAGS))
    if not version and not tags:
        raise DataError("it holds no graph of TensorFlow's")
    operations = {
        found["name"].decode()
        for _, window in file.content.windows(_OVERLAP)
        for found in _OUTSIDE.finditer(window)
        if len(found["name"]) == found[0][1]
    }
    model = Model(
        format="savedmodel",
        framework=f"tensorflow {version}".rstrip(),
        code=tuple(f"the operation {name}" for name in sorted(operations)),
    )
    yield claim_of(file, model)


def _all(fields: Fields, message: Field, number: int) -> Iterator[Field]:
    found = fields.of(message.start, message.stop)
    return (one for one in found if one.number == number and one.kind == BYTES)


READER: Final = ModelReader(
    name="message", accepts=accepts, read=read_tensorflow, heads=(b"\x08\x01",), tails=(b"ite", b".pb")
)

"""Core ML: messages (coremltools' ``Model.proto``), alone or in packages, and what they are compiled to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of, name_of
from praxi_tasks.inventory.ml_model.protobuf import BYTES, Field, Fields
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=HEADER)
_MODEL: Final = b".mlmodel"
_PROGRAM: Final = b"program("  # what a compiled model's `model.mil` begins with
_PROGRAM_NAME: Final = b".mil"
_FIRST: Final = b"\x08"  # the version of the specification
_MOST_FIELDS: Final = 10_000
_DESCRIPTION, _METADATA = 2, 100
_VERSION, _LICENCE, _OTHERS = 2, 4, 100
_TOOLS: Final = "com.github.apple.coremltools.version"
_BUILT: Final = re.compile(rb'"coremltools-version", ?"(?P<version>[\w.+-]{1,40})"')
_BUILT_HEAD: Final = 1 << 16
_FOLDER: Final = re.compile(r"([^/]+)\.(?:mlpackage|mlmodelc)/")
# What a model is, by the field that it is in.
_KINDS: Final[Mapping[int, str]] = {
    **dict.fromkeys((200, 201, 202), "pipeline"),
    **dict.fromkeys((300, 400), "generalised linear model"),
    **dict.fromkeys((301, 401), "support vector machine"),
    **dict.fromkeys((302, 402), "tree ensemble"),
    **dict.fromkeys((303, 403, 500), "neural network"),
    404: "nearest neighbours",
    502: "program",
}


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the forms."""
    is_model = name.endswith(_MODEL) and head.startswith(_FIRST)
    return _PART if is_model or (name.endswith(_PROGRAM_NAME) and head.startswith(_PROGRAM)) else None


def read_coreml(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds.

    Raises
    ------
    DataError
        If it is damaged.
    """
    folder = _FOLDER.search(file.path)
    name = folder[1] if folder else name_of(file.path)
    if file.content.read(0, len(_PROGRAM)) == _PROGRAM:
        built = _BUILT.search(file.content.read(0, _BUILT_HEAD))
        framework = f"coreml {built['version'].decode()}" if built else "coreml"
        yield claim_of(file, Model(format="coreml", framework=framework, architecture="program"), name)
        return
    fields = Fields(file.content, _MOST_FIELDS)
    kind, said = "", dict[int, str]()
    for field in fields.of(0, file.content.size):
        kind = kind or _KINDS.get(field.number, "")
        for metadata in _below(fields, field, _METADATA) if field.number == _DESCRIPTION else ():
            said.update(_said(fields, metadata))
    if not kind:
        raise DataError("it holds no model of Core ML's")
    framework = f"coreml {said.get(_OTHERS, '')}".rstrip()
    model = Model(format="coreml", framework=framework, architecture=kind)
    yield claim_of(file, model, name, said.get(_VERSION, ""), (said.get(_LICENCE, ""),))


def _below(fields: Fields, message: Field, number: int) -> Iterator[Field]:
    if message.kind == BYTES:
        below = fields.of(message.start, message.stop)
        yield from (field for field in below if field.number == number and field.kind == BYTES)


def _said(fields: Fields, metadata: Field) -> Iterator[tuple[int, str]]:
    """Yield what a model's metadata says, by field; of what its author added the tools' version."""
    for field in fields.of(metadata.start, metadata.stop):
        if field.kind == BYTES and field.number in {_VERSION, _LICENCE}:
            yield field.number, fields.text(field)
        elif field.kind == BYTES and field.number == _OTHERS:
            pair = [fields.text(one) for one in fields.of(field.start, field.stop) if one.kind == BYTES]
            if pair[:1] == [_TOOLS]:
                yield _OTHERS, "".join(pair[1:])


READER: Final = ModelReader(
    name="message", accepts=accepts, read=read_coreml, tails=(_MODEL[-6:], _PROGRAM_NAME[-3:])
)

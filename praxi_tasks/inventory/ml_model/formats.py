"""The formats of model files that are read; a new one is added here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.ml_model import (
    boosters,
    coreml,
    gguf,
    keras,
    llamafile,
    nemo,
    onnx,
    openvino,
    pickle_file,
    safetensors,
    tensorflow,
    zip_model,
)
from praxi_tasks.inventory.ml_model.model_file import ModelFile, ModelReader
from praxi_tasks.oci.layer import Part

MODEL_READERS: Final[tuple[ModelReader, ...]] = (
    gguf.READER,
    keras.READER,
    boosters.READER,
    coreml.READER,
    openvino.READER,
    nemo.READER,
    llamafile.READER,
    tensorflow.READER,
    onnx.READER,
    zip_model.READER,
    pickle_file.READER,
    safetensors.READER,
)
"""The first that accepts a file reads it."""

HEADS: Final = tuple(dict.fromkeys(head for reader in MODEL_READERS for head in reader.heads))
"""How model files may begin."""

TAILS: Final = frozenset(tail for reader in MODEL_READERS for tail in reader.tails)
"""How the names of others may end, three letters each or six."""

ENDINGS: Final = (
    *(".safetensors", ".gguf", ".onnx", ".ort", ".pb", ".tflite", ".h5", ".keras", ".bin", ".npy", ".npz"),
    *(".mlmodel", ".mil", ".nemo", ".llamafile"),
    *(name.decode() for name in pickle_file.NAMES),
)
"""How most model files are called, in lower case."""


def part_of(path: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file, None if it is no model.

    Parameters
    ----------
    path
        Without a leading slash.
    head
        Its first 64 bytes, or all if it has fewer.
    """
    found = _reader_of(path, head)
    return found[1] if found else None


def read_model(file: ModelFile, head: bytes) -> tuple[str, Iterator[Claim]] | None:
    """Return what kind of record a file holds and the models that it yields, None if it is no model."""
    found = _reader_of(file.path.encode("utf-8", "surrogateescape"), head)
    return (found[0].name, found[0].read(file)) if found else None


def _reader_of(path: bytes, head: bytes) -> tuple[ModelReader, Part] | None:
    name = path.rpartition(b"/")[2].lower()
    parts = ((reader, reader.accepts(name, head)) for reader in MODEL_READERS)
    return next(((reader, part) for reader, part in parts if part), None)

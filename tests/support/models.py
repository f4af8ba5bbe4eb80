"""Machine-learning models of a few bytes, in the formats that are read."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Any


class Imports:
    """An object whose pickle calls something."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self._made = (call, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        """Be made by a call."""
        return self._made


HOSTILE = Imports(os.system, "id")


def pickled(content: object, protocol: int = 2) -> bytes:
    """Return a pickle."""
    return pickle.dumps(content, protocol)


def zipped(members: Mapping[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def safetensors(tensors: Mapping[str, tuple[str, list[int]]], **said: str) -> bytes:
    """Return a file of tensors' descriptions, without their numbers."""
    header: dict[str, Any] = {
        name: {"dtype": kind, "shape": shape} for name, (kind, shape) in tensors.items()
    }
    text = json.dumps({"__metadata__": said} | header if said else header).encode()
    return len(text).to_bytes(8, "little") + text


def _text(value: str) -> bytes:
    return len(value.encode()).to_bytes(8, "little") + value.encode()


def gguf(pairs: Mapping[str, str | int | list[str]], tensors: Mapping[str, tuple[list[int], int]]) -> bytes:
    """Return a file with these pairs, and the shapes and types of tensors."""
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, value in pairs.items():
        out += _text(key)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + _text(value)
        elif isinstance(value, int):
            out += struct.pack("<II", 4, value)
        else:
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))
    for name, (shape, kind) in tensors.items():
        out += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, 0)
    return out


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def message(*fields: tuple[int, int | bytes | str]) -> bytes:
    """Return a message in Protocol Buffers' wire format."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += _varint(number << 3) + _varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += _varint(number << 3 | 2) + _varint(len(data)) + data
    return out


def onnx(graph: bytes = b"", *more: tuple[int, int | bytes | str]) -> bytes:
    """Return a model with a graph, written by PyTorch."""
    return message((1, 8), (2, "pytorch"), (3, "2.3.1"), (7, graph or message((2, "main_graph"))), *more)


def npy(objects: object) -> bytes:
    """Return a NumPy file of an array of objects."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + pickled(objects, 3)


def keras(config: str, version: str = "3.1.0") -> bytes:
    """Return a model of Keras's third version."""
    metadata = json.dumps({"keras_version": version}).encode()
    return zipped({"metadata.json": metadata, "config.json": config.encode(), "model.weights.h5": b"\x89HDF"})


def hdf5(config: str, version: str = "2.15.0") -> bytes:
    """Return what the attributes of a model in HDF5 look like in its bytes."""
    return (
        b"\x89HDF\r\n\x1a\n" + bytes(9) + b"keras_version\0\0\0" + version.encode() + b"\0" + config.encode()
    )


def saved_model(*operations: str) -> bytes:
    """Return a saved model of TensorFlow with nodes of these operations."""
    nodes = ((1, message((1, "n"), (2, name))) for name in operations)
    graph = message((1, message((4, "serve"), (5, "2.15.0"))), (2, message(*nodes)))
    return message((1, 1), (2, graph))


def coreml(kind: int = 500, **said: str) -> bytes:
    """Return a model of Core ML's of some kind, with a version and a licence."""
    tools = message((1, "com.github.apple.coremltools.version"), (2, "9.0"))
    metadata = message((1, "x"), (2, said.get("version", "")), (4, said.get("licence", "")), (100, tools))
    return message((1, 6), (2, message((100, metadata))), (kind, message((1, ""))))


OPENVINO = b"""<?xml version="1.0"?>
<net name="resnet" version="11">
  <layers>
    <layer id="0" name="a" type="Const"><data element_type="f16" shape="3, 2" offset="0" size="12" /></layer>
    <layer id="1" name="b" type="Const"><data element_type="i64" shape="" offset="12" size="8" /></layer>
    <layer id="2" name="c" type="Parameter"><data shape="1,3" element_type="f32" /></layer>
  </layers>
  <rt_info><info name="OpenVINO Runtime" value="2024.4.1-22982-e213" /></rt_info>
</net>
"""


def llamafile(model: bytes) -> bytes:
    """Return a program with a zip archive behind it that holds a model, not packed."""
    return b"MZqFpD='" + bytes(4000) + zipped({".args": b"-m", "tiny.gguf": model})


def nemo(weights: bytes, configuration: bytes | None = None) -> bytes:
    """Return an archive of a configuration and weights."""
    said = b"target: nemo.collections.asr.models.EncDecCTCModel\nnemo_version: 1.20.0\n"
    members = {"./model_config.yaml": configuration or said, "./model_weights.ckpt": weights}
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()

"""Machine-learning models: each format, and the pickles in them."""

from __future__ import annotations

import contextlib
import io
import pickle
import re
import zipfile
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory import Claim, Model
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.ml_model import (
    boosters,
    coreml,
    folders,
    formats,
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
from praxi_tasks.inventory.ml_model.pickle_imports import Budget, Imports
from praxi_tasks.inventory.ml_model.pickles import read_pickles
from praxi_tasks.inventory.ml_model.protobuf import Fields
from praxi_tasks.inventory.ml_model.zip_members import member_bytes
from praxi_tasks.oci.layer import FileContent
from tests.fuzz.target import same, target
from tests.fuzz.targets.programs import check_claims
from tests.inventory.layers import changeset
from tests.support import models

_READER: Final = "praxi_tasks.inventory.ml_model.{}.READER"
_ROOM: Final = "praxi_tasks.inventory.ml_model."


def _read(data: bytes, path: str, reader: ModelReader) -> None:
    file = ModelFile(path, FileContent(data, len(data)), Budget(10_000))
    formats.part_of(path.encode(), data[:64])
    check_claims(reader.read(file))


@target(
    covers=(_READER.format("safetensors"), _ROOM + "safetensors.read_safetensors"),
    seeds=[models.safetensors({"a": ("F16", [2, 3])}, format="pt"), models.safetensors({"b": ("BF16", [0])})],
)
def tensors_header(data: bytes) -> None:
    """Read the header of tensors."""
    for path in ("a/model.safetensors", "a/blob"):
        _read(data, path, safetensors.READER)


@target(
    covers=(_READER.format("gguf"), _ROOM + "gguf.read_gguf"),
    seeds=[
        models.gguf({"general.name": "A", "general.file_type": 15, "t": ["a", "b"]}, {"x": ([2, 3], 12)}),
        b"lmgg" + bytes(20),
    ],
)
def gguf_file(data: bytes) -> None:
    """Read what describes a model."""
    _read(data, "a/model.gguf", gguf.READER)


_GRAPH: Final = models.message(
    (1, models.message((4, "Constant"), (5, models.message((5, models.message((1, 3), (2, 1))))))),
    (2, "g"),
    (5, models.message((1, b"\x02\x03"), (2, 10), (9, bytes(12)))),
)


@target(
    covers=(
        _READER.format("onnx"),
        _READER.format("tensorflow"),
        _ROOM + "onnx.read_onnx",
        _ROOM + "tensorflow.read_tensorflow",
    ),
    seeds=[
        models.onnx(_GRAPH, (5, 3), (14, models.message((1, "license"), (2, "MIT")))),
        models.saved_model("PyFunc", "Add"),
        b"\x1c\0\0\0TFL3" + bytes(9),
    ],
)
def model_message(data: bytes) -> None:
    """Read models that are messages of Protocol Buffers."""
    for number, field in enumerate(Fields(FileContent(data, len(data)), 100).of(0, 0)):
        same(field.number > number, True, "an empty message has no field")
    _read(data, "a/model.onnx", onnx.READER)
    _read(data, "a/saved_model.pb", tensorflow.READER)


@target(
    covers=(
        _READER.format("keras"),
        _READER.format("boosters"),
        _ROOM + "keras.read_hdf5",
        _ROOM + "boosters.read_booster",
    ),
    seeds=[
        models.hdf5('{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}}'),
        b'{"learner":{"objective":{"name":"reg:squarederror"}},"version":[2,0,3]}',
        b"tree\nversion=v4\nobjective=binary sigmoid:1\n",
    ],
)
def model_text(data: bytes) -> None:
    """Read models by the texts in them."""
    _read(data, "a/model.h5", keras.READER)
    _read(data, "a/model.json", boosters.READER)


_HOSTILE: Final = models.pickled(models.HOSTILE)


@target(
    covers=(
        *map(_READER.format, ("coreml", "openvino", "llamafile", "nemo")),
        _ROOM + "coreml.read_coreml",
        _ROOM + "openvino.read_openvino",
        _ROOM + "llamafile.read_llamafile",
        _ROOM + "nemo.read_nemo",
    ),
    seeds=[
        models.coreml(502, version="1", licence="MIT"),
        models.OPENVINO,
        models.llamafile(models.gguf({"general.name": "A"}, {"x": ([2], 12)})),
        models.nemo(models.zipped({"a/data.pkl": _HOSTILE})),
    ],
    longest=16_384,
)
def deployed_model(data: bytes) -> None:
    """Read models in the forms that they are deployed in."""
    _read(data, "a/model.mlmodel", coreml.READER)
    _read(data, "a/model.xml", openvino.READER)
    _read(data, "a/model.llamafile", llamafile.READER)
    _read(data, "a/model.nemo", nemo.READER)


@target(
    covers=(_READER.format("zip_model"), _ROOM + "zip_model.read_zip_model"),
    seeds=[
        models.zipped({"archive/data.pkl": _HOSTILE, "archive/version": b"3"}),
        models.zipped({"a.npy": models.npy([models.HOSTILE]), "b.zip": models.zipped({"x": _HOSTILE})}),
        models.keras('{"class_name": "Functional", "config": {"layers": [{"class_name": "Lambda"}]}}'),
        models.zipped({"MAR-INF/MANIFEST.json": b'{"model": {"modelName": "a", "modelVersion": "1"}}'}),
    ],
)
def zipped_model(data: bytes) -> None:
    """Read models that are zip archives."""
    _read(data, "a/model.pt", zip_model.READER)
    _read(data, "a/blob", zip_model.READER)


@target(
    covers=(
        _READER.format("pickle_file"),
        _ROOM + "pickle_file.read_pickle_file",
        _ROOM + "pickle_file.read_objects",
    ),
    seeds=[_HOSTILE, models.npy([models.HOSTILE]), models.pickled({"a": 1}, 0)],
)
def pickled_file(data: bytes) -> None:
    """Read files that are pickles."""
    for path in ("a/model.pkl", "a/model.joblib", "a/model.npy"):
        _read(data, path, pickle_file.READER)


class _Finder(pickle.Unpickler):
    """Notes what is looked up, and finds nothing: no global is ever imported."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, fix_imports=False)
        self.found: list[str] = []

    def find_class(self, module: str, name: str) -> object:
        self.found.append(f"{module}.{name}")
        raise LookupError

    def persistent_load(self, _pid: object) -> object:
        return None


_COSTLY: Final = re.compile(rb"[BTXr\x8b\x8d\x8e\x96]")  # lengths and notes that take the real one's memory


@target(
    covers=(_ROOM + "pickles.read_pickles",),
    seeds=[models.pickled([models.HOSTILE, {"a": (1, "b")}, 2**70], protocol) for protocol in range(5)],
)
def pickle_opcodes(data: bytes) -> None:
    """Follow a pickle: what a real unpickler looks up is known, or not all is said to be known."""
    imports = Imports(Budget(10_000))
    read_pickles(io.BytesIO(data), imports)
    same(imports.pickles > 0, True, "a pickle was followed")
    if _COSTLY.search(data):
        return
    finder = _Finder(io.BytesIO(data))
    with contextlib.suppress(Exception):
        finder.load()
    for name in finder.found:
        same(
            name in imports.globals or bool(imports.faults) or not name.isprintable(),
            True,
            f"{name} is known",
        )


@target(
    covers=(_ROOM + "zip_members.member_bytes",),
    seeds=[models.zipped({"a": b"text"}), models.zipped({"a": b"text" * 9}, zipfile.ZIP_DEFLATED)],
    errors=(DataError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError),
)
def zip_member(data: bytes) -> None:
    """Read members of an archive, as much as is asked for."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.filelist:
            same(
                len(member_bytes(io.BytesIO(data), member, 20)) <= 20, True, "no more is read than asked for"
            )


_ROOT: Final = "c/models--a--b"
_WEIGHTS: Final = Claim(
    "ml-model", "m", "", f"{_ROOT}/blobs/aa", files=(f"{_ROOT}/blobs/aa",), model=Model(format="gguf")
)


@target(
    covers=(_READER.format("folders"),),
    seeds=[
        b'{"model_type": "bert", "architectures": ["BertModel"], "transformers_version": "4.38.2"}',
        b'{"_class_name": "A", "_diffusers_version": "0.25.0"}',
        b'{"schemaVersion":2,"layers":[{"digest":"sha256:aa","mediaType":"application/vnd.ollama.image.model"}]}',
        b"---\nlanguage: en\nlicense: mit\n---\n",
        b"0123456789abcdef0123456789abcdef01234567\n",
    ],
)
def model_folder(data: bytes) -> None:
    """Read what describes a model, wherever it lies."""
    paths = (
        f"{_ROOT}/snapshots/r/x",
        "m/manifests/r/library/llama/8b",
        "d/config.json",
        "d/MLmodel",
        "d/.cache/huggingface/download/x.metadata",
    )
    other = msgspec.structs.replace(_WEIGHTS, database="d/e/m.gguf", files=("d/e/m.gguf",))
    models_found = (_WEIGHTS, other)
    view = LayerView(changeset(dict.fromkeys((*paths, *(one.database for one in models_found)), "f")), {})
    check_claims(folders.gather_models(view, models_found, dict.fromkeys(paths, data)))

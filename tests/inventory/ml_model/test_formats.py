"""What model files say of themselves, whatever they are called."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest

from praxi_tasks.inventory import Claim, Inspected, Model
from praxi_tasks.inventory.binary.inspect import Inspector, part_to_read
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.inventory.ml_model.model_file import HEADER, name_of
from praxi_tasks.oci.layer import FileContent
from tests.support import models
from tests.support.models import message


def inspect(data: bytes, path: str) -> Inspected:
    """Look into a file, if anybody looks into such a one."""
    if part_to_read(path.encode(), data[:64]) is None:
        return Inspected()
    return Inspector(InventoryLimits()).inspect(path, FileContent(data, len(data)))


def claim(data: bytes, path: str = "srv/bert/model.bin") -> Claim:
    """Return the one claim of a file without problems."""
    found = inspect(data, path)
    assert not found.problems
    (only,) = found.claims
    assert (only.database, only.files) == (path, (path,))
    return only


def model(data: bytes, path: str = "srv/bert/model.bin") -> Model:
    """Return what a file says of its model."""
    found = claim(data, path).model
    assert found is not None
    return found


TENSORS = {"a": ("BF16", [4, 8]), "b": ("F32", [2])}


@pytest.mark.parametrize("path", ["srv/bert/model.safetensors", "cache/blobs/0a1b"])
def test_safetensors(path: str) -> None:
    data = models.safetensors(TENSORS, **{"format": "pt", "modelspec.title": "A b", "license": "mit"})
    found = claim(data + bytes(72), path)
    assert (found.ecosystem, found.name, found.licences) == ("ml-model", "A b", ("mit",))
    assert found.model == Model(format="safetensors", framework="pytorch", quantisation="BF16", parameters=34)


def test_damaged_safetensors_are_a_problem() -> None:
    for data in (b"\xff" * 8 + b"{}", models.safetensors(TENSORS)[:-3], b"\x02\0\0\0\0\0\0\0{,", b"x"):
        found = inspect(data, "a/model.safetensors")
        assert not found.claims
        assert len(found.problems) == 1
    assert inspect(b"\x02\0\0\0\0\0\0\0{,", "a/some.json") == Inspected()


def test_gguf() -> None:
    pairs: dict[str, str | int | list[str]] = {
        "general.architecture": "llama",
        "general.name": "Tiny Llama",
        "general.version": "v1.2",
        "general.license": "apache-2.0",
        "general.file_type": 15,
        "tokenizer.ggml.tokens": ["a", "b"],
    }
    found = claim(models.gguf(pairs, {"x": ([4, 8], 12), "y": ([2], 0)}), "srv/any")
    assert (found.name, found.version, found.licences) == ("Tiny Llama", "v1.2", ("apache-2.0",))
    assert found.model == Model(format="gguf", architecture="llama", quantisation="Q4_K_M", parameters=34)
    bare = claim(models.gguf({}, {"x": ([4], 12)}), "srv/tiny-Q4.gguf")
    assert (bare.name, bare.model) == ("tiny-Q4", Model(format="gguf", quantisation="Q4_K", parameters=4))


@pytest.mark.parametrize(
    "data",
    [
        b"GGUF",
        models.gguf({"general.name": "A"}, {"x": ([4], 12)})[:-9],
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62) + b"x",
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 8, 1 << 40),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 9, 1),
    ],
)
def test_damaged_gguf_is_a_problem(data: bytes) -> None:
    found = inspect(data, "srv/a.gguf")
    assert not found.claims
    assert len(found.problems) == 1


CONSTANT = message((4, "Constant"), (5, message((1, "value"), (5, message((1, 3), (2, 1), (9, bytes(12)))))))
BRANCH = message((4, "If"), (5, message((6, message((5, message((1, 5), (2, 1))))))))


def test_onnx() -> None:
    weights = message((1, b"\x02\x05"), (2, 10), (8, "w"), (9, bytes(16)))
    graph = message((1, CONSTANT), (1, BRANCH), (2, "yolo"), (5, weights))
    data = models.onnx(graph, (5, 7), (8, message((2, 17))), (14, message((1, "license"), (2, "MIT"))))
    found = claim(data, "srv/detector/model.onnx")
    assert (found.name, found.version, found.licences) == ("detector", "7", ("MIT",))
    assert found.model == Model(
        format="onnx", framework="pytorch 2.3.1", architecture="yolo", quantisation="F16", parameters=18
    )


def test_the_version_and_licence_of_onnx() -> None:
    data = message((1, 8), (5, 3), (7, message((2, "g"))), (14, message((1, "license"), (2, "MIT"))))
    found = claim(data, "srv/blobs/aa")
    assert (found.version, found.licences) == ("3", ("MIT",))
    assert not inspect(data, "srv/other.dat").claims
    assert inspect(data[:-4], "srv/a.onnx").problems
    assert inspect(b"\x08\x08", "srv/a.onnx").problems


def test_tensorflow_and_what_reaches_outside_of_its_graph() -> None:
    path = "srv/saved/churn/saved_model.pb"
    found = model(models.saved_model("Add", "PyFunc", "ReadFile"), path)
    assert found == Model(
        format="savedmodel",
        framework="tensorflow 2.15.0",
        code=("the operation PyFunc", "the operation ReadFile"),
    )
    assert claim(models.saved_model(), path).name == "churn"
    assert model(b"\x1c\0\0\0TFL3", "srv/a.tflite").format == "tflite"
    assert inspect(b"\x08\x01\x12\x01", path).problems


def test_core_ml() -> None:
    data = models.coreml(502, version="1.4.2", licence="MIT")
    found = claim(data, "srv/segment.mlmodel")
    assert (found.name, found.version, found.licences) == ("segment", "1.4.2", ("MIT",))
    assert found.model == Model(format="coreml", framework="coreml 9.0", architecture="program")
    assert claim(data, "a/b.mlpackage/Data/com.apple.CoreML/model.mlmodel").name == "b"
    for damaged in (
        data[:-1],
        b"\x08\x06",
        message((1, 6), (2, message((100, message((100, b"\x0a\x09")))))),
    ):
        assert inspect(damaged, "srv/segment.mlmodel").problems


def test_a_compiled_program_of_core_ml() -> None:
    data = b'program(1.0)\n[buildInfo = dict<tensor<string, []>>({{"coremltools-version", "7.1"}})]\n{}'
    found = claim(data, "srv/AudioEncoder.mlmodelc/model.mil")
    assert (found.name, found.version) == ("AudioEncoder", "")
    assert found.model == Model(format="coreml", framework="coreml 7.1", architecture="program")
    assert inspect(b"int main(void)", "src/model.mil") == Inspected()


def test_openvino() -> None:
    found = model(models.OPENVINO, "srv/resnet50/openvino_model.xml")
    assert found == Model(
        format="openvino",
        framework="openvino 2024.4.1",
        architecture="resnet",
        quantisation="F16",
        parameters=7,
    )
    assert inspect(b'<?xml version="1.0"?><project/>', "srv/pom.xml") == Inspected()


def test_a_constant_where_two_windows_meet_is_counted_once() -> None:
    constant = b'<data element_type="i8" shape="10" offset="0" size="10" />'
    for before in range(0, 1 << 11, 97):
        filler = b" " * ((4 << 20) - (1 << 11) + before)
        found = model(b'<net name="a" version="11">' + filler + constant + b" " * (1 << 12), "a.xml")
        assert found.parameters == 10


def test_llamafile() -> None:
    data = models.llamafile(models.gguf({"general.name": "Tiny"}, {"x": ([4, 8], 12)}))
    found = claim(data, "opt/tiny.llamafile")
    assert (found.name, found.ecosystem) == ("Tiny", "ml-model")
    assert found.model == Model(format="gguf", quantisation="Q4_K", parameters=32)
    assert not inspect(data, "opt/tiny.exe").claims
    assert not inspect(models.llamafile(b"x"), "opt/a.llamafile").claims
    assert not inspect(data[:4060], "opt/a.llamafile").claims
    assert inspect(models.llamafile(b"GGUF"), "opt/a.llamafile").problems


@pytest.mark.parametrize("packed", [False, True])
def test_nemo_and_what_its_weights_import(packed: bool) -> None:
    weights = models.zipped({"archive/data.pkl": models.pickled(models.HOSTILE), "archive/version": b"3"})
    data = models.nemo(weights)
    found = model(gzip.compress(data) if packed else data, "srv/asr.nemo")
    assert (found.format, found.framework, found.architecture) == ("nemo", "nemo 1.20.0", "EncDecCTCModel")
    assert (found.pickles, found.imports) == (1, ("posix.system",))


def test_damaged_nemo() -> None:
    for data in (b"x" * 700, b"", models.nemo(b"", b"\0")[:512]):
        assert inspect(data, "srv/asr.nemo").problems
    cut = models.nemo(models.zipped({"archive/data.pkl": models.pickled([1])})[:40])
    assert model(cut, "srv/asr.nemo").faults
    assert claim(models.nemo(b"", b"a: b\n"), "srv/asr.nemo").model == Model(format="nemo", framework="nemo")


def test_weights_that_are_too_large_are_told() -> None:
    data = models.nemo(models.zipped({"a/data.pkl": b"x" * 3000}))
    content = FileContent(data[:2048], len(data), ((0, 2048),))
    (found,) = Inspector(InventoryLimits()).inspect("srv/asr.nemo", content).claims
    assert found.model is not None
    assert found.model.faults == ("its weights are larger than what is looked into",)


@pytest.mark.parametrize(
    "text",
    [
        b"import sys, types;m = sys.modules.setdefault('zope', types.ModuleType('zope'))\n",
        b"import sys, types, os;p = os.path\nimport sys, types, os;p = os.path;m and setattr(m, 'x', m)\n",
        b"import a\n/opt/b\n.\n",
        b"import os; var = 'X'; os.environ.get(var) and __import__('_hack').add_shim();\nimport b\n",
        b"../src\nNotes\nIndex\n",
        b"",
    ],
)
def test_path_configurations_of_python_are_no_models(text: bytes) -> None:
    path = "usr/lib/python3/dist-packages/zope-1.0-py3.11-nspkg.pth"
    assert inspect(text, path) == Inspected()
    assert inspect(text.replace(b"\n", b"\r\n"), path) == Inspected()


def test_a_pickle_of_such_a_name_is_followed() -> None:
    assert model(b"cos\nsystem\n(S'id'\ntR.", "usr/lib/python3/dist-packages/a.pth").imports == ("os.system",)
    assert model(b"cos\nsystem\n(S'id'\ntR", "usr/lib/python3/dist-packages/a.pth").imports == ("os.system",)


def test_packed_arrays_of_numbers_are_no_pickles() -> None:
    columns = ", ".join(f"('column {number}', '<f8')" for number in range(90))
    header = f"{{'descr': [{columns}], 'shape': (3,)}}".encode()
    array = b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header + bytes(2160)
    packed = models.zipped({"prices.npy": array}, zipfile.ZIP_DEFLATED)
    assert inspect(packed, "usr/share/prices.npz") == Inspected()


def test_a_packed_pickle_of_any_name_is_found() -> None:
    letters = "".join(chr(33 + n % 90) for n in range(4000))
    pickled = models.pickled([models.HOSTILE, letters])
    members = {"a.pkl": models.pickled(1), "b": pickled}
    assert model(models.zipped(members, zipfile.ZIP_DEFLATED), "srv/a.bin").imports == ("posix.system",)


LAMBDA = '{"class_name": "Functional", "config": {"layers": [{"class_name": "Lambda"}]}}'


def test_keras_and_its_lambda_layers() -> None:
    found = model(models.keras(LAMBDA), "srv/a.keras")
    assert (found.format, found.framework, found.architecture) == ("keras", "keras 3.1.0", "Functional")
    assert found.code == ("a Lambda layer of Keras",)
    assert model(models.keras(LAMBDA.replace("Lambda", "Dense")), "srv/a.keras").code == ()
    old = model(models.hdf5(LAMBDA), "srv/a.h5")
    assert (old.format, old.framework, old.architecture) == ("hdf5", "keras 2.15.0", "Functional")
    assert old.code == ("a Lambda layer of Keras",)
    assert not inspect(b"\x89HDF\r\n\x1a\n" + bytes(90), "srv/a.h5").claims


@pytest.mark.parametrize(
    ("data", "framework", "kind"),
    [
        (
            b'{"learner":{"objective":{"name":"reg:squarederror"}},"version":[2,0,3]}',
            "xgboost 2.0.3",
            "reg:squarederror",
        ),
        (
            (
                b"{L\0\0\0\0\0\0\0\x07learner{L\0\0\0\0\0\0\0\x09objective{L\0\0\0\0\0\0\0\x04nameSL\0\0\0\0\0\0\0\x0f"
                b"binary:logisticL}}L\0\0\0\0\0\0\0\x07version[#L\0\0\0\0\0\0\0\x03i\x03i\x02i\x00}"
            ),
            "xgboost 3.2.0",
            "binary:logistic",
        ),
        (b"tree\nversion=v4\nobjective=multiclass num_class:3\n", "lightgbm", "multiclass"),
        (b"CBM1" + bytes(20), "catboost", ""),
    ],
)
def test_boosted_trees(data: bytes, framework: str, kind: str) -> None:
    found = model(data, "srv/a.any")
    assert (found.framework, found.architecture) == (framework, kind)


def test_a_name_that_says_nothing_gives_way_to_its_folder() -> None:
    assert name_of("srv/bert-tiny/onnx/model_quantized.onnx") == "bert-tiny"
    assert name_of("srv/bert/1/model-00001-of-00003.safetensors") == "bert"
    assert name_of("model.bin") == "model"
    assert name_of("a/yolo.v8.pt") == "yolo.v8"


def test_of_a_large_file_the_beginning_says_it_all() -> None:
    size = 10 << 30
    for data, path in (
        (models.safetensors(TENSORS), "a/m.safetensors"),
        (models.gguf({"general.name": "A"}, {"x": ([4], 12)}), "a/m.gguf"),
    ):
        part = part_to_read(path.encode(), data[:64])
        assert part is not None
        assert part.held(size, 2 << 30) == HEADER
        content = FileContent(data, size, ((0, len(data)),))
        assert Inspector(InventoryLimits()).inspect(path, content).claims


def test_compressed_pickles() -> None:
    assert model(gzip.compress(models.pickled(models.HOSTILE)), "a/m.pkl.gz").imports == ("posix.system",)
    assert inspect(gzip.compress(b"text"), "a/notes.txt.gz") == Inspected()
    assert inspect(gzip.compress(models.pickled({}))[:-9], "a/m.pkl.gz").problems
    assert io.BytesIO(gzip.compress(b"")).read(2) == b"\x1f\x8b"

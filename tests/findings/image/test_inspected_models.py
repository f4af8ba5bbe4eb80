"""Machine-learning models from a layer's bytes to an image's components, findings and SBOMs."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.detectors.unsafe_model import UnsafeModel
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import Component
from praxi_tasks.findings.report.cyclonedx import to_cyclonedx
from praxi_tasks.findings.report.spdx import to_spdx
from tests.findings.audits import AT
from tests.findings.detectors.detect import NO_FEEDS
from tests.findings.image.test_inspected_files import image, there
from tests.support import models
from tests.support.images import Entry, Symlink
from tests.support.programs import elf

REVISION = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = models.safetensors({"a": ("BF16", [2, 3])}, format="pt")
CONFIG = json.dumps({"model_type": "bert", "architectures": ["BertModel"]}).encode()
HUB = "root/.cache/huggingface/hub/models--a--b"
CACHE: dict[str, Entry] = {
    f"{HUB}/blobs/aa": WEIGHTS,
    f"{HUB}/blobs/bb": CONFIG,
    f"{HUB}/snapshots/{REVISION}/model.safetensors": Symlink("../../blobs/aa"),
    f"{HUB}/snapshots/{REVISION}/config.json": Symlink("../../blobs/bb"),
}
HOSTILE = models.zipped({"archive/version": b"3", "archive/data.pkl": models.pickled(models.HOSTILE)})
SITE = "usr/lib/python3.11/site-packages"


def wheel(name: str, *files: str) -> dict[str, bytes]:
    """Return the record of a wheel that installed some files."""
    folder = f"{SITE}/{name}-1.0.dist-info"
    lines = "".join(f"{file.removeprefix(f'{SITE}/')},,\n" for file in files)
    return {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{folder}/RECORD": f"{lines}{name}-1.0.dist-info/METADATA,,\n".encode(),
    }


def models_of(found: FusedImage) -> list[Component]:
    """Return the components of an image that are models, those that are there."""
    return [item for item in found.components if item.model and item.present]


def test_a_model_of_the_hub_by_its_cache(tmp_path: Path) -> None:
    found = image(tmp_path, CACHE)
    assert there(found) == {f"pkg:huggingface/a/b@{REVISION}"}
    (component,) = models_of(found)
    assert component.model is not None
    assert (component.model.architecture, component.model.quantisation) == ("BertModel", "BF16")


def test_a_model_that_is_gone_is_not_there(tmp_path: Path) -> None:
    found = image(tmp_path, {"srv/m.safetensors": WEIGHTS}, {"srv/.wh.m.safetensors": b""})
    assert there(found) == set()
    assert [item.name for item in found.components] == ["m"]


def test_a_model_in_a_wheel_is_one_and_names_the_wheel(tmp_path: Path) -> None:
    weights, plain = f"{SITE}/tool/tiny.safetensors", f"{SITE}/tool/cache.pkl"
    found = image(
        tmp_path, {weights: WEIGHTS, plain: models.pickled({"a": 1}), **wheel("tool", weights, plain)}
    )
    assert there(found) == {"pkg:pypi/tool@1.0", "pkg:generic/tiny"}
    (component,) = models_of(found)
    assert (component.name, component.owner, component.versions) == ("tiny", "pypi/tool", ())
    (finding,) = UnsafeModel(NO_FEEDS).detect(found)
    assert (finding.severity, finding.package) == ("info", "ml-model/cache")


def test_two_models_of_one_name_are_two(tmp_path: Path) -> None:
    found = image(tmp_path, {"srv/a/tiny.safetensors": WEIGHTS, "srv/b/tiny.onnx": models.onnx()})
    assert [item.model and item.model.format for item in models_of(found)] == ["safetensors", "onnx"]


def test_sboms_call_models_what_they_are(tmp_path: Path) -> None:
    found = image(
        tmp_path,
        {
            **CACHE,
            "srv/evil.pt": HOSTILE,
            "srv/cache.pkl": models.pickled({"a": 1}),
            "srv/tiny.gguf": models.gguf({"general.license": "mit", "general.file_type": 15}, {}),
        },
    )
    shown = AssessedImage("r/i:1", digest=f"sha256:{7:064x}", components=found.components)
    audit = AssessedAudit("run", AT, "", "m", (shown,))
    parts = {part["name"]: part for part in json.loads(to_cyclonedx(audit, shown))["components"]}
    kinds = {name: part["type"] for name, part in parts.items()}
    model = "machine-learning-model"
    assert kinds == {"a/b": model, "evil": model, "tiny": model, "cache": "data"}
    assert parts["a/b"]["modelCard"] == {"modelParameters": {"modelArchitecture": "BertModel"}}
    assert parts["tiny"]["licenses"] == [{"license": {"id": "MIT", "acknowledgement": "declared"}}]
    said = {(entry["name"], entry["value"]) for part in parts.values() for entry in part["properties"]}
    assert {("praxi:model:imports", "posix.system"), ("praxi:model:quantisation", "Q4_K_M")} <= said
    packages = json.loads(to_spdx(audit, shown))["packages"]
    comments = [note["comment"] for package in packages for note in package["annotations"]]
    assert any("machine-learning model: format gguf; quantisation Q4_K_M" in text for text in comments)
    (worst, *_) = UnsafeModel(NO_FEEDS).detect(found)
    assert (worst.severity, worst.package) == ("high", "ml-model/evil")


def test_files_are_told_by_their_names_or_their_bytes(tmp_path: Path) -> None:
    module = elf({".modinfo": b"name=nvidia\0version=535.1\0vermagic=6.1.0 SMP\0"})
    hostile = models.pickled(models.HOSTILE)
    found = image(
        tmp_path,
        {
            "srv/zipped.pkl.gz": gzip.compress(hostile),
            "srv/packed.joblib.xz": lzma.compress(hostile),
            "srv/old.pickle": b"cposix\nsystem\n.",
            "srv/plain.pkl": hostile,
            "srv/tiny.tflite": b"\x1c\0\0\0TFL3" + bytes(9),
            "srv/net.onnx": models.onnx(),
            "srv/saved/saved_model.pb": models.saved_model(),
            "lib/modules/6.1.0/updates/nvidia.ko.xz": lzma.compress(module),
            "srv/notes.txt.gz": gzip.compress(b"text"),
        },
    )
    assert {item.name for item in models_of(found)} == {
        *("zipped", "packed", "old", "plain", "tiny", "net", "saved"),
    }
    assert "pkg:generic/nvidia@535.1" in there(found)

"""Which files are one model, and what its folder says: caches, stores, exported models."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import Claim, Model, keep_file, looks_like_database, read_inventory
from praxi_tasks.inventory.binary.inspect import Inspector, part_to_read
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.oci.layer import FileContent
from tests.inventory.layers import changeset
from tests.support import models

REVISION = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = models.safetensors({"a": ("F16", [2, 3])}, format="pt")
CONFIG = json.dumps(
    {"architectures": ["BertModel"], "model_type": "bert", "transformers_version": "4.38.2"}
).encode()
CARD = b"---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n"


def claims_of(files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> tuple[Claim, ...]:
    """Return the claims of a layer with these files and symbolic links."""
    entries = changeset({**dict.fromkeys(files, "f"), **dict.fromkeys(links or {}, "l")})
    targets = {entries.paths.index(path): target for path, target in (links or {}).items()}
    layer = Changeset(**{**{name: getattr(entries, name) for name in FIELDS}, "links": targets})
    inspector = Inspector(InventoryLimits())
    inspected = {
        path: inspector.inspect(path, FileContent(data, len(data)))
        for path, data in files.items()
        if part_to_read(path.encode(), data[:64]) is not None
    }
    kept = {path: data for path, data in files.items() if keep_file(path)}
    reserve = {path: data for path, data in files.items() if path not in kept and looks_like_database(data)}
    inventory = read_inventory(layer, kept, reserve=reserve, inspected=inspected)
    assert not inventory.problems
    return inventory.claims


FIELDS = ("digest", "paths", "types", "sizes", "modes", "mtimes", "hashes")


def test_a_cache_of_the_hub() -> None:
    root = "root/.cache/huggingface/hub/models--bert-base--uncased"
    snapshot = f"{root}/snapshots/{REVISION}"
    (claim,) = claims_of(
        {
            f"{root}/blobs/aa": WEIGHTS,
            f"{root}/blobs/bb": CONFIG,
            f"{root}/blobs/cc": CARD,
            f"{root}/refs/main": REVISION.encode(),
        },
        {
            f"{snapshot}/model.safetensors": "../../blobs/aa",
            f"{snapshot}/config.json": "../../blobs/bb",
            f"{snapshot}/README.md": "../../blobs/cc",
        },
    )
    assert (claim.ecosystem, claim.name, claim.version) == ("huggingface", "bert-base/uncased", REVISION)
    assert claim.licences == ("apache-2.0",)
    assert claim.model == Model(
        format="safetensors",
        framework="transformers 4.38.2",
        architecture="BertModel",
        quantisation="F16",
        parameters=6,
    )
    assert f"{root}/blobs/aa" in claim.files


def test_a_cache_without_its_links_or_without_weights() -> None:
    (claim,) = claims_of({"c/models--gpt2/blobs/aa": WEIGHTS})
    assert (claim.ecosystem, claim.name, claim.version) == ("huggingface", "gpt2", "")
    (claim,) = claims_of({f"c/models--a--b/snapshots/{REVISION}/tokenizer.json": b"{}"})
    assert (claim.name, claim.version, claim.model) == ("a/b", REVISION, Model(format=""))
    assert claims_of({"c/datasets--a--b/blobs/aa": b"x", "c/models--/x": b"y"}) == ()


def test_two_revisions_are_two_models() -> None:
    root = "c/models--a--b/snapshots"
    found = claims_of(
        {f"{root}/{REVISION}/model.safetensors": WEIGHTS, f"{root}/main/model.safetensors": WEIGHTS}
    )
    assert sorted(claim.version for claim in found) == sorted((REVISION, "main"))


def test_a_store_of_ollama() -> None:
    root = "usr/share/ollama/.ollama/models"
    data = models.gguf({"general.architecture": "llama", "general.file_type": 2}, {"x": ([4], 2)})
    manifest = {
        "schemaVersion": 2,
        "layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:aa"}],
    }
    text = json.dumps(manifest, separators=(",", ":")).encode()
    library = f"{root}/manifests/registry.ollama.ai"
    found = claims_of(
        {
            f"{root}/blobs/sha256-aa": data,
            f"{library}/library/llama3/8b": text,
            f"{library}/me/mine/latest": text,
        }
    )
    assert [(claim.name, claim.version) for claim in found] == [("llama3", "8b"), ("me/mine", "latest")]
    assert all(claim.model and claim.model.quantisation == "Q4_0" for claim in found)


def test_a_folder_of_transformers_with_parts() -> None:
    folder = "opt/models/bert-tiny"
    (claim,) = claims_of(
        {
            f"{folder}/config.json": CONFIG,
            f"{folder}/README.md": CARD,
            f"{folder}/model-00001-of-00002.safetensors": WEIGHTS,
            f"{folder}/model-00002-of-00002.safetensors": WEIGHTS,
            f"{folder}/onnx/model.onnx": models.onnx(),
            f"{folder}/.cache/huggingface/download/config.json.metadata": f"{REVISION}\naa\n1.0\n".encode(),
        }
    )
    assert (claim.ecosystem, claim.name, claim.version) == ("ml-model", "bert-tiny", REVISION)
    assert claim.licences == ("apache-2.0",)
    assert claim.model is not None
    assert (claim.model.format, claim.model.parameters) == ("onnx, safetensors", 12)
    assert len(claim.files) == 3


def test_parts_without_a_configuration_are_one_model() -> None:
    found = claims_of({f"m/vit-{part:05}-of-00002.safetensors": WEIGHTS for part in (1, 2)})
    assert [(claim.name, len(claim.files)) for claim in found] == [("vit", 2)]
    assert len(claims_of({f"m/{name}.safetensors": WEIGHTS for name in ("a", "b")})) == 2


def test_pipelines_and_sentence_transformers() -> None:
    folder = "opt/sd-turbo"
    index = b'{"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.25.0"}'
    (claim,) = claims_of(
        {
            f"{folder}/model_index.json": index,
            f"{folder}/unet/diffusion_pytorch_model.safetensors": WEIGHTS,
            f"{folder}/text_encoder/config.json": CONFIG,
            f"{folder}/text_encoder/model.safetensors": WEIGHTS,
        }
    )
    assert claim.name == "sd-turbo"
    assert claim.model is not None
    assert (claim.model.architecture, claim.model.framework) == (
        "StableDiffusionPipeline",
        "diffusers 0.25.0",
    )
    root = "root/.cache/torch/sentence_transformers/sentence-transformers_all-MiniLM-L6-v2"
    (claim,) = claims_of({f"{root}/modules.json": b"[]", f"{root}/model.safetensors": WEIGHTS})
    assert (claim.ecosystem, claim.name) == ("huggingface", "sentence-transformers/all-MiniLM-L6-v2")


def test_what_servers_and_registries_are_given() -> None:
    (claim,) = claims_of(
        {"models/resnet/config.pbtxt": b"platform: 'onnx'", "models/resnet/3/model.onnx": models.onnx()}
    )
    assert (claim.name, claim.version) == ("resnet", "3")
    (claim,) = claims_of({"srv/half_plus/00000123/saved_model.pb": models.saved_model()})
    assert (claim.name, claim.version) == ("half_plus", "00000123")
    (claim,) = claims_of(
        {
            "opt/churn/MLmodel": b"flavors:\n  sklearn: {}\nmlflow_version: 2.9.2\n",
            "opt/churn/model.pkl": models.pickled({"a": 1}),
        }
    )
    assert claim.name == "churn"
    assert claim.model is not None
    assert (claim.model.framework, claim.model.pickles) == ("mlflow 2.9.2", 1)


def test_damaged_records_cost_what_they_say() -> None:
    (claim,) = claims_of(
        {"m/a/config.json": b'{"model_type": 3, "architectures": {}}', "m/a/model.safetensors": WEIGHTS}
    )
    assert claim.name == "a"
    broken = b'{"schemaVersion":2,"x":"application/vnd.ollama.image.model"'
    (claim,) = claims_of({"m/manifests/r/library/a/1": broken})
    assert (claim.name, claim.version, np.size(claim.files)) == ("a", "1", 1)

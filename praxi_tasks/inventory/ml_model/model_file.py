"""What looks into one format of model files declares, and how what it found becomes a claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ML_MODEL
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.ml_model.pickle_imports import Budget, Imports
from praxi_tasks.oci.layer import FileContent, Part
from praxi_tasks.printable import printable

HEADER: Final = 64 << 20
"""Bytes of a large model's beginning that are held: what says what it is comes first."""

_LONGEST: Final = 200  # characters of what a file says in a word or two
_MOST_PARAMETERS: Final = 1 << 60
_SHARD: Final = re.compile(r"[-_.](?:\d{5}-of-\d{5}|part\d+)$")
_ENDINGS: Final = re.compile(r"(?:\.(?:gz|xz|bz2|z|zst|lzma|tar))?$", re.IGNORECASE)
# What files and folders are called whatever the model.
_ANY_NAME: Final = frozenset(
    {
        *(
            "adapter_model",
            "archive",
            "best",
            "best_model",
            "checkpoint",
            "classifier",
            "clf",
            "consolidated",
        ),
        *("data", "decoder", "diffusion_pytorch_model", "encoder", "final", "flax_model", "last", "model"),
        *("model_fp16", "model_int8", "model_q4", "model_quantized", "model_state", "models", "onnx"),
        *("openvino_model", "params", "pipeline", "pretrained", "pytorch_model", "quantized", "rust_model"),
        *("saved_model", "snapshot", "state_dict", "tf_model", "weights"),
    }
)


@dataclass(frozen=True)
class ModelFile:
    """A file that may be a model.

    Parameters
    ----------
    path
        Without a leading slash.
    content
        Its bytes, or those of a large one that say what it is.
    budget
        What may be spent on following pickles.
    """

    path: str
    content: FileContent
    budget: Budget = field(default_factory=Budget)

    @property
    def name(self) -> str:
        """The file's name in lower case."""
        return self.path.rpartition("/")[2].lower()


@dataclass(frozen=True, kw_only=True)
class ModelReader:
    """One format of model files.

    Parameters
    ----------
    name
        What such a file is called where it is damaged.
    accepts
        Decides by a file's name in lower case and its first 64 bytes how much of it is looked into.
    read
        Yields the model that a file holds; raises DataError where it is damaged.
    heads
        How such files may begin.
    tails
        How the names of others end that are told by them: three letters each, or six.
    """

    name: str
    accepts: Callable[[bytes, bytes], Part | None]
    read: Callable[[ModelFile], Iterator[Claim]]
    heads: tuple[bytes, ...] = ()
    tails: tuple[bytes, ...] = ()


def claim_of(
    file: ModelFile, model: Model, name: str = "", version: str = "", licences: Iterable[str] = ()
) -> Claim:
    """Return the claim of a model in a file, by the name that it says, or else its path."""
    model = msgspec.structs.replace(
        model,
        framework=word(model.framework),
        architecture=word(model.architecture),
        quantisation=word(model.quantisation),
        parameters=model.parameters if 0 < model.parameters < _MOST_PARAMETERS else 0,
    )
    name = word(name).replace("/", "-")
    if not any(map(str.isalnum, name)):
        name = name_of(file.path)
    return Claim(
        ML_MODEL.purl_type,
        name,
        word(version),
        file.path,
        files=(file.path,),
        licences=stated(licences),
        model=model,
    )


def with_imports(model: Model, imports: Imports, names: Iterable[str] | None = None) -> Model:
    """Return a model with what its pickles import: all, or those of the names."""
    return msgspec.structs.replace(
        model,
        pickles=imports.pickles,
        imports=tuple(sorted(imports.globals if names is None else names)),
        faults=tuple(imports.faults),
        parameters=model.parameters or imports.parameters,
    )


def name_of(path: str) -> str:
    """Return what a path says of the model there: the file's name, or its folder's where that says nothing.

    Examples
    --------
    >>> name_of("models/bert-tiny/pytorch_model-00001-of-00002.bin"), name_of("srv/churn.pkl.gz")
    ('bert-tiny', 'churn')
    """
    *folders, last = path.split("/")
    stem = stem_of(last)
    for folder in reversed(folders) if stem.lower() in _ANY_NAME else ():
        if folder and folder.lower() not in _ANY_NAME and not folder.isdigit():
            return word(folder)
    return word(stem) or word(last)


def stem_of(name: str) -> str:
    """Return a file's name without its endings and without the number of a part."""
    stem = _ENDINGS.sub("", name)
    stem = stem.rpartition(".")[0] or stem
    return _SHARD.sub("", stem)


def word(text: str) -> str:
    """Return a word or two that a file says, as one printable line of bounded length."""
    return printable(" ".join(text.split()))[:_LONGEST]

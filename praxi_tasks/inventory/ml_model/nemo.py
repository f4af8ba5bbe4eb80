"""NeMo: a tar archive of a configuration and of weights that PyTorch pickled."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.compressed_files import unpacked
from praxi_tasks.inventory.ml_model import pickle_file, zip_model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import FileContent, Part

_PART: Final = Part(beginning=HEADER)
_NAME: Final = b".nemo"
_CONFIGURATION: Final = "model_config.yaml"
_WEIGHTS: Final = (".ckpt", ".pt", ".pth")
_MOST_MEMBERS: Final = 1_000
_MOST_CONFIGURATION: Final = 1 << 20
_UNPACKED: Final = 64 << 20
_PEEK: Final = 64
_CLASS: Final = re.compile(rb"^target:[ \t]*['\"]?(?P<name>[\w.]{1,200})", re.MULTILINE)
_VERSION: Final = re.compile(rb"^nemo_version:[ \t]*['\"]?(?P<version>[\w.+-]{1,40})", re.MULTILINE)
_TOO_LARGE: Final = "its weights are larger than what is looked into"


def accepts(name: bytes, _head: bytes) -> Part | None:
    """Return how much is read of a file of this name, None if it is none."""
    return _PART if name.endswith(_NAME) else None


def read_nemo(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that an archive is.

    Raises
    ------
    DataError
        If it is no archive, or has no configuration.
    """
    data = unpacked(file.content, _UNPACKED)
    content = file.content if data is None else FileContent(data, len(data))
    configuration, weights = b"", list[Model]()
    try:
        with tarfile.open(fileobj=content.open(), mode="r:") as archive:
            for member in islice(archive, _MOST_MEMBERS):
                name = member.name.rpartition("/")[2]
                if name == _CONFIGURATION:
                    configuration = content.read(member.offset_data, min(member.size, _MOST_CONFIGURATION))
                elif member.isreg() and name.endswith(_WEIGHTS):
                    weights.append(_weights(file, content, member))
    except (tarfile.TarError, ValueError, OverflowError) as error:
        if not configuration:
            raise DataError(f"its archive can't be read: {error}") from None
    if not configuration:
        raise DataError("it has no configuration of a model")
    kind, version = _CLASS.search(configuration), _VERSION.search(configuration)
    model = Model(
        format="nemo",
        framework=f"nemo {version['version'].decode()}" if version else "nemo",
        architecture=kind["name"].decode().rpartition(".")[2] if kind else "",
    )
    yield claim_of(file, _with_weights(model, weights))


def _weights(file: ModelFile, content: FileContent, member: tarfile.TarInfo) -> Model:
    """Return what the pickles of weights import; what is not followed of them is told."""
    data = content.read(member.offset_data, min(member.size, _UNPACKED))
    part = FileContent(data, member.size, ((0, len(data)),))
    found = ModelFile(f"{file.path}/{member.name}", part, file.budget)
    is_archive = zip_model.accepts(b"", data[:_PEEK]) is not None
    if len(data) < member.size and is_archive:
        return Model(format="", faults=(_TOO_LARGE,))
    read = zip_model.read_zip_model if is_archive else pickle_file.read_pickle_file
    try:
        return next((claim.model for claim in read(found) if claim.model), Model(format=""))
    except DataError as error:
        return Model(format="", faults=(str(error),))


def _with_weights(model: Model, weights: list[Model]) -> Model:
    return msgspec.structs.replace(
        model,
        quantisation=next((part.quantisation for part in weights if part.quantisation), ""),
        parameters=sum(part.parameters for part in weights),
        pickles=sum(part.pickles for part in weights),
        imports=tuple(sorted({name for part in weights for name in part.imports})),
        faults=tuple(dict.fromkeys(fault for part in weights for fault in part.faults)),
    )


READER: Final = ModelReader(name="archive", accepts=accepts, read=read_nemo, tails=(_NAME[-3:],))

"""Keras: what the configuration of a model says, in an archive or in HDF5, and the code that it holds.

Of HDF5 files only texts are looked for: attributes are stored as they are, wherever the format puts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import Part

MAGIC: Final = b"\x89HDF\r\n\x1a\n"

_PART: Final = Part(beginning=HEADER)
_OVERLAP: Final = 1 << 12
_CLASS: Final = re.compile(rb'"class_name": ?"(?P<name>[\w.>]{1,80})"')
_LAMBDA: Final = re.compile(rb'"(?:class_name|type)": ?"(?P<name>(?:[\w.]{1,40}>)?Lambda|__lambda__)"')
_VERSION: Final = re.compile(rb"keras_version.{1,200}?(?P<version>\d+\.\d+\.\d+[\w.+-]{0,20})", re.DOTALL)
_BACKEND: Final = re.compile(rb"keras_version|model_weights|layer_names")
_CODE: Final = "a Lambda layer of Keras"


def named_class(config: bytes) -> str:
    """Return the class that a configuration names first: the model's."""
    found = _CLASS.search(config)
    return found["name"].decode("ascii", "replace") if found else ""


def lambdas_in(config: bytes) -> tuple[str, ...]:
    """Return what runs code as a model of this configuration is loaded."""
    return (_CODE,) if _LAMBDA.search(config) else ()


def accepts(_name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is no HDF5."""
    return _PART if head.startswith(MAGIC) else None


def read_hdf5(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that an HDF5 file holds; of other data nothing."""
    kind = version = ""
    is_keras, code = False, dict[str, None]()
    for _, window in file.content.windows(_OVERLAP):
        is_keras = is_keras or _BACKEND.search(window) is not None
        if is_keras:
            kind = kind or named_class(window)
            found = None if version else _VERSION.search(window)
            version = found["version"].decode("ascii", "replace") if found else version
        code.update(dict.fromkeys(lambdas_in(window)))
    if is_keras or code:
        framework = f"keras {version}".rstrip()
        yield claim_of(file, Model(format="hdf5", framework=framework, architecture=kind, code=tuple(code)))


READER: Final = ModelReader(name="configuration", accepts=accepts, read=read_hdf5, heads=(MAGIC,))

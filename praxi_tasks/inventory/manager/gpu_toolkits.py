"""CUDA and ROCm: what their folders say, and the headers of cuDNN, TensorRT and NCCL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.c_macros import defined_numbers
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = re.compile(
    r"(?:.*/)?(?:cuda(?:-[\d.]+)?/version\.(?:json|txt)|rocm(?:-[\d.]+)?/\.info/version)"
)
_NOT_INSTALLED: Final = frozenset({"nvidia_driver"})  # of the installer that brought the toolkit
_TEXT: Final = re.compile(rb"CUDA Version (?P<version>\d+(?:\.\d+)+)")
_ROCM: Final = re.compile(rb"(?P<version>\d+(?:\.\d+)+)(?:-\d+)?\s*")
# What a header defines its version by, and whose it is.
_HEADERS: Final[Mapping[str, tuple[str, tuple[bytes, ...]]]] = {
    "cudnn_version.h": ("cudnn", (b"CUDNN_MAJOR", b"CUDNN_MINOR", b"CUDNN_PATCHLEVEL")),
    "NvInferVersion.h": ("tensorrt", (b"NV_TENSORRT_MAJOR", b"NV_TENSORRT_MINOR", b"NV_TENSORRT_PATCH")),
    "nccl.h": ("nccl", (b"NCCL_MAJOR", b"NCCL_MINOR", b"NCCL_PATCH")),
}


class _Part(msgspec.Struct):
    name: str = ""
    version: str = ""


def read_version(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield what a toolkit's file says is installed.

    Raises
    ------
    DataError
        If it says no version.
    """
    claim = partial(_claim, path)
    name, text = path.rpartition("/")[2], view.kept[path]
    if name in _HEADERS:
        yield from _of_header(text, *_HEADERS[name], claim)
    elif name == "version.json":
        for part, said in document(text, dict[str, _Part], "no list of CUDA's parts").items():
            if said.version and part not in _NOT_INSTALLED:
                yield claim("cuda-toolkit" if part == "cuda" else part.replace("_", "-"), said.version)
    else:
        found, what = (
            (_TEXT.search(text), "cuda-toolkit") if name.endswith(".txt") else (_ROCM.match(text), "rocm")
        )
        if found is None:
            raise DataError("it says no version")
        yield claim(what, found["version"].decode())


def _of_header(
    text: bytes, name: str, parts: tuple[bytes, ...], claim: Callable[[str, str], Claim]
) -> Iterator[Claim]:
    numbers = defined_numbers(text, parts)
    if not numbers:
        raise DataError("it defines no version")
    yield claim(name, b".".join(numbers).decode())


def _claim(path: str, name: str, version: str) -> Claim:
    return Claim(GENERIC.purl_type, name, version, path, files=(path,))


def _accepts(path: str) -> bool:
    return path.rpartition("/")[2] in _HEADERS or _FOLDER.fullmatch(path) is not None


READER: Final = Reader(
    ecosystem=GENERIC.purl_type,
    prepare=lambda view: partial(read_version, view),
    endings=("/version.json", "/version.txt", "/.info/version", *(f"/{name}" for name in _HEADERS)),
    accepts=_accepts,
)

"""Safetensors: a header of JSON that describes all tensors, behind its length (the format's ``README``)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.oci.layer import Part

MARK: Final = (5, (b"\0\0\0{",))
"""What such files hold, and how many bytes from their beginning: the end of a length, and the header's."""

_LENGTH: Final = 8
_PART: Final = Part(whole=0, beginning=HEADER)


class _Tensor(msgspec.Struct):
    dtype: str = ""
    shape: list[int] = []


class _Header(msgspec.Struct, rename={"metadata": "__metadata__"}):
    metadata: dict[str, str] | None = None


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the format."""
    place, marks = MARK
    marked = head.startswith(marks, place) and int.from_bytes(head[:_LENGTH], "little") > 1
    return _PART if marked or name.endswith(b".safetensors") else None


def read_safetensors(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds.

    Raises
    ------
    DataError
        If its header is damaged.
    """
    length = int.from_bytes(file.content.read(0, _LENGTH), "little")
    header = file.content.read(_LENGTH, min(length, HEADER))
    if len(header) < length or not header.startswith(b"{"):
        if file.name.endswith(".safetensors"):
            raise DataError("the header of its tensors is cut off, or far too long")
        return
    try:
        said = decode_shallow(header, _Header).metadata or {}
        tensors = decode_shallow(header, dict[str, _Tensor])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if file.name.endswith(".safetensors"):
            raise DataError(f"the header of its tensors can't be read: {error}") from None
        return  # JSON behind eight bytes that are no length
    numbers: Counter[str] = Counter()
    for name, tensor in tensors.items():
        if name != "__metadata__":
            numbers[tensor.dtype] += math.prod(tensor.shape) if all(n >= 0 for n in tensor.shape) else 0
    model = Model(
        format="safetensors",
        framework={"pt": "pytorch", "tf": "tensorflow", "np": "numpy"}.get(
            format_ := said.get("format", ""), format_
        ),
        architecture=said.get("modelspec.architecture", ""),
        quantisation=max(numbers, key=numbers.__getitem__, default=""),
        parameters=numbers.total(),
    )
    yield claim_of(
        file,
        model,
        said.get("modelspec.title", "") or said.get("ss_output_name", ""),
        said.get("modelspec.version", ""),
        (said.get("modelspec.license", "") or said.get("license", ""),),
    )


READER: Final = ModelReader(name="header of tensors", accepts=accepts, read=read_safetensors, tails=(b"ors",))

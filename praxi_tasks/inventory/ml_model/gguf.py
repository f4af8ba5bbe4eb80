"""GGUF: pairs of keys and values, then what describes the tensors (ggml's ``docs/gguf.md``)."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterator
from typing import IO, Final, TypeAlias

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import Part

MAGIC: Final = b"GGUF"

_OLDER: Final = (b"lmgg", b"fmgg", b"tjgg", b"algg")
_PART: Final = Part(whole=0, beginning=HEADER)
_MOST_PAIRS: Final = 100_000
_MOST_ITEMS: Final = 4_000_000  # of all arrays together
_MOST_TENSORS: Final = 200_000
_MOST_SIDES: Final = 8
_LONGEST_KEY: Final = 1 << 12
_LONGEST_TEXT: Final = 1 << 12  # longer ones are passed over: templates, vocabularies
_TEXT, _ARRAY = 8, 9
_FORMS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# `general.file_type`, and the types of tensors.
_FILES: Final = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4",
}
_TENSORS: Final = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    6: "Q5_0",
    7: "Q5_1",
    8: "Q8_0",
    9: "Q8_1",
    10: "Q2_K",
    11: "Q3_K",
    12: "Q4_K",
    13: "Q5_K",
    14: "Q6_K",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    20: "IQ4_NL",
    21: "IQ3_S",
    22: "IQ2_S",
    23: "IQ4_XS",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    30: "BF16",
    34: "TQ1_0",
    35: "TQ2_0",
    39: "MXFP4",
}

_Value: TypeAlias = str | int | float | None


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the format."""
    return _PART if head.startswith(MAGIC) or (head.startswith(_OLDER) and name.endswith(b".bin")) else None


def read_gguf(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds.

    Raises
    ------
    DataError
        If what describes it is damaged.
    """
    if not file.content.read(0, 4).startswith(MAGIC):
        yield claim_of(file, Model(format="ggml"))
        return
    yield claim_of(file, *describe(file.content.open()))


def describe(content: IO[bytes]) -> tuple[Model, str, str, tuple[str, ...]]:
    """Return what the beginning of a file says: the model, its name, version and licences.

    Raises
    ------
    DataError
        If it is damaged, or far larger than any.
    """
    reader = _Reader(content)
    said = reader.pairs()
    numbers = reader.tensors()
    kind = said.get("general.file_type")
    counted = said.get("general.parameter_count")
    model = Model(
        format="gguf",
        architecture=_text(said, "general.architecture"),
        quantisation=(_FILES.get(kind, "") if isinstance(kind, int) else "")
        or max(numbers, key=numbers.__getitem__, default=""),
        parameters=numbers.total() or (counted if isinstance(counted, int) else 0),
    )
    name = _text(said, "general.name") or _text(said, "general.basename")
    return model, name, _text(said, "general.version"), (_text(said, "general.license"),)


def _text(said: dict[str, _Value], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


class _Reader:
    """Reads one file from its beginning."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        head = self._take(8)
        version = int.from_bytes(head[4:], "little")
        self._order = "<" if version < 1 << 16 else ">"
        self._size = "I" if int.from_bytes(head[4:], "little" if self._order == "<" else "big") == 1 else "Q"
        self._tensors, self._pairs = self._number(self._size), self._number(self._size)
        self._items = _MOST_ITEMS

    def pairs(self) -> dict[str, _Value]:
        """Return the pairs whose values are no arrays."""
        if self._pairs > _MOST_PAIRS:
            raise DataError("what describes the model has far too many pairs")
        found: dict[str, _Value] = {}
        for _ in range(self._pairs):
            key = self._string(_LONGEST_KEY)
            value = self._value(self._number("I"))
            if key is not None and key.startswith("general."):
                found[key] = value
        return found

    def tensors(self) -> Counter[str]:
        """Return how many numbers there are of each type."""
        if self._tensors > _MOST_TENSORS:
            raise DataError("the model has far too many tensors")
        numbers: Counter[str] = Counter()
        for _ in range(self._tensors):
            self._string(_LONGEST_KEY)
            sides = self._number("I")
            if sides > _MOST_SIDES:
                raise DataError("a tensor of the model has far too many sides")
            count = math.prod(self._number(self._size) for _ in range(sides))
            numbers[_TENSORS.get(self._number("I"), "")] += count
            self._number("Q")
        return numbers

    def _value(self, kind: int) -> _Value:
        if kind == _TEXT:
            return self._string(_LONGEST_TEXT)
        if kind != _ARRAY:
            if kind not in _FORMS:
                raise DataError("what describes the model has a value of a type that is not known")
            (value,) = struct.unpack(form := self._order + _FORMS[kind], self._take(struct.calcsize(form)))
            return value if isinstance(value, int | float) else None
        kind, count = self._number("I"), self._number(self._size)
        self._items -= count
        if self._items < 0:
            raise DataError("what describes the model has far too long arrays")
        if kind in _FORMS:
            self._skip(count * struct.calcsize(self._order + _FORMS[kind]))
        elif kind == _TEXT:
            for _ in range(count):
                self._string(0)
        else:
            raise DataError("what describes the model has an array of a type that is not known")
        return None

    def _string(self, longest: int) -> str | None:
        length = self._number(self._size)
        if length <= longest:
            return self._take(length).decode("utf-8", "replace")
        self._skip(length)
        return None

    def _number(self, form: str) -> int:
        (value,) = struct.unpack(self._order + form, self._take(struct.calcsize(self._order + form)))
        return int(value)

    def _skip(self, length: int) -> None:
        if length > HEADER:
            raise DataError("what describes the model is cut off, or far too long")
        self._take(length)

    def _take(self, length: int) -> bytes:
        data = self._content.read(length)
        if len(data) < length:
            raise DataError("what describes the model is cut off, or far too long")
        return data


READER: Final = ModelReader(name="description", accepts=accepts, read=read_gguf, heads=(MAGIC, *_OLDER))

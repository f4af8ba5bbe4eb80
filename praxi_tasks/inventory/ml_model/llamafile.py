"""llamafile: a program with its model behind it, a GGUF file that a zip archive holds as it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.ml_model import gguf
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=2 * HEADER)  # the program alone has tens of megabytes
_NAME: Final = b".llamafile"
_MEMBER: Final = b"PK\x03\x04"  # a zip archive's local file header (APPNOTE.TXT, section 4.3.7)
_SIZE: Final = 30
_LENGTHS: Final = struct.Struct("<26xHH")
_ENDING: Final = b".gguf"
_OVERLAP: Final = 1 << 10


def accepts(name: bytes, _head: bytes) -> Part | None:
    """Return how much is read of a file of this name, None if it is none."""
    return _PART if name.endswith(_NAME) else None


def read_llamafile(file: ModelFile) -> Iterator[Claim]:
    """Yield the model behind a program; nothing where it lies too far behind.

    Raises
    ------
    DataError
        If what describes it is damaged.
    """
    for start, window in file.content.windows(_OVERLAP):
        place = window.find(_MEMBER)
        while place >= 0:
            model = _model_at(file, start + place)
            if model:
                content = file.content.open()
                content.seek(model)
                yield claim_of(file, *gguf.describe(content))
                return
            place = window.find(_MEMBER, place + 1)


def _model_at(file: ModelFile, place: int) -> int:
    """Return where the model begins whose header is at a place; zero where it is another member's."""
    header = file.content.read(place, _SIZE)
    if len(header) < _SIZE:
        return 0
    name, extra = _LENGTHS.unpack(header)
    begin = place + _SIZE + name + extra
    is_model = file.content.read(place + _SIZE, name).lower().endswith(_ENDING)
    return begin if is_model and file.content.read(begin, len(gguf.MAGIC)) == gguf.MAGIC else 0


READER: Final = ModelReader(name="description", accepts=accepts, read=read_llamafile, tails=(_NAME[-6:],))

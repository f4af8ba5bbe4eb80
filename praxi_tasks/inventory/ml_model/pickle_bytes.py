"""The bytes of a pickle, frame by frame (PEP 3154)."""

from __future__ import annotations

from typing import IO, Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.ml_model.pickle_imports import LARGEST

CUT_OFF: Final = "it is cut off"
_LONGEST_LINE: Final = 1 << 16
_BEYOND: Final = "it has an opcode that goes beyond its frame, as no pickler writes it"


class PickleBytes:
    """Reads what opcodes are followed by; raises DataError where it is not there.

    Parameters
    ----------
    file
        Where the pickle goes on; it can be sought in.
    faults
        Takes what no pickler would have written.

    Attributes
    ----------
    frame
        Where the frame ends; 0 outside of one.
    """

    def __init__(self, file: IO[bytes], faults: dict[str, None]) -> None:
        self._file, self._faults, self.frame = file, faults, 0

    def take(self, length: int) -> bytes:
        """Return so many bytes."""
        if self.frame:
            self._stay_in_frame(length)
        data = self._file.read(length)
        if len(data) < length:
            raise DataError(CUT_OFF)
        return data

    def _stay_in_frame(self, length: int) -> None:
        """Go on behind the frame with what does not fit into it, as CPython's reader of files does."""
        place = self._file.tell()
        if place + length > self.frame:
            if place < self.frame:
                self._faults[_BEYOND] = None
                self._file.seek(self.frame)
            self.frame = 0

    def number(self, length: int) -> int:
        """Return the number of so many bytes."""
        return int.from_bytes(self.take(length), "little")

    def line(self) -> bytes:
        """Return a line, without its end."""
        room = max(self.frame - self._file.tell(), 0) if self.frame else 0
        line = self._file.readline(min(room, _LONGEST_LINE)) if room else b""
        if room and not line.endswith(b"\n"):
            self._faults[_BEYOND] = None
            self._file.seek(self.frame)
            self.frame = room = 0
        line = line if room else self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise DataError(CUT_OFF if len(line) < _LONGEST_LINE else "it has a line that is far too long")
        return line[:-1]

    def skip(self, length: int) -> None:
        """Pass over a payload, which must be there."""
        if length > LARGEST:
            raise DataError(CUT_OFF)
        if self.frame:
            self._stay_in_frame(length)
        if length:
            self._file.seek(length - 1, 1)
            self.take(1)

    def begin_frame(self) -> None:
        """Note where the frame ends whose length is written; one in another ends with that."""
        length = self.number(8)
        if length <= LARGEST:
            self.frame = max(self.frame, self._file.tell() + length)

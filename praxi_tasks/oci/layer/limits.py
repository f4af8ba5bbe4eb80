"""Limits on what a layer may make its reader hold or unpack, each a setting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from praxi_tasks.environment import Limits
from praxi_tasks.errors import LimitExceededError

# Limits that a small layer has below its own: the setting that says how small they may be.
_FLOORS: Final = {"max_entries": "entry_floor", "max_path_bytes": "path_floor"}


@dataclass(frozen=True, slots=True)
class LayerLimits(Limits):
    """Limits on one layer.

    A field ``max_x`` is set by the variable ``PRAXI_LAYER_MAX_X``.

    Attributes
    ----------
    max_entries
        Members of the archive, whiteouts included.
    min_entry_bytes
        Compressed bytes for each member, judged only above ``entry_floor`` members: real files have content.
    entry_floor
        See ``min_entry_bytes``.
    max_bytes
        Uncompressed bytes, the holes of sparse files included.
    max_ratio
        Uncompressed bytes per compressed byte, judged only above ``ratio_floor`` uncompressed bytes:
        small layers of mostly zeros are honest.
    ratio_floor
        See ``max_ratio``.
    max_path_length
        Bytes of one path or link target. 4,096 is what Linux opens.
    max_path_bytes
        Bytes of all paths and link targets together; what bounds the reader's memory.
    path_floor
        Bytes of them above which there may be no more than the layer has compressed bytes.
    max_header_bytes
        Bytes of one extended header (pax records, a GNU long name).
    max_extended_bytes
        Bytes of all extended headers together.
    max_kept_file_bytes
        Bytes of one file whose content is retained (a package database). A larger one is not, which the
        layer's inventory says.
    max_kept_bytes
        Bytes of all retained files together; what comes later is not retained.
    max_inspected_file_bytes
        Bytes of one file that is looked into, such as a program or a Java archive; the scratch folder holds
        one that is larger than 16 MiB. A larger one is not, which the layer's inventory says.
    max_inspected_bytes
        Bytes of all of them together, which bounds the time; what comes later is not looked into.
    max_window_bytes
        The zstd window: memory that a frame makes its reader hold. 128 MiB is what ``zstd --ultra -22`` uses.
    """

    prefix: ClassVar[str] = "PRAXI_LAYER_"

    max_entries: int = 1_000_000
    min_entry_bytes: int = 128
    entry_floor: int = 300_000
    max_bytes: int = 64 << 30
    max_ratio: int = 250
    ratio_floor: int = 256 << 20
    max_path_length: int = 4096
    max_path_bytes: int = 96 << 20
    path_floor: int = 32 << 20
    max_header_bytes: int = 1 << 20
    max_extended_bytes: int = 128 << 20
    max_kept_file_bytes: int = 128 << 20
    max_kept_bytes: int = 192 << 20
    max_inspected_file_bytes: int = 2 << 30
    max_inspected_bytes: int = 32 << 30
    max_window_bytes: int = 128 << 20

    def of_layer(self, size: int) -> Self:
        """Return the limits on a layer of a number of compressed bytes.

        What little was sent may not make its reader hold as much as an honest layer of that many files.
        """
        entries, paths = max(self.entry_floor, size // self.min_entry_bytes), max(self.path_floor, size)
        return replace(
            self,
            max_entries=min(self.max_entries, entries),
            max_path_bytes=min(self.max_path_bytes, paths),
        )


def limit_variable(field: str) -> str:
    """Return the environment variable that sets a field of :class:`LayerLimits`."""
    return LayerLimits.setting(field)


def exceeded(field: str, what: str) -> LimitExceededError:
    """Return the error for a layer that is over the cap ``field``."""
    fields = (field, *((_FLOORS[field],) if field in _FLOORS else ()))
    settings = " and ".join(map(limit_variable, fields))
    return LimitExceededError(what, action=f"raise {settings} if the image is trusted")

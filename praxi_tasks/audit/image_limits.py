"""Limits on what all layers of one image may hold together, each a setting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from praxi_tasks.environment import Limits
from praxi_tasks.errors import LimitExceededError

# Limits that a small image has below its own: the setting that says how small they may be.
_FLOORS: Final = {"max_entries": "entry_floor", "max_path_bytes": "path_floor"}


@dataclass(frozen=True, slots=True)
class ImageLimits(Limits):
    """Limits on one image; each of its layers has those of its own besides.

    A field ``max_x`` is set by the variable ``PRAXI_IMAGE_MAX_X``.

    Attributes
    ----------
    max_entries
        Files, folders and removals of all layers. An image of more has failed.
    min_entry_bytes
        Compressed bytes for each of them, judged only above ``entry_floor``.
    entry_floor
        See ``min_entry_bytes``.
    max_path_bytes
        Bytes of all their paths. An image of more has failed.
    path_floor
        Bytes of paths above which there may be no more than the image has compressed bytes.
    max_records
        Packages that databases claim, each as often as a layer repeats it.
    max_claims
        Packages that databases claim, of each as many as its record has forms.
    max_claimed_paths, max_claimed_path_bytes
        The files of these, and the characters of their paths.
    """

    prefix: ClassVar[str] = "PRAXI_IMAGE_"

    max_entries: int = 3_000_000
    min_entry_bytes: int = 128
    entry_floor: int = 400_000
    max_path_bytes: int = 256 << 20
    path_floor: int = 48 << 20
    max_records: int = 300_000
    max_claims: int = 30_000
    max_claimed_paths: int = 500_000
    max_claimed_path_bytes: int = 48 << 20

    def of_image(self, size: int) -> Self:
        """Return the limits on an image of a number of compressed bytes."""
        entries, paths = max(self.entry_floor, size // self.min_entry_bytes), max(self.path_floor, size)
        return replace(
            self,
            max_entries=min(self.max_entries, entries),
            max_path_bytes=min(self.max_path_bytes, paths),
        )

    def check(self, entries: int, path_bytes: int) -> None:
        """Check what layers hold together.

        Raises
        ------
        LimitExceededError
            If it is more than an image may have.
        """
        for field, found in (("max_entries", entries), ("max_path_bytes", path_bytes)):
            most = getattr(self, field)
            if found > most:
                settings = f"{self.setting(field)} and {self.setting(_FLOORS[field])}"
                what = "entries" if field == "max_entries" else "bytes of paths"
                raise LimitExceededError(
                    f"the image's layers have more than {most:,} {what}",
                    action=f"raise {settings} if the image is trusted",
                )

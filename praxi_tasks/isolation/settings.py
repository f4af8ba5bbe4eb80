"""How long one unit of work may take, and how much memory the process that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from praxi_tasks.environment import positive_number, read_fields, variable, whole_number

_PREFIX: Final = "PRAXI_UNIT_"
_CGROUPS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_NO_LIMIT: Final = 1 << 60  # what version 1 of cgroups writes for none is more
_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class IsolationSettings:
    """Limits on a unit of work: one image, layer or release.

    A field ``max_x`` is set by the variable ``PRAXI_UNIT_MAX_X``.

    Attributes
    ----------
    max_seconds
        How long one unit may take.
    max_bytes
        Resident memory of the process that works. By default nine tenths of what the container may use,
        because the kernel would end everything in it; 0 is no limit.
    """

    max_seconds: float = 7200.0
    max_bytes: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> IsolationSettings:
        """Read the settings; what is not set keeps its default.

        Raises
        ------
        UsageError
            If a setting is no number greater than zero.
        """
        parsers = {"max_seconds": positive_number, "max_bytes": whole_number}
        return cls(**{"max_bytes": container_share(), **read_fields(_PREFIX, parsers, environment)})


def setting(field: str) -> str:
    """Return the environment variable that sets a field of :class:`IsolationSettings`."""
    return variable(_PREFIX, field)


def container_share(files: tuple[Path, ...] = _CGROUPS) -> int:
    """Return nine tenths of the memory that this process's container may use; 0 if it has no limit."""
    for file in files:
        try:
            limit = int(file.read_text())
        except (OSError, ValueError):  # there is no such file, or it says "max"
            continue
        if limit < _NO_LIMIT:
            return int(limit * _SHARE)
    return 0

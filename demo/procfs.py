"""Processes of this machine, read from ``/proc``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessStat:
    """What ``/proc/PID/stat`` says about a process; ``started`` is in clock ticks since boot."""

    pid: int
    state: str
    session: int
    started: int

    @classmethod
    def read(cls, pid: int) -> ProcessStat | None:
        """Return the state of a process, or None where there is none with this pid."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        fields = text.rpartition(")")[2].split()
        return cls(pid=pid, state=fields[0], session=int(fields[3]), started=int(fields[19]))


def boot_id() -> str:
    """Return what names this boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def living_processes() -> Iterator[ProcessStat]:
    """Yield all processes but those that have ended and wait to be noticed."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := ProcessStat.read(int(entry.name))) and stat.state != "Z":
            yield stat


def environment_of(pid: int) -> list[str]:
    """Return the ``NAME=value`` pairs a process was started with; none if that may not be read."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        return []

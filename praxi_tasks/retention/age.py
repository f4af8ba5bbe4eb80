"""How old an object has to be before it may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GRACE_DAYS: Final = 8
"""Days after its last change for which a run may still go on: a training waits seven for an approval."""

_DAY: Final = 86_400.0


@dataclass(frozen=True)
class Age:
    """The moments, in seconds since the epoch, before which things are too old.

    Attributes
    ----------
    now
        The present.
    days
        For how long finished runs are retained.
    """

    now: float
    days: int

    @property
    def finished(self) -> float:
        """What a finished run wrote before this is no longer retained."""
        return self.now - self.days * _DAY

    @property
    def idle(self) -> float:
        """What was written before this belongs to no run that still goes on."""
        return self.now - GRACE_DAYS * _DAY

    @property
    def unnamed(self) -> float:
        """What was written before this and is named by nothing is not in use; a run may name it later."""
        return min(self.finished, self.idle)

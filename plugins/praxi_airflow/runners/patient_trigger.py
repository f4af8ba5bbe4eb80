"""A trigger that does not answer at once, for Airflow loses tries where one does.

A task that defers leaves its worker, and the executor tells the scheduler that it has ended. If by then the
trigger has fired, and the task is queued again, the scheduler takes that end for the new one's: it fails the
task, which never ran. A trigger that fires later than executors tell of ends is never that early.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

# Imported only where pods are, and by the triggerer.
from airflow.providers.cncf.kubernetes.triggers.pod import KubernetesPodTrigger  # noqa: TID253
from airflow.triggers.base import TriggerEvent

LONGEST_HOLD: Final = 15.0


class PatientPodTrigger(KubernetesPodTrigger):
    """Airflow's trigger that watches a pod, which begins to watch after ``hold`` seconds."""

    def __init__(self, hold: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.hold = hold

    @classmethod
    def of(cls, trigger: KubernetesPodTrigger, hold: float) -> PatientPodTrigger:
        """Return such a trigger for what another would watch."""
        return cls(hold, **trigger.serialize()[1])

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return where this class is, and its arguments."""
        arguments = super().serialize()[1]
        return f"{__name__}.{type(self).__name__}", {**arguments, "hold": self.hold}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, then watch the pod to its end."""
        await asyncio.sleep(self.hold)
        async for event in super().run():
            yield event

"""A worker that tries one task of an audit as Airflow's do: in a process of its own, which may be killed.

Processes are forked from one that has imported Airflow's operator and has opened no store, for a client of
S3 has threads that no fork takes along.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from typing import Final

# Imported once, by the process that others are forked from.
from airflow.providers.cncf.kubernetes.operators import pod  # noqa: F401

from praxi_airflow.operators import PraxiTaskOperator
from tests.cluster.bench import context, perform

_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "benchmarks.chaos_real"])


class Worker:
    """The process, from its start to its end or until it is killed."""

    def __init__(self, run: str, step: str, number: int) -> None:
        self._told, told = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_try, args=(run, step, number, told))
        self._process.start()
        told.close()

    def end(self) -> str | None:
        """Wait for the end; return what was said, None if the task succeeded."""
        try:
            message: str | None = self._told.recv()
        except EOFError:
            message = "the worker ended and said nothing"
        self._process.join()
        return message

    def kill(self) -> None:
        """End it as the kernel does."""
        self._process.kill()
        self._process.join()


def _try(run: str, step: str, number: int, told: Connection) -> None:
    batch = 0 if step == "fingerprint" else None
    known = context(step, run, batch)
    known["ti"].try_number = number

    def operator() -> PraxiTaskOperator:
        return PraxiTaskOperator(task_id=step, command=step, batch=batch)

    try:
        perform(operator, known)
    except Exception as error:  # Airflow's own worker catches everything as well, and shows it
        told.send(f"{type(error).__name__}: {error}")
    else:
        told.send(None)

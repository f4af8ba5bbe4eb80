"""One step of a chain: the command line of each, and doing those that are not Praxi's own."""

from __future__ import annotations

from typing import Final

from praxi_tasks.errors import PraxiError, StepError, StepUnavailableError, UsageError
from praxi_tasks.findings import Route
from praxi_tasks.serving.chain.command import run_command
from praxi_tasks.serving.chain.declaration import Step
from praxi_tasks.serving.chain.exchange import Exchange
from praxi_tasks.serving.chain.service import Predictor
from praxi_tasks.store import Store

_SECONDS: Final = 3600.0


def run_step(step: Step, store: Store, run_id: str, routes: tuple[Route, ...] = ()) -> None:
    """Let a service or a command do a step of an audit, and store what it gives.

    Raises
    ------
    StepError
        Naming the step, if it fails or gives what is not the document that it should give.
    UsageError
        If it is a step of Praxi's own, which has a command of its own.
    """
    seconds = float(step.seconds) or _SECONDS
    try:
        if step.service:
            Predictor(step.service, seconds).predict(store, run_id, step.name)
        elif step.command:
            variables = {"PRAXI_STORE": store.uri, "PRAXI_RUN": run_id}
            run_command(step, Exchange(store, run_id, step.name, routes), variables, seconds)
        else:
            raise UsageError("a step of Praxi's own is a command", where=f"praxi {step.run}")
    except StepError as error:
        raise _naming(step, error) from error


def _naming(step: Step, error: PraxiError) -> StepError:
    kind = StepUnavailableError if error.retryable else StepError
    return kind(f"the step {step.name} failed: {error.what}", where=error.where, action=error.action)

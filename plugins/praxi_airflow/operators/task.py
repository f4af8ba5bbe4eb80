"""One operator for every command of ``praxi``; a setting says whether it runs as a pod or a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from praxi_airflow.errors import RetryableTaskError, airflow_failures
from praxi_airflow.hooks import connected_store
from praxi_airflow.operators.endings import explain_code, is_retryable
from praxi_airflow.run_key import run_key
from praxi_airflow.run_params import require_readable
from praxi_airflow.runners import Command, Runner, choose_runner, task_environment
from praxi_airflow.settings import Settings, load_settings
from praxi_tasks.errors import ExitCode
from praxi_tasks.printable import printable
from praxi_tasks.store import documents, keys
from praxi_tasks.tracing import handed_over

# command -> where its run keeps its documents; all others are steps of an audit.
_PLACES: Final[Mapping[str, Callable[[str, str], str]]] = {"learn": keys.training_run}
_SHOWN: Final = 1_000
_ENOUGH_RETRIES: Final = 3  # for one of them to be kept for a pod that is lost


class PraxiTaskOperator(BaseOperator):
    """Run ``praxi COMMAND --run RUN ARGUMENT…`` where the setting ``runner`` says.

    Parameters
    ----------
    command
        The command of ``praxi``.
    arguments
        Its arguments (templated); those that render to nothing are left out.
    batch
        The number of the batch to work on, for a mapped task: adds ``--batch N``.
    result
        Name of a small JSON document of the run that the command writes; it becomes the task's XCom.

    Notes
    -----
    Exit code 75 and death by a signal are retried, every other code but 0 is final. On the last try the
    command gets ``PRAXI_LAST_TRY=1`` and records what still fails instead of failing. With three retries or
    more so does the try before: one image that can't be read must not cost the audit if the pod of the only
    try that would have recorded it is lost.
    """

    template_fields: Sequence[str] = ("arguments",)

    def __init__(
        self,
        *,
        command: str,
        arguments: Sequence[str] = (),
        batch: int | None = None,
        result: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.command = command
        self.arguments = arguments
        self.batch = batch
        self.result = result
        self._runner: Runner | None = None

    def execute(self, context: Context) -> object:
        """Run the command; return the result document, if one is named."""
        with airflow_failures():
            settings = load_settings()
            require_readable(context.get("params") or {}, settings)
            command = self._command(settings, context)
            self._runner = choose_runner(settings, self)
            self.log.info("running: praxi %s", printable(" ".join(command.arguments), _SHOWN))
            with _traced(settings, command) as traced:
                code = self._runner.run(traced, context)
            self._conclude(code)
            return self._finish(settings, context)

    def trigger_reentry(self, context: Context, event: Mapping[str, Any]) -> object:
        """Go on after a deferral."""
        with airflow_failures():
            settings = load_settings()
            self._runner = choose_runner(settings, self)
            self._conclude(self._runner.resume(self._command(settings, context), context, event))
            return self._finish(settings, context)

    def on_kill(self) -> None:
        """End the pod or process."""
        if self._runner is not None:
            self._runner.kill()

    def _command(self, settings: Settings, context: Context) -> Command:
        run = run_key(str(context["run_id"]))
        given = [argument for argument in self.arguments if argument]
        numbered = [] if self.batch is None else ["--batch", str(self.batch)]
        return Command(
            arguments=(self.command, "--run", run, *given, *numbered),
            environment=task_environment(settings, f"praxi-{self.command}", last_try=_is_last_try(context)),
            run=run,
            batch=self.batch,
        )

    def _conclude(self, code: int) -> None:
        if code == ExitCode.OK:
            return
        message = explain_code(self.command, code)
        raise RetryableTaskError(message) if is_retryable(code) else AirflowFailException(message)

    def _finish(self, settings: Settings, context: Context) -> object:
        if self.result is None:
            return None
        place = _PLACES.get(self.command, keys.run)
        key = place(run_key(str(context["run_id"])), self.result)
        return documents.read(connected_store(settings), key, object)


@contextmanager
def _traced(settings: Settings, command: Command) -> Iterator[Command]:
    """Yield the command as it continues this task's trace, if traces are wanted of it.

    What runs untrusted code is told of no trace: it could write anything into it.
    """
    if not settings.otlp_endpoint or command.isolated:
        yield command
        return
    name = " ".join(("praxi", *command.name))
    with handed_over(name, {"praxi.run": command.run, "peer.service": f"praxi-{command.name[0]}"}) as carrier:
        yield replace(command, environment={**command.environment, **carrier})


def _is_last_try(context: Context) -> bool:
    """Return whether to record what fails: on the last try, and where there are enough, on the one before."""
    instance = context["ti"]
    spare = 1 if instance.max_tries >= _ENOUGH_RETRIES else 0
    return instance.try_number > instance.max_tries - spare

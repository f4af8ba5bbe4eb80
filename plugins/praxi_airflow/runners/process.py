"""The command as a process of its own, in the environment that the task image is made of."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import praxi_tasks
from praxi_airflow.errors import SettingsError
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.log_relay import LONGEST_LINE, LogRelay
from praxi_tasks.environment import inherited

logger = logging.getLogger(__name__)

# Airflow itself insists after five seconds, and would leave the process without a parent.
GRACE: Final = 3.0
# What a process sees of the worker's environment: nothing of Airflow's own configuration, which holds
# the database's password and connections.
# So is how Airflow itself is traced: a command is told apart. Credentials of the receiver are shared.
_HIDDEN: Final = re.compile(
    r"_?AIRFLOW_|PYTHON|TRACEPARENT$|TRACESTATE$|OTEL_(SERVICE_NAME|RESOURCE_ATTRIBUTES|SDK_DISABLED)$"
    r"|OTEL_EXPORTER_OTLP_(TRACES_|METRICS_|LOGS_)?(ENDPOINT|PROTOCOL)$|OTEL_TRACES_EXPORTER$"
)
# All that a process sees which runs untrusted code.
_HARMLESS: Final = re.compile(r"PATH|LANG|LC_\w+|TMPDIR|SSL_CERT_(FILE|DIR)")
# The worker's own way to AWS, which must not mix with the credentials of a connection.
_OTHER_CREDENTIALS: Final = re.compile(
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ROLE_|WEB_IDENTITY_|CONTAINER_)"
)
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})


class ProcessRunner:
    """Runs commands with the interpreter ``python``; their standard error becomes the task's log.

    Parameters
    ----------
    python
        The interpreter of the tasks' environment.
    secrets
        Returns the credentials that a command gets as variables, never as arguments. A command that runs
        untrusted code gets none.
    """

    def __init__(self, python: Path, secrets: Callable[[], Mapping[str, str]] = dict) -> None:
        self._python = python
        self._secrets = secrets
        self._process: subprocess.Popen[str] | None = None

    def run(self, command: Command, context: Mapping[str, Any]) -> int:  # noqa: ARG002 - a pod needs it
        """Run ``command`` to its end and return its exit code; a signal's is negative.

        Raises
        ------
        SettingsError
            If the interpreter can't be started.
        """
        with self._start(command) as process:
            self._process, relay = process, LogRelay()
            try:
                while process.stdout and (line := process.stdout.readline(LONGEST_LINE)):
                    if not command.listen(line):
                        relay.write(line.rstrip("\n"))
                return process.wait()
            finally:
                self.kill()

    def resume(self, command: Command, context: Mapping[str, Any], event: Mapping[str, Any]) -> int:
        """Processes are never deferred: start anew, which finds in the store what was done."""
        logger.warning("the task was deferred by another runner (%s): starting anew", event.get("status"))
        return self.run(command, context)

    def kill(self) -> None:
        """End the process and all it started: ask first, insist after three seconds."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
                return

    def _start(self, command: Command) -> subprocess.Popen[str]:
        secrets = {} if command.isolated else self._secrets()
        try:
            return subprocess.Popen(
                [str(self._python), "-m", "praxi_tasks", *command.arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="backslashreplace",
                env=_environment(command, secrets),
                start_new_session=True,
            )
        except OSError as error:
            raise SettingsError(
                f"the tasks' interpreter can't be started: {error.strerror}",
                where=str(self._python),
                action="build it (docs/airflow.md, Install), or set AIRFLOW__PRAXI__TASK_PYTHON",
            ) from error


def _environment(command: Command, secrets: Mapping[str, str]) -> dict[str, str]:
    passed = inherited(_HARMLESS.fullmatch if command.isolated else _is_shared)
    if secrets:
        passed = {name: value for name, value in passed.items() if not _OTHER_CREDENTIALS.match(name)}
    own = {**_source(), "PYTHONUNBUFFERED": "1"}
    return passed | own | dict(secrets) | dict(command.environment)


def _is_shared(name: str) -> bool:
    return not _HIDDEN.match(name)


def _source() -> dict[str, str]:
    """Return the variable by which the tasks' interpreter finds the same sources as Airflow's.

    Installed, they lie among Airflow's own libraries, which the tasks' environment must not see: it has
    ``praxi`` installed itself.
    """
    folder = Path(praxi_tasks.__file__).resolve().parent.parent
    return {} if folder.name in _INSTALLED else {"PYTHONPATH": str(folder)}

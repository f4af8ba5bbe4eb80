"""A command of the site's as a step: documents in a folder, the command, documents in another folder."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from praxi_tasks.environment import inherited
from praxi_tasks.errors import StepError
from praxi_tasks.printable import one_line
from praxi_tasks.serving.chain.declaration import Step
from praxi_tasks.serving.chain.exchange import Exchange
from praxi_tasks.tracing import trace_headers

_SHOWN: Final = 300
_TAIL: Final = 8192
_GRACE: Final = 5.0


def run_command(step: Step, exchange: Exchange, variables: dict[str, str], seconds: float) -> None:
    """Run a step's command, and store what it gives.

    It begins in an empty folder of its own, with the folders ``PRAXI_INPUTS`` and ``PRAXI_OUTPUTS``.

    Parameters
    ----------
    variables
        What it finds besides this process's environment.

    Raises
    ------
    StepError
        If it can't be started, ends with another code than 0 or too late, or gives what it should not.
    """
    with tempfile.TemporaryDirectory(prefix="praxi-step-") as name:
        folders = {part: Path(name, part) for part in ("inputs", "outputs", "work")}
        for folder in folders.values():
            folder.mkdir()
        exchange.write(step.inputs, folders["inputs"])
        traced = {header.upper(): value for header, value in trace_headers().items()}
        environment = {
            **inherited(bool),
            **traced,
            **variables,
            "PRAXI_INPUTS": str(folders["inputs"]),
            "PRAXI_OUTPUTS": str(folders["outputs"]),
        }
        _run(step.command, folders["work"], Path(name, "said"), environment, seconds)
        exchange.read(step.outputs, folders["outputs"])


def _run(
    command: Sequence[str], folder: Path, said: Path, environment: dict[str, str], seconds: float
) -> None:
    with said.open("wb") as out:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise StepError(f"the command can't be started: {why}", where=command[0]) from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise StepError(f"the command took longer than {seconds:g} s", where=command[0]) from None
        finally:
            _end(process)
    if code:
        last = _last_line(said)
        how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
        raise StepError(f"the command {how}" + (f": {last}" if last else ""), where=command[0])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command if it still runs, and whatever it left behind: they are a group of their own."""
    for number, grace in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
            process.wait(grace)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _last_line(said: Path) -> str:
    with said.open("rb") as file:
        file.seek(max(said.stat().st_size - _TAIL, 0))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return one_line(lines[-1], _SHOWN) if lines else ""

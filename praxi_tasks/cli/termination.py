"""Ends a command that is asked to: by a drain, a preemption, *mark failed*, or a node that is reclaimed.

Whatever a command is at, it may end there: documents are stored whole or not at all, and the next try goes on
with what is missing. So nothing is waited for: a command that kept on would be killed at the end of the pod's
grace period, and would work beside its successor until then.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

from praxi_tasks.cli.log_format import notice
from praxi_tasks.errors import ExitCode
from praxi_tasks.tracing import abandon

_MESSAGE: Final = "asked to end: what is done is in the store, and the next try goes on from there"


def end_on_request(*, is_told: bool = True) -> None:
    """Let SIGTERM end this process with exit code 75, also where it is process 1 of a container.

    What it recorded of itself is sent first, for two seconds at most.

    The system ignores a signal to process 1 that it has no handler for. Python's handlers run in the main
    thread alone, once that returns from what it calls, which may be a training of minutes: so another thread
    waits for the signal.

    Parameters
    ----------
    is_told
        Whether this process says so; another that waits for it may.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    line = f"{notice(_MESSAGE)}\n".encode() if is_told else b""
    threading.Thread(target=_wait, args=(reader, line), name="termination", daemon=True).start()


def _wait(reader: int, line: bytes) -> None:
    while signal.SIGTERM not in os.read(reader, 64):
        continue
    os.write(2, line)
    abandon()
    os._exit(ExitCode.TEMPFAIL)

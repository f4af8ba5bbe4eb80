"""Servers for tests: whatever a test starts ends with it, and its log is shown when the test fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from demo.ports import free_port
from demo.process import Server, start_server

__all__ = ["Server", "free_port", "running", "running_with", "start_server"]


@contextmanager
def running(server: Server, *, grace: float = 15.0) -> Iterator[Server]:
    """Stop a server in the end; if the block raised, print the end of the server's log first.

    Parameters
    ----------
    grace
        Seconds between asking it to end and killing it.
    """
    try:
        yield server
    except BaseException:
        print(f"--- {server.log}\n{server.last_lines(60)}", file=sys.stderr)
        raise
    finally:
        server.stop(grace=grace)


def running_with(*words: str) -> list[str]:
    """Return the command lines of this machine's processes that have all these words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            command = entry.read_bytes().decode(errors="replace").split("\0")
            if set(words) <= set(command):
                found.append(" ".join(command))
    return found

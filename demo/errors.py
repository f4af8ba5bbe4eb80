"""What can go wrong while the demonstration is set up."""

from __future__ import annotations

from praxi_tasks.errors import PraxiError
from praxi_tasks.printable import printable_lines


class DemoError(PraxiError):
    """A step of the demonstration failed; the message says which and what to do."""

    code = "demo"

    def __str__(self) -> str:
        return printable_lines(self._sentence())  # a server's last log lines stay lines


class ServerError(DemoError):
    """A server did not start, or ended before it was ready; the message ends with its last log lines."""

    code = "server"


class CommandError(DemoError):
    """A command ended with an error; the message ends with what it wrote last."""

    code = "command"

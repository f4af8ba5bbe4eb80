"""What can go wrong while the demonstration is set up."""

from __future__ import annotations

from praxi_tasks.errors import PraxiError


class DemoError(PraxiError):
    """A step of the demonstration failed; the message says which and what to do."""

    code = "demo"


class ServerError(DemoError):
    """A server did not start, or ended before it was ready; the message ends with its last log lines."""

    code = "server"


class CommandError(DemoError):
    """A command ended with an error; the message ends with what it wrote last."""

    code = "command"

"""The command line: ``praxi COMMAND``, the same as ``python -m praxi_tasks COMMAND``.

Each command lives in a module of its own and is imported only when it is asked for, so that one command
never pays for another's libraries.
"""

from praxi_tasks.cli.app import main

__all__ = ["main"]

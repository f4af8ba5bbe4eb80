"""The table of commands, and what happens when one of them fails."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Final

import click

from praxi_tasks import __version__
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.log_format import configure_log, last_line
from praxi_tasks.cli.termination import end_on_request
from praxi_tasks.errors import ExitCode, PraxiError
from praxi_tasks.isolation import supervise
from praxi_tasks.tracing import traced_command

# command -> the module that defines it; the command object there has the command's name.
COMMANDS: Final[dict[str, str]] = {
    "audit": "praxi_tasks.cli.audit",
    "build": "praxi_tasks.cli.build",
    "doctor": "praxi_tasks.cli.doctor",
    "feeds": "praxi_tasks.cli.feeds",
    "fingerprint": "praxi_tasks.cli.fingerprint",
    "learn": "praxi_tasks.cli.learn",
    "metrics": "praxi_tasks.cli.metrics",
    "models": "praxi_tasks.cli.models",
    "notify": "praxi_tasks.cli.notify",
    "packs": "praxi_tasks.cli.packs",
    "plan": "praxi_tasks.cli.plan",
    "predict": "praxi_tasks.cli.predict",
    "report": "praxi_tasks.cli.report",
    "rights": "praxi_tasks.cli.rights",
    "risks": "praxi_tasks.cli.risks",
    "serve": "praxi_tasks.cli.serve",
    "step": "praxi_tasks.cli.step",
    "store": "praxi_tasks.cli.store",
    "tagset": "praxi_tasks.cli.tagset",
    "train": "praxi_tasks.cli.train",
}

# What strangers wrote is read in a process that may end; so it is by `learn fingerprint`.
_ISOLATED: Final = frozenset({"audit", "fingerprint", "metrics", "notify", "plan", "predict", "report"})

_BY_HAND: Final = frozenset({"audit", "packs"})
"""Commands that no pod runs: they print what a person needs to know."""

_SERVER: Final = "serve"  # it ends as it should when it is asked to, once it has answered


class LazyGroup(Group):
    """A group that knows its commands' names and imports a command's module on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names for the help page."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]}.{cmd_name} is not a command")
        return command


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="praxi")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done to standard error.")
@click.pass_context
def app(context: click.Context, verbose: bool) -> None:
    """Find out which software releases a container image holds, by the files they left behind."""
    # A person reads the report, also through a pipe; the log of a step in a pod is all there is to read.
    by_hand = sys.stderr.isatty() or context.invoked_subcommand in _BY_HAND
    quiet = logging.WARNING if by_hand else logging.INFO
    configure_log(logging.DEBUG if verbose else quiet)
    if not verbose:
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of each try before the last


def main() -> None:
    """Run the command line; a :class:`PraxiError` becomes one line on standard error and its exit code."""
    try:
        configure_log(logging.WARNING)  # for what comes before the command, and the process that watches it
        if not _ISOLATED.isdisjoint(sys.argv[1:]):
            supervise()
            end_on_request(is_told=False)  # the process that watches this one says so
        elif _SERVER not in sys.argv[1:2]:
            end_on_request()
        with traced_command(_named(sys.argv[1:])):
            app(prog_name="praxi")
    except PraxiError as error:
        click.echo(last_line(error), err=True)
        raise SystemExit(int(error.exit_code)) from None
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "praxi_tasks":
            raise
        click.echo(f"praxi: the library {error.name} is missing: pip install 'praxi[tasks]'", err=True)
        raise SystemExit(int(ExitCode.USAGE)) from None
    except BrokenPipeError:
        raise SystemExit(int(ExitCode.OK)) from None


def _named(words: list[str]) -> str:
    """Return the command that a command line is of; empty where that is no work with an end."""
    name = next((word for word in words if word in COMMANDS), "")
    return "" if name == _SERVER else name

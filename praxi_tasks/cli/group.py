"""A group of commands whose options may also follow the command, and whose help is in whole sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

_SENTENCE: Final = 200  # characters, which no first sentence has


class Group(click.Group):
    """A group whose options may also follow the command: ``praxi models list --store URI``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the group's own options first; click looks for them before the command alone."""
        own, of_command = _valued(self), frozenset[str]()
        first: list[str] = []
        rest: list[str] = []
        words = iter(args)
        for word in words:
            if word == "--":
                rest += [word, *words]
            elif word in own:
                first += [word, *_next(words)]
            elif word.partition("=")[0] in own:
                first.append(word)
            elif word in of_command:
                rest += [word, *_next(words)]  # whatever its value looks like
            else:
                of_command = of_command or _valued(self.get_command(ctx, word))
                rest.append(word)
        return super().parse_args(ctx, [*first, *rest])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names in the order in which they are defined."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the whole first sentence of its help; click would cut it to one line."""
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(_SENTENCE)) for name, command in named if command]
            )


def _valued(command: click.Command | None) -> frozenset[str]:
    """Return the names of a command's options that have a value."""
    options = [each for each in (command.params if command else ()) if isinstance(each, click.Option)]
    return frozenset(name for option in options if not option.is_flag for name in option.opts)


def _next(words: Iterator[str]) -> list[str]:
    return [word for word in [next(words, None)] if word is not None]

"""Options that take several values: ``--releases A B`` is ``--releases A --releases B``."""

from __future__ import annotations

import click


class GreedyCommand(click.Command):
    """A command without arguments, whose repeatable options take every value up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option's name before each further value, then parse as usual."""
        greedy = {name for param in self.params if getattr(param, "multiple", False) for name in param.opts}
        spelled: list[str] = []
        option, filled = "", False
        for arg in args:
            if arg.startswith("-") and arg != "-":
                option, filled = (arg if arg in greedy else ""), False
            elif option and filled:
                spelled.append(option)
            filled = filled or not arg.startswith("-")
            spelled.append(arg)
        return super().parse_args(ctx, spelled)

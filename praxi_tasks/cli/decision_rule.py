"""The option that says how many candidates are named: ``--emission threshold=0.8``."""

from __future__ import annotations

from typing import cast, get_args

import click

from praxi_tasks.discovery.decision_rule import Emission, Strategy


class EmissionType(click.ParamType[Emission]):
    """``default``, ``density``, ``threshold=PROBABILITY`` or ``top-k=COUNT``."""

    name = "emission"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Emission:
        """Parse a strategy and its setting."""
        if isinstance(value, Emission):
            return value
        name, _, setting = str(value).partition("=")
        if name not in get_args(Strategy):
            self.fail(f"{name!r} is none of {', '.join(get_args(Strategy))}", param, ctx)
        strategy = cast("Strategy", name)
        try:
            if strategy == "threshold":
                return Emission(strategy, threshold=float(setting or 0.5))
            return Emission(strategy, count=int(setting or 1)) if strategy == "top-k" else Emission(strategy)
        except ValueError:
            self.fail(f"{setting!r} is not a number", param, ctx)


emission_option = click.option(
    "--emission",
    type=EmissionType(),
    default="default",
    show_default=True,
    metavar="RULE",
    help="How much of what may be there is named, of each layer: default, density, threshold=P or top-k=N.",
)

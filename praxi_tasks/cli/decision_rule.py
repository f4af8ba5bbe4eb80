"""The option that says how many candidates are named: ``--decision-rule threshold=0.8``."""

from __future__ import annotations

from typing import cast, get_args

import click

from praxi_tasks.discovery import DecisionRule, Strategy


class DecisionRuleType(click.ParamType[DecisionRule]):
    """``default``, ``density``, ``threshold=PROBABILITY`` or ``top-k=COUNT``."""

    name = "decision rule"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> DecisionRule:
        """Parse a strategy and its setting."""
        if isinstance(value, DecisionRule):
            return value
        name, _, setting = str(value).partition("=")
        if name not in get_args(Strategy):
            self.fail(f"{name!r} is none of {', '.join(get_args(Strategy))}", param, ctx)
        strategy = cast("Strategy", name)
        try:
            if strategy == "threshold":
                return DecisionRule(strategy, threshold=float(setting or 0.5))
            return (
                DecisionRule(strategy, count=int(setting or 1))
                if strategy == "top-k"
                else DecisionRule(strategy)
            )
        except ValueError:
            self.fail(f"{setting!r} is not a number", param, ctx)


decision_rule_option = click.option(
    "--decision-rule",
    "--emission",  # its name before 0.2
    "decision_rule",
    type=DecisionRuleType(),
    default="default",
    show_default=True,
    metavar="RULE",
    help="Which of the candidates of each layer are named: default, density, threshold=P or top-k=N.",
)

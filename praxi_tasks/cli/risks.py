"""``praxi risks``: the risks that were accepted until a day, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.options import store_option

if TYPE_CHECKING:
    from praxi_tasks.findings.risk_register import RiskRegister

_by = click.option("--by", required=True, metavar="NAME", help="Who decides; it is recorded.")
_reason = click.option("--reason", required=True, help="Why; it is recorded.")
_until = click.option("--until", required=True, metavar="DAY", help="The last day, such as 2027-03-31.")


@click.group(cls=Group)
@store_option()
@click.option(
    "--longest",
    envvar="PRAXI_ACCEPT_DAYS",
    show_envvar=True,
    type=click.IntRange(min=1),
    default=365,
    show_default=True,
    metavar="DAYS",
    help="For how long a risk may be accepted.",
)
@click.pass_context
def risks(context: click.Context, store_uri: str, longest: int) -> None:
    """See the accepted risks, accept one until a day, or withdraw that."""
    from praxi_tasks.findings.risk_register import RiskRegister
    from praxi_tasks.store import open_store

    context.obj = RiskRegister(open_store(store_uri), longest_days=longest)


@risks.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that were withdrawn, and all histories.")
@click.pass_obj
def list_(register: RiskRegister, everything: bool) -> None:
    """List the accepted risks, the newest first."""
    found, today = register.read(), datetime.now(UTC).date()
    for each in found.acceptances:
        if each.withdrawn and not everything:
            continue
        terms = each.terms
        what = f"{terms.finding or 'every finding'} of {terms.package} in {terms.image}"
        where = "" if terms.namespace == "*" else f", namespaces {terms.namespace}"
        echo(f"{each.id}  {each.state(today):9}  until {terms.expires}  {what}{where}")
        echo(f"{'':14}{terms.owner}: {terms.reason}")
        for event in each.history if everything else ():
            echo(f"{'':14}{event.at:%Y-%m-%d %H:%M} {event.action} by {event.by} {event.note}".rstrip())
    for damaged in found.damaged:
        echo(f"{damaged.id}  damaged, does not count: {damaged.problem}")


@risks.command()
@click.option("--finding", default="", help="The identifier of a finding, such as CVE-2027-0001.")
@click.option("--package", default="", metavar="GLOB", help="ECOSYSTEM/NAME; any without.")
@click.option("--image", default="", metavar="GLOB", help="The image's reference; any without.")
@click.option("--namespace", default="", metavar="GLOB", help="Every namespace where it runs; any without.")
@click.option("--kind", default="", help="The kind of finding; any without.")
@click.option("--owner", required=True, help="Who answers for it.")
@_reason
@_until
@_by
@click.pass_obj
def accept(register: RiskRegister, /, by: str, until: str, **fields: str) -> None:
    """Set a finding, or all findings of a package, aside until a day."""
    from praxi_tasks.findings.risk_register import make_terms

    made = register.accept(make_terms({**fields, "expires": until}), by, datetime.now(UTC))
    echo(f"{made.id} counts from the next audit until {made.terms.expires}")


@risks.command()
@click.argument("acceptance")
@_reason
@_by
@click.pass_obj
def withdraw(register: RiskRegister, acceptance: str, reason: str, by: str) -> None:
    """End an ACCEPTANCE: what it set aside counts again."""
    seen = register.get(acceptance).version
    register.withdraw(acceptance, seen, reason, by, datetime.now(UTC))
    echo(f"{acceptance} is withdrawn; the next audit counts what it set aside")

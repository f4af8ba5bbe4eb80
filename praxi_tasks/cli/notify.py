"""``praxi notify``: notify Alertmanager and other receivers of what an audit changed."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from praxi_tasks.audit import AuditRun, load_policy, require
from praxi_tasks.cli.options import policy_option, run_option, store_option
from praxi_tasks.store import open_store


@click.command()
@store_option()
@run_option
@policy_option
@click.option(
    "--alertmanager", envvar="PRAXI_ALERTMANAGER", show_envvar=True, help="Base URLs of Alertmanagers."
)
@click.option(
    "--instance",
    envvar="PRAXI_INSTANCE",
    show_envvar=True,
    default="praxi",
    show_default=True,
    help="Label of alerts.",
)
def notify(
    store_uri: str, run_id: str, policy_uri: str | None, alertmanager: str | None, instance: str
) -> None:
    """Raise what is new or worse, prolong what is open, resolve what is gone.

    Only the newest daily audit of everything does; other runs notify nobody.

    Messages go to the Apprise URLs in PRAXI_NOTIFY_URLS. Running it twice for one audit repeats those
    messages, but no alert.
    """
    from praxi_tasks.notify import Alertmanagers, PageLinks, send_message
    from praxi_tasks.notify.alerts import NAMES, alert_changes
    from praxi_tasks.notify.changes import change_message

    store = open_store(store_uri)
    audit = AuditRun(store, run_id).assessed()
    if not audit.rings:
        click.echo("not the newest daily audit: nobody is notified")
        return
    now = datetime.now(UTC)
    links = PageLinks.from_environment(now)
    if alertmanager:
        server = Alertmanagers(alertmanager)
        active = [alert for name in NAMES for alert in server.active(name, praxi=instance)]
        policy = load_policy(policy_uri)
        changes = require(
            audit, "the alerts", lambda each: alert_changes(each, policy, active, instance, now, links)
        )
        server.post(changes)
        click.echo(f"{len(changes)} alerts posted, {len(active)} were active before")
    message = require(audit, "the message", lambda each: change_message(each, links))
    if message and send_message(*message):
        click.echo("a message was sent")

"""``praxi metrics``: an audit's metrics to a Pushgateway or a textfile."""

from __future__ import annotations

from pathlib import Path

import click

from praxi_tasks.audit import AuditRun, add_pod_metrics, read_durations, read_pods, require
from praxi_tasks.cli.options import run_option, store_option
from praxi_tasks.store import open_store
from praxi_tasks.tracing import is_on, publish


@click.command()
@store_option()
@run_option
@click.option(
    "--pushgateway", envvar="PRAXI_PUSHGATEWAY", show_envvar=True, help="Base URL of a Pushgateway."
)
@click.option(
    "--textfile",
    envvar="PRAXI_METRICS_FILE",
    show_envvar=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of node_exporter's textfile collector, such as /var/lib/node_exporter/praxi.prom.",
)
@click.option(
    "--instance",
    envvar="PRAXI_INSTANCE",
    show_envvar=True,
    default="praxi",
    show_default=True,
    help="Grouping label.",
)
@click.option(
    "--places",
    envvar="PRAXI_METRICS_PLACES",
    show_envvar=True,
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="How many namespaces, and how many images, metrics name; the others are added up. 0 names none.",
)
def metrics(
    store_uri: str, run_id: str, pushgateway: str | None, textfile: Path | None, instance: str, places: int
) -> None:
    """Publish the metrics of a run; without a destination, print them.

    A receiver of OTLP, which OTEL_EXPORTER_OTLP_ENDPOINT names, is a destination too.
    """
    from prometheus_client import generate_latest

    from praxi_tasks.findings.report import audit_metrics, push_metrics, write_textfile

    store = open_store(store_uri)
    audit = AuditRun(store, run_id).assessed()
    durations, pods = read_durations(store, run_id), read_pods(store, run_id)
    registry = require(audit, "the metrics", lambda each: audit_metrics(each, durations, places))
    add_pod_metrics(registry, pods)
    has_receiver = is_on()
    if (pushgateway or textfile or has_receiver) and not audit.rings:
        click.echo("not the newest daily audit: its metrics are not published")
        return
    if pushgateway:
        push_metrics(registry, pushgateway, instance)
    if textfile:
        write_textfile(registry, textfile)
    if has_receiver:
        publish(
            (sample.name, family.documentation, sample.labels, sample.value)
            for family in registry.collect()
            for sample in family.samples
        )
    elif not pushgateway and not textfile:
        click.echo(generate_latest(registry).decode(), nl=False)

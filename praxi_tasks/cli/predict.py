"""``praxi predict``: ask a model about layers that are in the store, or about recorded changesets."""

from __future__ import annotations

from pathlib import Path

import click

from praxi_tasks.cli.options import model_option, platform_option, store_option
from praxi_tasks.cli.output import format_option, output_option, write_report
from praxi_tasks.errors import ExitCode, UsageError
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store


@click.command()
@click.argument("images", nargs=-1, metavar="[IMAGE...]")
@model_option()
@store_option(required=False)
@platform_option
@click.option("--run", "run_id", help="Instead of images: the audit whose layers to predict.")
@format_option
@output_option
def predict(
    images: tuple[str, ...],
    model_uri: str,
    store_uri: str | None,
    platform: Platform,
    run_id: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Say which releases the fingerprinted layers of each IMAGE, or of a run, hold."""
    if store_uri is None or bool(images) == (run_id is not None):
        raise UsageError("name images or a run, and a store", action="see praxi predict --help")
    if run_id is not None:
        _predict_run(run_id, model_uri, store_uri)
    else:
        _predict_images(images, model_uri, store_uri, platform, form, output)


def _predict_run(run_id: str, model_uri: str, store_uri: str) -> None:
    from praxi_tasks.audit.run import AuditRun
    from praxi_tasks.discovery.model import Model

    outcome = AuditRun(open_store(store_uri), run_id).predict(Model.load(model_uri))
    click.echo(f"model {outcome.model}: {len(outcome.failures)} layers could not be predicted")


def _predict_images(
    images: tuple[str, ...],
    model_uri: str,
    store_uri: str,
    platform: Platform,
    form: str,
    output: Path | None,
) -> None:
    from praxi_tasks.audit.local import LocalAudit
    from praxi_tasks.audit.reported import State
    from praxi_tasks.cli.progress import progress_bars
    from praxi_tasks.discovery.model import Model

    model = Model.load(model_uri)
    with progress_bars() as bars:
        work = LocalAudit(open_store(store_uri), platform, bars)
        report = work.predict(work.plan(images), {}, model)
        assessed = work.assess(report)
    write_report(report, assessed, form, output)
    if report.count(State.FAILED):
        raise SystemExit(int(ExitCode.FINAL))

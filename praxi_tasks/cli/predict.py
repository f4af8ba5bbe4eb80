"""``praxi predict``: ask a model about layers that are in the store, or about recorded changesets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from praxi_tasks.cli.decision_rule import decision_rule_option
from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import (
    model_option,
    model_place,
    platform_option,
    require_readable_model,
    store_option,
)
from praxi_tasks.cli.output import format_option, output_option, write_report
from praxi_tasks.discovery import DecisionRule
from praxi_tasks.errors import ExitCode, UsageError
from praxi_tasks.oci.image import Platform
from praxi_tasks.printable import printable_json
from praxi_tasks.store import open_store

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model


@click.command()
@click.argument("images", nargs=-1, metavar="[IMAGE...]")
@model_option()
@store_option(required=False)
@platform_option
@click.option("--run", "run_id", help="Instead of images: the audit whose layers to predict.")
@click.option(
    "--changesets",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help='Instead of images: recorded changesets, lines of {"id", "changes"}.',
)
@decision_rule_option
@format_option
@output_option
def predict(
    images: tuple[str, ...],
    model_uri: str,
    store_uri: str | None,
    platform: Platform,
    run_id: str | None,
    changesets: Path | None,
    decision_rule: DecisionRule,
    form: str,
    output: Path | None,
) -> None:
    """Say which releases the fingerprinted layers of each IMAGE, or of a run, or changesets hold."""
    if changesets is not None and not images and run_id is None:
        return _predict_changesets(changesets, model_uri, decision_rule, output)
    if store_uri is None or bool(images) == (run_id is not None):
        raise UsageError("name images or a run, and a store", action="see praxi predict --help")
    from praxi_tasks.discovery import Model

    if run_id is not None:
        require_readable_model(model_uri)
        return _predict_run(run_id, model_uri, decision_rule, store_uri)
    model = Model.load(model_place(model_uri, store_uri), decision_rule=decision_rule)
    return _predict_images(images, model, store_uri, platform, form, output)


def _predict_changesets(
    changesets: Path, model_uri: str, decision_rule: DecisionRule, output: Path | None
) -> None:
    import msgspec

    from praxi_tasks.discovery import Model
    from praxi_tasks.learning.data import name_changesets, read_changesets

    model = Model.load(model_uri, decision_rule=decision_rule)
    found = list(name_changesets(read_changesets(changesets), model))
    document = printable_json(msgspec.json.encode(found))
    if output is None:
        click.echo(document)
    else:
        output.write_bytes(document + b"\n")


def _predict_run(run_id: str, model_uri: str, decision_rule: DecisionRule, store_uri: str) -> None:
    from praxi_tasks.audit import AuditRun, timed
    from praxi_tasks.discovery import Model
    from praxi_tasks.learning.model_registry import resolve_once

    store = open_store(store_uri)
    with timed(store, run_id, "predict"):
        run = AuditRun(store, run_id)
        resolved = resolve_once(model_uri, store, run.key("model.json"))
        model = Model.load(resolved.uri, decision_rule=decision_rule)
        outcome = run.predict(model, resolved.version, resolved.problem)
    click.echo(f"model {outcome.model}: {len(outcome.failures)} layers could not be predicted")
    if outcome.problem:
        echo(f"WARNING: {outcome.problem}")


def _predict_images(
    images: tuple[str, ...],
    model: Model,
    store_uri: str,
    platform: Platform,
    form: str,
    output: Path | None,
) -> None:
    from praxi_tasks.audit import LocalAudit, State
    from praxi_tasks.cli.progress import progress_bars

    with progress_bars() as bars:
        work = LocalAudit(open_store(store_uri), platform, bars)
        report = work.predict(work.plan(images), {}, model)
        assessed = work.assess(report)
    write_report(report, assessed, form, output)
    if report.count(State.FAILED):
        raise SystemExit(int(ExitCode.FINAL))

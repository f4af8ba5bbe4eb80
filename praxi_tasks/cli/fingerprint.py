"""``praxi fingerprint``: read layers into the store, for a batch of a run or for images named by hand."""

from __future__ import annotations

import click

from praxi_tasks.audit import AuditRun, LocalAudit, timed
from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import platform_option, store_option
from praxi_tasks.cli.progress import progress_bars
from praxi_tasks.errors import ExitCode, UsageError
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, open_store


@click.command()
@click.argument("images", nargs=-1, metavar="[IMAGE...]")
@store_option()
@platform_option
@click.option("--force", is_flag=True, help="Read every layer again, known or not.")
@click.option("--run", "run_id", help="Instead of images: the audit whose plan has the batch.")
@click.option("--batch", type=click.IntRange(0), help="With --run: the number of the batch.")
def fingerprint(
    images: tuple[str, ...],
    store_uri: str,
    platform: Platform,
    force: bool,
    run_id: str | None,
    batch: int | None,
) -> None:
    """Read the layers of each IMAGE, or of one batch of a run, into the store; each layer once ever."""
    store = open_store(store_uri)
    if images and run_id is None and batch is None:
        _by_hand(images, store, platform, force=force)
    elif run_id is not None and batch is not None and not images:
        with timed(store, run_id, "fingerprint", batch):
            outcome = AuditRun(store, run_id).fingerprint(batch)
        echo(f"batch {batch}: {len(outcome.failures)} layers could not be read")
    else:
        raise UsageError("name images, or a run and a batch", action="see praxi fingerprint --help")


def _by_hand(images: tuple[str, ...], store: Store, platform: Platform, *, force: bool) -> None:
    with progress_bars() as bars:
        work = LocalAudit(store, platform, bars, force=force)
        plan = work.plan(images)
        failures = work.fingerprint(plan)
    reasons = [f"{image.deployed.image}: {image.failure.message}" for image in plan.images if image.failure]
    reasons += [f"{digest}: {failure.message}" for digest, failure in failures.items()]
    for reason in reasons:
        echo(f"failed {reason}", err=True)
    read = sum(layer.batch >= 0 for layer in plan.layers)
    echo(f"{len(plan.layers)} layers: {len(plan.layers) - read} known before, {len(failures)} failed")
    if reasons:
        raise SystemExit(int(ExitCode.FINAL))

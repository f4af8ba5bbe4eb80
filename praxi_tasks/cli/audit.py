"""``praxi audit``: the whole job on one machine."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from praxi_tasks.audit import LocalAudit
from praxi_tasks.cli.decision_rule import decision_rule_option
from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import (
    feeds_option,
    model_option,
    model_place,
    platform_option,
    policy_option,
    store_option,
)
from praxi_tasks.cli.output import (
    format_option,
    output_option,
    sbom_option,
    write_report,
    write_sboms,
)
from praxi_tasks.cli.progress import progress_bars
from praxi_tasks.discovery import DecisionRule
from praxi_tasks.errors import ExitCode, PraxiError, UsageError
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store

if TYPE_CHECKING:
    from praxi_tasks.audit import Verdict

_TOLD: Final = tuple(f"praxi_tasks.audit.{name}" for name in ("plan", "fingerprint", "predict"))
_WITHOUT_FEEDS: Final = (
    "no feeds: vulnerabilities, outdated packages and ends of life were not checked; mirror feeds "
    "with praxi feeds --store URI, and name them with --feeds URI/feeds"
)


@click.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@model_option()
@store_option(required=False)
@platform_option
@decision_rule_option
@click.option("--force", is_flag=True, help="Read every layer again, known or not.")
@feeds_option
@policy_option
@click.option(
    "--vex",
    "vex_uris",
    multiple=True,
    help="An OpenVEX document, beside those of the policy: a path or store URI; may be given often.",
)
@click.option("--list", "listing", is_flag=True, help="List the packages of each image, below the table.")
@click.option("--only", metavar="GLOB", help="Of these packages only some: a name or ECOSYSTEM/NAME.")
@format_option
@output_option
@sbom_option
def audit(
    images: tuple[str, ...],
    model_uri: str,
    store_uri: str | None,
    platform: Platform,
    decision_rule: DecisionRule,
    force: bool,
    feeds_uri: str | None,
    policy_uri: str | None,
    vex_uris: tuple[str, ...],
    listing: bool,
    only: str | None,
    form: str,
    output: Path | None,
    sbom_folder: Path | None,
) -> None:
    """List the releases in each IMAGE, layer by layer, and the findings about them.

    An IMAGE is a registry reference (python:3.11, ghcr.io/o/r@sha256:...), oci:DIRECTORY, oci-archive:FILE or
    docker-archive:FILE. Without --store nothing is stored.

    \b
    Exit codes; the report is written with 0, 1, 3 and 75, and where several apply the first of these counts:
      2   the arguments or the policy are not valid
      1   a threshold of the policy is reached
      3   an image could not be audited, or something was not checked that the policy insists on
      75  the same, but trying again may help
      0   none of these: what was not checked is in the report as coverage
    """  # noqa: D301 - click's mark of a paragraph that is not wrapped
    from praxi_tasks.audit import judge, load_policy, load_vex
    from praxi_tasks.discovery import Model
    from praxi_tasks.findings.feeds import open_feeds

    listed = _listed(listing, only, form)
    policy = load_policy(policy_uri)
    statements = load_vex(policy, policy_uri, vex_uris)
    if feeds_uri:
        open_feeds(feeds_uri)  # a mistyped folder fails before an hour of reading
    with ExitStack() as stack:
        stack.enter_context(_unseen())
        stack.enter_context(_told_once())
        model = Model.load(model_place(model_uri, store_uri), decision_rule=decision_rule)
        store = open_store(store_uri or stack.enter_context(tempfile.TemporaryDirectory(prefix="praxi-")))
        bars = stack.enter_context(progress_bars())
        work = LocalAudit(store, platform, bars, force=force)
        plan = work.plan(images)
        report = work.predict(plan, work.fingerprint(plan), model)
        assessed = work.assess(report, feeds_uri, policy, statements)
    write_report(report, assessed, form, output, listed)
    if sbom_folder is not None:
        write_sboms(assessed, sbom_folder)
    if not feeds_uri:
        click.echo(f"praxi: {_WITHOUT_FEEDS}", err=True)
    verdict = judge(report, assessed, policy)
    in_table = form == "table" and output is None
    for sentence in (*verdict.sentences, *_failed(verdict, len(report.images), in_table=in_table)):
        echo(f"praxi: {sentence}", err=True)
    raise SystemExit(int(verdict.code))


def _listed(listing: bool, only: str | None, form: str) -> str | None:
    """Return the pattern of the packages to list, None for no list.

    Raises
    ------
    UsageError
        If the form has no table, or there is a pattern without a list.
    """
    if form != "table" and (listing or only):
        raise UsageError("--list belongs to the table", action="the other forms have every package")
    if only and not listing:
        raise UsageError("--only is about the packages of --list", action="give --list too")
    return (only or "*") if listing else None


def _failed(verdict: Verdict, images: int, *, in_table: bool) -> Iterable[str]:
    """Return why images failed; where a table beside it says so, only how many did."""
    if not verdict.failed or not in_table:
        return verdict.failed
    return (f"{len(verdict.failed)} of {images} images were not audited",)


@contextmanager
def _told_once() -> Iterator[None]:
    """Keep from the log, unless it is asked for, why images and layers failed: the report says so."""
    loggers = [logging.getLogger(name) for name in _TOLD] if not _is_verbose() else []
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger in loggers:
            logger.setLevel(logging.NOTSET)


def _is_verbose() -> bool:
    return logging.getLogger().getEffectiveLevel() < logging.WARNING


@contextmanager
def _unseen() -> Iterator[None]:
    """Keep exit code 1 for the policy: whatever ends the audit for good means that nothing was seen."""
    try:
        yield
    except PraxiError as error:
        if error.exit_code is not ExitCode.FINAL:
            raise
        click.echo(f"praxi: {error.code}: {error}", err=True)
        raise SystemExit(int(ExitCode.UNSEEN)) from None

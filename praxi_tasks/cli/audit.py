"""``praxi audit``: the whole job on one machine."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from praxi_tasks.audit.local import LocalAudit
from praxi_tasks.audit.report import State
from praxi_tasks.cli.decision_rule import decision_rule_option
from praxi_tasks.cli.options import (
    feeds_option,
    model_option,
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
from praxi_tasks.errors import ExitCode
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store


@click.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@model_option()
@store_option(required=False)
@platform_option
@decision_rule_option
@click.option("--force", is_flag=True, help="Read every layer again, known or not.")
@feeds_option
@policy_option
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
    form: str,
    output: Path | None,
    sbom_folder: Path | None,
) -> None:
    """List the releases in each IMAGE, layer by layer, and the findings about them.

    An IMAGE is a registry reference (python:3.11, ghcr.io/o/r@sha256:...), oci:DIRECTORY, oci-archive:FILE or
    docker-archive:FILE. Without --store nothing is stored. The exit code is 1 if an image could not be
    audited or a threshold of the policy is reached (the report is written all the same), and 2 if the policy
    is not valid.
    """
    from praxi_tasks.audit.assessment import load_policy
    from praxi_tasks.discovery import Model
    from praxi_tasks.findings.feeds.folder import open_feeds

    policy = load_policy(policy_uri)
    if feeds_uri:
        open_feeds(feeds_uri)  # a mistyped folder fails before an hour of reading
    model = Model.load(model_uri, decision_rule=decision_rule)
    with ExitStack() as stack:
        store = open_store(store_uri or stack.enter_context(tempfile.TemporaryDirectory(prefix="praxi-")))
        bars = stack.enter_context(progress_bars())
        work = LocalAudit(store, platform, bars, force=force)
        plan = work.plan(images)
        report = work.predict(plan, work.fingerprint(plan), model)
        assessed = work.assess(report, feeds_uri, policy)
    write_report(report, assessed, form, output)
    if sbom_folder is not None:
        write_sboms(assessed, sbom_folder)
    reached = policy.failures((f, assessed.is_new(i, f)) for i in assessed.images for f in i.findings)
    for sentence in reached:
        click.echo(f"praxi: policy: {sentence}", err=True)
    if reached or report.count(State.FAILED):
        raise SystemExit(int(ExitCode.FINAL))

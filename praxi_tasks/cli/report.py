"""``praxi report``: the last task of an audit that reads the store."""

from __future__ import annotations

import click

from praxi_tasks.audit import AuditRun, load_policy, load_vex, make_assessor, timed
from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import feeds_option, policy_option, run_option, store_option
from praxi_tasks.findings.assessment import of_several_clusters
from praxi_tasks.findings.risk_register import RiskRegister
from praxi_tasks.store import open_store


@click.command()
@store_option()
@run_option
@feeds_option
@policy_option
@click.option(
    "--implausible-share",
    envvar="PRAXI_IMPLAUSIBLE_SHARE",
    show_envvar=True,
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Resolve nothing where fewer images are listed than this share of the week's median.",
)
def report(
    store_uri: str, run_id: str, feeds_uri: str | None, policy_uri: str | None, implausible_share: float
) -> None:
    """Reduce a run to its report: JSON, HTML, SARIF, SBOMs and Parquet tables in the store."""
    store = open_store(store_uri)
    run = AuditRun(store, run_id)
    with timed(store, run_id, "report"):
        policy = load_policy(policy_uri)
        assessor = make_assessor(
            feeds_uri,
            policy,
            run.day(),
            store,
            statements=load_vex(policy, policy_uri),
            risks=RiskRegister(store).read(),
            must_exist=False,
        )
        made = run.report(assessor, plausible_share=implausible_share)
    several = of_several_clusters(made.images)
    for image in made.images:
        title = image.title(with_cluster=several)
        echo(f"{image.state:8} {title}" + (f"  {image.reason}" if image.reason else ""))

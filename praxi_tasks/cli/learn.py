"""``praxi learn``: the tasks of a training, one command each."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from praxi_tasks.cli.collected import Tally
from praxi_tasks.cli.echo import amount, echo
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.options import model_option, require_readable_model, store_option
from praxi_tasks.cli.pack_packages import ECOSYSTEMS, pack_name, pack_packages
from praxi_tasks.cli.rate import rate_bar
from praxi_tasks.store import Store, open_store

if TYPE_CHECKING:
    from praxi_tasks.learning.run import Outcome, PackRun, TrainingRun


@click.group(cls=Group)
@store_option()
@click.option("--run", "run_id", required=True, help="The training, by its key in the store.")
@click.pass_context
def learn(context: click.Context, store_uri: str, run_id: str) -> None:
    """Learn new releases: the steps of one training, in the order in which they are listed.

    After `report` come those of a knowledge pack: select, collect, pack.
    """
    from praxi_tasks.learning.run import TrainingRun

    context.obj = TrainingRun(open_store(store_uri), run_id)


@learn.command()
@model_option()
@click.option("--settings", default="{}", help="How to train, as a JSON object; see the Dag's parameters.")
@click.option("--package", "packages", multiple=True, help="Learn this too: name==version.")
@click.option("--list", "listed", type=click.File("rb"), help="Learn what a file lists too, one a line.")
@click.pass_obj
def releases(
    run: TrainingRun, model_uri: str, settings: str, packages: tuple[str, ...], listed: IO[bytes] | None
) -> None:
    """Gather what is to be learned, and pack it into batches."""
    import msgspec

    from praxi_tasks.learning.data import decode_list
    from praxi_tasks.learning.run import read_settings

    require_readable_model(model_uri)
    chosen = read_settings(settings)
    text = "\n".join((chosen.list or "", decode_list(listed.read()))) if listed else chosen.list
    chosen = msgspec.structs.replace(chosen, packages=(*chosen.packages, *packages), list=text)
    plan = run.plan(model_uri, chosen)
    wanted, requests = amount(len(plan.packages), "release"), amount(len(plan.requests), "request")
    echo(f"{wanted} wanted by {requests}, {amount(plan.batches, 'batch', 'batches')}")


@learn.command()
@click.option("--batch", type=click.IntRange(0), required=True, help="The number of the batch.")
@click.pass_obj
def fingerprint(run: TrainingRun, batch: int) -> None:
    """Get the files of one batch of releases into the store."""
    for found in run.fingerprint(batch):
        echo(f"{found.state:8} {found.package.purl}  {found.source or found.reason}")


@learn.command()
@click.argument("release")
@click.argument("printed", type=click.File(errors="replace"), default="-")
@click.pass_obj
def built(run: TrainingRun, release: str, printed: IO[str]) -> None:
    """Keep what `praxi build RELEASE` PRINTED, by default from standard input, for `train` to look at."""
    from praxi_tasks.errors import DataError
    from praxi_tasks.learning.builds import Listener
    from praxi_tasks.learning.data import parse_label

    listener = Listener()
    for line in printed:
        listener.take(line)
    if listener.result is None:
        raise DataError("no result of a build", action="pipe the output of `praxi build` to this")
    run.store_build_result(parse_label(release), listener.result)


@learn.command()
@click.option("--batch", type=click.IntRange(0), required=True, help="The number of the trial.")
@click.pass_obj
def route(run: TrainingRun, batch: int) -> None:
    """Try one way of assigning releases to experts."""
    echo(f"F1 {run.route(batch):.4f}")


@learn.command()
@click.option("--batch", type=click.IntRange(0), required=True, help="The number of the trial.")
@click.pass_obj
def tune(run: TrainingRun, batch: int) -> None:
    """Try one set of hyper-parameters; trials share what they found."""
    echo(f"F1 {run.tune(batch):.4f}")


@learn.command()
@click.pass_obj
def train(run: TrainingRun) -> None:
    """Teach the model the releases whose files are in the store."""
    trained = run.train()
    echo(
        f"learned {amount(len(trained.learned), 'release')} in {trained.seconds:.2f} s: model {trained.model}"
    )


@learn.command()
@click.pass_obj
def evaluate(run: TrainingRun) -> None:
    """Compare the new model with the one in use."""
    evaluation = run.evaluate()
    new = evaluation.challenger_new if evaluation else None
    echo(f"F1 on new releases: {new.f1:.4f}" if new else "nothing new to compare")


@learn.command()
@click.pass_obj
def gate(run: TrainingRun) -> None:
    """Decide whether the new model may be put in use."""
    judged = run.gate()
    for message in judged.messages:
        echo(f"holds  {message}")
    for reason in judged.reasons:
        echo(f"FAILS  {reason}")


@learn.command()
@click.option("--approved-by", metavar="NAME", help="Who approved it: with a note that overrules the gate.")
@click.option("--note", default="", help="Why it was approved.")
@click.pass_obj
def promote(run: TrainingRun, approved_by: str | None, note: str) -> None:
    """Put the new model in use, if the gate let it pass or a person approved it with a note."""
    from praxi_tasks.learning.run import Approval

    promotion = run.promote(Approval(approved_by, note) if approved_by else None)
    message = f"version {promotion.champion} is the champion"
    echo(message if promotion.promoted else f"{message}, as before: {promotion.reason}")


@learn.command()
@click.pass_context
def report(context: click.Context) -> None:
    """Write the training's report, close its requests, and say so if the new model was held back."""
    from praxi_tasks.learning.run import close_training
    from praxi_tasks.notify import send_message

    given = context.parent.params if context.parent else {}
    summary = close_training(open_store(given["store_uri"]), given["run_id"])
    echo(f"report: {summary.report}")
    if summary.learned and not summary.promoted:
        message = "; ".join(summary.reasons)
        echo(f"held back: {message}")
        if summary.repeats:
            echo(f"as in {summary.repeats}, so nobody is told again")
        elif send_message("Praxi: a new model was held back", f"{message}. The champion stays in use."):
            echo("a message was sent")


@learn.command()
@click.argument("ecosystem", metavar="INDEX", type=click.Choice(sorted(ECOSYSTEMS)))
@click.option("--suite", default="", help="Of a distribution: trixie, noble, v3.22.")
@click.option("--list", "listed", help="Names or name==version, one a line, or the URI of such a file.")
@click.option("--popular", type=click.IntRange(min=1), help="No more than so many, the most popular.")
@click.option("--versions", type=click.IntRange(min=1), default=5, help="Newest versions of each.")
@click.option("--pods", type=click.IntRange(min=1), default=4, help="How many tasks collect them.")
@click.pass_context
def select(
    context: click.Context,
    ecosystem: str,
    suite: str,
    listed: str | None,
    popular: int | None,
    versions: int,
    pods: int,
) -> None:
    """Choose the packages of a knowledge pack, and pack them into batches; see `praxi packs build`."""
    from praxi_tasks.learning.data import list_text
    from praxi_tasks.learning.sources import pack_source
    from praxi_tasks.store import ReadableRoots

    store, run = _pack_run(context)
    of = ECOSYSTEMS[ecosystem]
    text = list_text(listed, ReadableRoots.of_run(store.uri)) if listed else None
    packages = pack_packages(store, pack_source(ecosystem, suite), of, text, popular)
    name = pack_name(ecosystem, suite)
    plan = run.plan(of, suite, packages, versions, pods, index=ecosystem, name=name, whole=text is None)
    each = amount(versions, "version")
    batches = amount(plan.batches, "batch", "batches")
    echo(f"{amount(len(plan.packages), 'package')}, {each} of each, {batches}")


@learn.command()
@click.option("--batch", type=click.IntRange(0), required=True, help="The number of the batch.")
@click.pass_context
def collect(context: click.Context, batch: int) -> None:
    """Get the releases of one batch of a knowledge pack into the store."""
    from praxi_tasks.learning.sources import pack_source

    _, run = _pack_run(context)
    plan = run.planned()
    wanted, tally = plan.batch(batch), Tally()
    with rate_bar(f"Collecting {plan.pack}", len(wanted), "packages") as bar:

        def tell(outcome: Outcome) -> None:
            for found in outcome.found:
                if found.state != "stored":
                    echo(f"{found.state:8} {found.package.purl}  {found.reason}")
            tally.take(outcome)
            bar.advance(tally.stored, is_new=outcome.is_new)

        run.collect(pack_source(plan.index, plan.suite), batch, tell)


@learn.command("pack")
@model_option()
@click.pass_context
def pack_(context: click.Context, model_uri: str) -> None:
    """Make a new version of the model that knows what a knowledge pack's run collected."""
    from praxi_tasks.learning.run import register_pack
    from praxi_tasks.learning.sources import pack_source

    require_readable_model(model_uri)
    store, run = _pack_run(context)
    plan = run.planned()
    registered = register_pack(store, run, model_uri, pack_source(plan.index, plan.suite))
    echo(
        f"version {registered.version} is the model in use with the pack {plan.pack} of "
        f"{amount(registered.releases, 'release')}; it is used after: "
        f"praxi models promote {registered.version}"
    )


def _pack_run(context: click.Context) -> tuple[Store, PackRun]:
    """Return the store, and the run of a knowledge pack."""
    from praxi_tasks.learning.run import PackRun

    given = context.parent.params if context.parent else {}
    store = open_store(given["store_uri"])
    return store, PackRun(store, given["run_id"])

"""``praxi packs build``: collect the releases of a knowledge pack, and store the pack."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import click

from praxi_tasks.cli.collected import Tally
from praxi_tasks.cli.echo import amount, echo, megabytes
from praxi_tasks.cli.options import model_place, store_option
from praxi_tasks.cli.pack_packages import ECOSYSTEMS, pack_name, pack_packages
from praxi_tasks.cli.rate import rate_bar
from praxi_tasks.environment import parsed, web_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from praxi_tasks.learning.data import NewPackage
    from praxi_tasks.learning.run import Outcome, PackRun
    from praxi_tasks.learning.sources import Source


@click.command()
@click.argument("ecosystem", metavar="INDEX", type=click.Choice(sorted(ECOSYSTEMS)))
@store_option()
@click.option("--suite", default="", help="Of a distribution: trixie, noble, v3.22, 42.")
@click.option("--index", metavar="URL", help="Address of the index, instead of the one that is set.")
@click.option("--list", "listed", type=click.File("rb"), help="Names or name==version, one a line.")
@click.option("--popular", type=click.IntRange(min=1), help="No more than so many, the most popular.")
@click.option(
    "--versions", type=click.IntRange(min=1), default=5, show_default=True, help="Newest versions of each."
)
@click.option("--run", "run_id", help="Go on with this run; by default with the same one of today.")
@click.option("--name", default="", metavar="NAME", help="The pack's; by default that of what it knows.")
@click.option("--base", metavar="URI", help="A model to put the pack into, which is written to --out.")
@click.option("--out", metavar="URI", help="Where to write a model that is --base with the pack.")
def build(
    ecosystem: str,
    store_uri: str,
    suite: str,
    index: str | None,
    listed: IO[bytes] | None,
    popular: int | None,
    versions: int,
    run_id: str | None,
    name: str,
    base: str | None,
    out: str | None,
) -> None:
    """Collect the newest releases of many packages, and store the pack that knows them.

    INDEX is almalinux, alpine, centos, conda, cran, debian, fedora, maven, npm, pypi, rocky, rpm, rubygems or
    ubuntu. Without a list it is all of a suite, or what the images of the last audit have. It can be ended at
    any time: started again, it goes on with the release where it was, and asks again for what failed.
    `praxi packs push` and `use` take the pack by its name.
    """
    from praxi_tasks.learning.data import decode_list
    from praxi_tasks.learning.run import PackRun, build_pack
    from praxi_tasks.learning.sources import pack_source
    from praxi_tasks.packs import check_name, packs_of_model, use_packs
    from praxi_tasks.store import open_store

    if bool(base) != bool(out):
        raise click.UsageError("give --base and --out together, or neither")
    if base:
        base = model_place(base, store_uri)
        packs_of_model(base)  # a mistyped model fails before an hour of collecting
    store, of = open_store(store_uri), ECOSYSTEMS[ecosystem]
    named = check_name(name or pack_name(ecosystem, suite))
    source = pack_source(ecosystem, suite, parsed(index, web_url, "--index") if index else "")
    text = decode_list(listed.read()) if listed else None
    packages = list(pack_packages(store, source, of, text, popular))
    run = PackRun(store, run_id or _run_id(ecosystem, suite, packages, versions))
    run.plan(of, suite, packages, versions, 1, index=ecosystem, name=named, whole=text is None)
    collected = _collect(run, source)
    for line in collected.lines(f"{store.uri}/{run.key('packages')}"):
        echo(line)
    if collected.has_some:
        echo(f"praxi: making the pack {named}", err=True)
    built = build_pack(store, run, source)
    size = megabytes(sum(part.size for part in built.pack.parts))
    echo(f"pack {named} is in the store: {amount(len(built.pack.parts), 'part')}, {size}")
    if base and out:
        echo(f"model {use_packs(base, [built], out).id} is at {out}")


def _collect(run: PackRun, source: Source) -> Tally:
    """Collect what a run's plan wants, and return what became of it."""
    plan, tally = run.planned(), Tally()
    with rate_bar(f"Collecting {plan.pack}", len(plan.packages), "packages") as bar:

        def count(outcome: Outcome) -> None:
            tally.take(outcome)
            bar.advance(tally.stored, is_new=outcome.is_new)

        try:
            run.collect(source, 0, count)
        except KeyboardInterrupt:
            echo("praxi: ended; the same command goes on where this one was", err=True)
            raise
    return tally


def _run_id(ecosystem: str, suite: str, packages: Sequence[NewPackage], versions: int) -> str:
    """Return the name of a run that is the same for the same pack on one day."""
    what = repr((suite, versions, [package.purl for package in packages]))
    return f"pack-{ecosystem}-{datetime.now(UTC):%Y%m%d}-{hashlib.sha256(what.encode()).hexdigest()[:12]}"

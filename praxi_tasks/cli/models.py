"""``praxi models``: the versions of the model, and which one is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from praxi_tasks.cli.echo import amount, echo
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.options import model_place, store_option

if TYPE_CHECKING:
    from praxi_tasks.learning.model_registry import ModelRegistry


_MADE_BY: Final = "trainings make them, and praxi packs use"


@click.group(cls=Group)
@store_option()
@click.pass_context
def models(context: click.Context, store_uri: str) -> None:
    """See the versions of the model, compare two, and put one in use."""
    from praxi_tasks.errors import ModelError
    from praxi_tasks.learning.model_registry import find_registry
    from praxi_tasks.store import open_store

    context.obj = find_registry(open_store(store_uri).uri)
    if context.obj is None and context.invoked_subcommand not in {"list", "copy", "prune"}:
        raise ModelError("the store has no version of the model", where=store_uri, action=_MADE_BY)


@models.command("list")
@click.pass_obj
def list_(registry: ModelRegistry | None) -> None:
    """List all versions, the oldest first."""
    versions = registry.versions() if registry else []
    if not versions:
        echo(f"praxi: there is no version yet; {_MADE_BY}", err=True)
    for version in versions:
        marks = f"  [{', '.join(version.aliases)}]" if version.aliases else ""
        echo(f"{version.version:>4}  {version.model}  {version.origin}{marks}")


@models.command()
@click.argument("first")
@click.argument("second")
@click.pass_obj
def compare(registry: ModelRegistry, first: str, second: str) -> None:
    """Say what each of two versions (numbers or aliases) knows and the other does not."""
    from praxi_tasks.discovery import Model
    from praxi_tasks.learning.evaluation import compare_models

    one, other = registry.get(first), registry.get(second)
    difference = compare_models(Model.load(one.uri), Model.load(other.uri))
    echo(f"{difference.shared} parts in both, byte for byte")
    for version, only in ((one, difference.first), (other, difference.second)):
        echo(f"version {version.version}: {only.parts} parts and {len(only.releases)} releases of its own")
        for release in only.releases[:50]:
            echo(f"  {release}")


@models.command()
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET")
@click.pass_context
def copy(context: click.Context, source: str, target: str) -> None:
    """Copy the model SOURCE (a URI, models:/praxi@champion) to TARGET, with the releases that it carries."""
    from praxi_tasks.discovery import copy_bundle
    from praxi_tasks.learning.data import write_bundled

    source = model_place(source, _store_uri(context))
    manifest = copy_bundle(source, target)
    write_bundled(target, (), source)
    echo(f"model {manifest.id} is at {target}")


@models.command()
@click.argument("version")
@click.option("--note", default="", help="Why; it is recorded with the version.")
@click.option("--by", default="", metavar="NAME", help="Who promotes it; it is recorded with the version.")
@click.pass_obj
def promote(registry: ModelRegistry, version: str, note: str, by: str) -> None:
    """Make a VERSION (number or alias) the champion, whatever its gate said: the next audit uses it."""
    chosen = registry.get(version)
    registry.annotate(chosen, by, note, "")
    champion = registry.promote(chosen)
    echo(f"version {champion.version} is the champion")


@models.command()
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many of the newest stay.")
@click.pass_context
def prune(context: click.Context, keep: int) -> None:
    """Delete all versions but the newest and those that are, were or may be in use."""
    from praxi_tasks.learning.run import prune as delete_unneeded
    from praxi_tasks.store import open_store

    store = open_store(_store_uri(context))
    gone = delete_unneeded(store, context.obj, keep) if context.obj else []
    for version in gone:
        echo(f"version {version.version} is deleted  {version.model}  {version.origin}")
    kept = amount(len(context.obj.versions()) if context.obj else 0, "version")
    echo(f"{kept} kept")


@models.command()
@click.option("--note", default="", help="Why; it is recorded with the version.")
@click.option("--by", default="", metavar="NAME", help="Who takes it back; it is recorded with the version.")
@click.pass_obj
def rollback(registry: ModelRegistry, note: str, by: str) -> None:
    """Put the version back in use that the champion replaced."""
    champion = registry.roll_back()
    registry.annotate(champion, by, note, "")
    echo(f"version {champion.version} is the champion")


def _store_uri(context: click.Context) -> str:
    return str((context.parent.params if context.parent else {})["store_uri"])

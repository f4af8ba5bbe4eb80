"""``praxi packs``: knowledge packs in the store, in models, and in registries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from praxi_tasks.cli.echo import amount, echo, megabytes
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.options import model_place, store_option
from praxi_tasks.cli.packs_build import build
from praxi_tasks.errors import ExitCode, PackError, UsageError

if TYPE_CHECKING:
    from praxi_tasks.discovery import Pack
    from praxi_tasks.packs import NamedPack

_SOURCE: Final = "org.opencontainers.image.source"
_PULLED: Final = "io.praxi.pack.pulled-from"
_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)
_of_model = click.option(
    "--model", "model_uri", metavar="URI", help="A model whose packs are meant, instead of the store's."
)


@click.group(cls=Group)
def packs() -> None:
    """Build knowledge packs, share them through registries, and put them into a model."""


packs.add_command(build)


@packs.command("list")
@store_option(required=False)
@_of_model
def list_(store_uri: str | None, model_uri: str | None) -> None:
    """List the packs of the store or of a model."""
    from praxi_tasks.packs import packs_of_model

    if model_uri:
        found = [each.pack for each in packs_of_model(model_place(model_uri, store_uri))]
        broken = False
    else:
        found, broken = _of_store(_required(store_uri))
    width = max((len(pack.name) for pack in found), default=0)
    for pack in found:
        parts, size = amount(len(pack.parts), "part"), megabytes(_size(pack))
        echo(f"{pack.name:{width}}  {parts:>9}  {size:>10}  {_about(pack)}".rstrip())
    if not found and not broken:
        echo(f"praxi: there is no pack in {model_uri or store_uri}", err=True)
    if broken:
        raise SystemExit(int(ExitCode.FINAL))


def _of_store(store_uri: str) -> tuple[list[Pack], bool]:
    """Return the packs of a store that can be read, and whether there are others, which are told."""
    from praxi_tasks.packs import pack_names, read_pack
    from praxi_tasks.store import open_store

    store, found, broken = open_store(store_uri), [], False
    for name in pack_names(store):
        try:
            found.append(read_pack(store, name).pack)
        except (PackError, UsageError) as error:
            echo(f"praxi: {name}: {error}", err=True)
            broken = True
    return found, broken


@packs.command()
@click.argument("name")
@store_option(required=False)
@_of_model
def show(name: str, store_uri: str | None, model_uri: str | None) -> None:
    """Show a pack: where it comes from, and its parts."""
    pack = _find(name, store_uri, model_uri).pack
    echo(f"{pack.name}: {amount(len(pack.parts), 'part')}, {megabytes(_size(pack))}")
    for key, text in sorted(pack.annotations.items()):
        echo(f"  {key}: {text}")
    for part in pack.parts:
        echo(f"  {part.role:10} {megabytes(part.size):>11}  sha256:{part.sha256}")


@packs.command()
@click.argument("name")
@click.argument("uri", metavar="oci://REGISTRY/REPOSITORY:TAG")
@store_option(required=False)
@_of_model
@click.option("--key", type=_KEY, metavar="FILE", help="A private key in PEM to sign the pack with.")
@click.option(
    "--mount-from", default="", metavar="REPOSITORY", help="Of the registry; parts it has are not sent again."
)
def push(
    name: str, uri: str, store_uri: str | None, model_uri: str | None, key: Path | None, mount_from: str
) -> None:
    """Push a pack to a registry; parts that it has are not sent."""
    from praxi_tasks.cli.transfer_bar import transfer_bar
    from praxi_tasks.oci.registry import RegistrySettings
    from praxi_tasks.packs import push_pack

    named, settings = _find(name, store_uri, model_uri), RegistrySettings.from_environment()
    with transfer_bar(f"Pushing {name}") as watch:
        pushed = push_pack(named, uri, settings, key=key, mount_from=mount_from, watch=watch)
    signed = ", signed" if key else ""
    echo(f"pack {name} is at {uri}@{pushed.digest}{signed}: {megabytes(pushed.sent)} sent")


@packs.command()
@click.argument("uri", metavar="oci://REGISTRY/REPOSITORY:TAG")
@store_option()
@click.option("--key", type=_KEY, metavar="FILE", help="A public key in PEM that must have signed the pack.")
def pull(uri: str, store_uri: str, key: Path | None) -> None:
    """Pull a pack into the store, every part checked by its digest."""
    from praxi_tasks.cli.transfer_bar import transfer_bar
    from praxi_tasks.oci.registry import RegistrySettings
    from praxi_tasks.packs import pull_pack
    from praxi_tasks.store import open_store

    store, settings = open_store(store_uri), RegistrySettings.from_environment()
    with transfer_bar("Pulling") as watch:
        pack = pull_pack(uri, store, settings, key=key, watch=watch)
    echo(f"pack {pack.name} is in the store: {amount(len(pack.parts), 'part')}, {megabytes(_size(pack))}")


@packs.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@store_option()
@click.option(
    "--model",
    "model_uri",
    envvar="PRAXI_MODEL",
    show_envvar=True,
    required=True,
    metavar="URI",
    help="What to add to: a store URI, or models:/praxi@champion.",
)
@click.option("--out", metavar="URI", help="Where to write the model, instead of a new version in the store.")
def use(names: tuple[str, ...], store_uri: str, model_uri: str, out: str | None) -> None:
    """Make a model of another one and packs of the store; a pack that it has is replaced."""
    from praxi_tasks.learning.data import write_bundled
    from praxi_tasks.learning.model_registry import resolve_for
    from praxi_tasks.learning.run import register_with_packs
    from praxi_tasks.packs import read_pack, use_packs
    from praxi_tasks.store import open_store

    store = open_store(store_uri)
    base, chosen = resolve_for(store, model_uri), [read_pack(store, name) for name in names]
    if out:
        made = use_packs(base.uri, chosen, out)
        write_bundled(out, (), base.uri)
        echo(f"model {made.id} is at {out}")
        return
    version = register_with_packs(store, base, chosen)
    echo(
        f"version {version.version} of the model has {', '.join(names)}; "
        f"it is used after: praxi models promote {version.version}"
    )


def _find(name: str, store_uri: str | None, model_uri: str | None) -> NamedPack:
    from praxi_tasks.packs import packs_of_model, read_pack
    from praxi_tasks.store import open_store

    if not model_uri:
        return read_pack(open_store(_required(store_uri)), name)
    place = model_place(model_uri, store_uri)
    found = next((each for each in packs_of_model(place) if each.pack.name == name), None)
    if found is None:
        raise PackError(
            f"the model has no pack {name}", where=model_uri, action="see praxi packs list --model"
        )
    return found


def _required(store_uri: str | None) -> str:
    if not store_uri:
        raise UsageError(
            "neither a store nor a model is named", action="add --store (PRAXI_STORE) or --model"
        )
    return store_uri


def _size(pack: Pack) -> int:
    """Return how many bytes a pack has."""
    return sum(part.size for part in pack.parts)


def _about(pack: Pack) -> str:
    """Return how much a pack knows, and where it comes from, as far as it says so."""
    told = pack.annotations.get
    releases, packages = told("io.praxi.pack.releases"), told("io.praxi.pack.packages")
    known = f"releases: {releases}, of packages: {packages}" if releases and packages else ""
    return "  ".join(filter(None, (known, told(_SOURCE) or told(_PULLED))))

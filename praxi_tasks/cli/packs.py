"""``praxi packs``: knowledge packs in the store, in models, and in registries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import store_option
from praxi_tasks.cli.packs_build import build

if TYPE_CHECKING:
    from praxi_tasks.discovery import Pack
    from praxi_tasks.packs import NamedPack

_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)
_of_model = click.option(
    "--model", "model_uri", metavar="URI", help="A model whose packs are meant, instead of the store's."
)


@click.group()
def packs() -> None:
    """Build knowledge packs, share them through registries, and put them into a model."""


packs.add_command(build)


@packs.command("list")
@store_option()
@_of_model
def list_(store_uri: str, model_uri: str | None) -> None:
    """List the packs of the store, or of a model, with their sizes and sources."""
    from praxi_tasks.packs import list_packs, packs_of_model
    from praxi_tasks.store import open_store

    store = open_store(store_uri)
    found = [each.pack for each in packs_of_model(model_uri)] if model_uri else list_packs(store)
    for pack in found:
        source = pack.annotations.get("org.opencontainers.image.source", "")
        echo(f"{pack.name:30} {len(pack.parts):>3} parts {_size(pack):>10.1f} MB  {source}".rstrip())


@packs.command()
@click.argument("name")
@store_option()
@_of_model
def show(name: str, store_uri: str, model_uri: str | None) -> None:
    """Show a pack: where it comes from, and its parts."""
    pack = _find(name, store_uri, model_uri).pack
    echo(f"{pack.name}: {len(pack.parts)} parts, {_size(pack):.1f} MB")
    for key, text in sorted(pack.annotations.items()):
        echo(f"  {key}: {text}")
    for part in pack.parts:
        echo(f"  {part.role:10} {part.size / 1e6:>8.1f} MB  sha256:{part.sha256}")


@packs.command()
@click.argument("name")
@click.argument("uri", metavar="oci://REGISTRY/REPOSITORY:TAG")
@store_option()
@_of_model
@click.option("--key", type=_KEY, metavar="FILE", help="A private key in PEM to sign the pack with.")
@click.option(
    "--mount-from", default="", metavar="REPOSITORY", help="Of the registry; parts it has are not sent again."
)
def push(
    name: str, uri: str, store_uri: str, model_uri: str | None, key: Path | None, mount_from: str
) -> None:
    """Push a pack to a registry; parts that it has are not sent."""
    from praxi_tasks.oci.registry import RegistrySettings
    from praxi_tasks.packs import push_pack

    named = _find(name, store_uri, model_uri)
    pushed = push_pack(named, uri, RegistrySettings.from_environment(), key=key, mount_from=mount_from)
    signed = ", signed" if key else ""
    echo(f"pack {name} is at {uri}@{pushed.digest}{signed}: {pushed.sent / 1e6:.1f} MB sent")


@packs.command()
@click.argument("uri", metavar="oci://REGISTRY/REPOSITORY:TAG")
@store_option()
@click.option("--key", type=_KEY, metavar="FILE", help="A public key in PEM that must have signed the pack.")
def pull(uri: str, store_uri: str, key: Path | None) -> None:
    """Pull a pack into the store, every part checked by its digest."""
    from praxi_tasks.oci.registry import RegistrySettings
    from praxi_tasks.packs import pull_pack
    from praxi_tasks.store import open_store

    pack = pull_pack(uri, open_store(store_uri), RegistrySettings.from_environment(), key=key)
    echo(f"pack {pack.name} is in the store: {len(pack.parts)} parts, {_size(pack):.1f} MB")


@packs.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@store_option()
@click.option(
    "--model", "model_uri", envvar="PRAXI_MODEL", required=True, metavar="URI", help="What to add to."
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


def _find(name: str, store_uri: str, model_uri: str | None) -> NamedPack:
    from praxi_tasks.errors import PackError
    from praxi_tasks.packs import packs_of_model, read_pack
    from praxi_tasks.store import open_store

    if not model_uri:
        return read_pack(open_store(store_uri), name)
    found = next((each for each in packs_of_model(model_uri) if each.pack.name == name), None)
    if found is None:
        raise PackError(
            f"the model has no pack {name}", where=model_uri, action="see praxi packs list --model"
        )
    return found


def _size(pack: Pack) -> float:
    """Return how many megabytes a pack has."""
    return sum(part.size for part in pack.parts) / 1e6

"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from praxi_tasks.oci.image import Platform

Command = Callable[..., Any]

_REGISTERED: Final = "models:"


class PlatformType(click.ParamType[Platform]):
    """``os/architecture[/variant]`` on the command line."""

    name = "platform"

    def convert(
        self, value: str | Platform, param: click.Parameter | None, ctx: click.Context | None
    ) -> Platform:
        """Parse the platform; a wrong one is a usage error like any other option's."""
        from praxi_tasks.errors import UsageError

        if isinstance(value, Platform):
            return value
        try:
            return Platform.parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


def store_option(*, required: bool = True) -> Callable[[Command], Command]:
    """Make the ``--store`` option."""
    return click.option(
        "--store",
        "store_uri",
        envvar="PRAXI_STORE",
        show_envvar=True,
        required=required,
        help="Where everything is stored: file:///path or s3://bucket/prefix.",
    )


def model_option(*, required: bool = True) -> Callable[[Command], Command]:
    """Make the ``--model`` option."""
    return click.option(
        "--model",
        "model_uri",
        envvar="PRAXI_MODEL",
        show_envvar=True,
        required=required,
        help="The model to ask: a store URI, or with a store models:/praxi@champion.",
    )


def model_place(model_uri: str, store_uri: str | None) -> str:
    """Return the URI of the model that a person names: as it is, or by an alias in a store's registry.

    Raises
    ------
    UsageError
        If it is an alias, and there is no store.
    ModelError, RegistryDownError
        If no version has the alias, or the registry can't answer.
    """
    if not model_uri.startswith(_REGISTERED):
        return model_uri
    from praxi_tasks.errors import UsageError
    from praxi_tasks.learning.model_registry import resolve_for
    from praxi_tasks.store import open_store

    if not store_uri:
        raise UsageError(
            "no store is named whose versions the alias is of",
            where=model_uri,
            action="add --store, or set PRAXI_STORE",
        )
    return resolve_for(open_store(store_uri), model_uri).uri


def require_readable_model(model_uri: str) -> None:
    """Do nothing if a run may read the model that its command line names; what a variable names it may.

    Raises
    ------
    UsageError
        If the run is confined, and the model lies elsewhere.
    """
    from click.core import ParameterSource

    from praxi_tasks.learning.model_registry import ALIASED
    from praxi_tasks.store import ReadableRoots

    readable = ReadableRoots.of_command()
    named = click.get_current_context().get_parameter_source("model_uri") is ParameterSource.COMMANDLINE
    if readable and named and not model_uri.startswith(ALIASED):
        readable.require(model_uri, "model")


feeds_option = click.option(
    "--feeds",
    "feeds_uri",
    envvar="PRAXI_FEEDS",
    show_envvar=True,
    help="Folder of advisories and other feeds: a path, file:///path or s3://bucket/prefix.",
)
policy_option = click.option(
    "--policy",
    "policy_uri",
    envvar="PRAXI_POLICY",
    show_envvar=True,
    help="What counts, what is ignored, and when to fail.",
)
run_option = click.option("--run", "run_id", required=True, help="The audit, by its key in the store.")
platform_option = click.option(
    "--platform",
    type=PlatformType(),
    default="linux/amd64",
    show_default=True,
    help="Which image of an index.",
)

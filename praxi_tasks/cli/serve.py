"""``praxi serve``: the model and audits over HTTP."""

from __future__ import annotations

import os
from pathlib import Path

import click

from praxi_tasks.cli.options import feeds_option, model_option, platform_option, policy_option, store_option
from praxi_tasks.errors import UsageError
from praxi_tasks.oci.image import Platform
from praxi_tasks.serving import Certificate, Options
from praxi_tasks.serving import serve as run

_FILE = click.Path(path_type=Path)


@click.command()
@model_option()
@store_option()
@click.option(
    "--host",
    envvar="PRAXI_SERVE_HOST",
    show_envvar=True,
    default="127.0.0.1",
    show_default=True,
    help="Where to listen.",
)
@click.option(
    "--port",
    envvar="PRAXI_SERVE_PORT",
    show_envvar=True,
    default=8080,
    show_default=True,
    type=click.IntRange(1, 65535),
)
@click.option(
    "--workers",
    envvar="PRAXI_SERVE_WORKERS",
    show_envvar=True,
    type=click.IntRange(1, 256),
    help="Processes that ask one version of the model; by default as many as there are processors.",
)
@click.option(
    "--token-file",
    "token_files",
    envvar="PRAXI_SERVE_TOKEN_FILES",
    show_envvar=True,
    multiple=True,
    type=_FILE,
    help="A file of bearer tokens, one a line, or a folder of such files; may be given often.",
)
@click.option(
    "--token-review",
    "cluster",
    envvar="PRAXI_SERVE_TOKEN_REVIEW",
    show_envvar=True,
    is_flag=True,
    help="Let the cluster that this runs in say whose a token is (TokenReview).",
)
@click.option(
    "--subject",
    "subjects",
    envvar="PRAXI_SERVE_SUBJECTS",
    show_envvar=True,
    multiple=True,
    help="With --token-review, a glob of users that may ask: system:serviceaccount:NAMESPACE:NAME.",
)
@click.option(
    "--audience",
    "audiences",
    envvar="PRAXI_SERVE_AUDIENCES",
    show_envvar=True,
    multiple=True,
    help="With --token-review, what a token must be meant for; by default the cluster's API.",
)
@click.option("--anonymous", is_flag=True, help="Let everybody ask who reaches the service.")
@click.option(
    "--tls-cert",
    envvar="PRAXI_SERVE_TLS_CERT",
    show_envvar=True,
    type=_FILE,
    help="A PEM file: certificate and chain.",
)
@click.option(
    "--tls-key",
    envvar="PRAXI_SERVE_TLS_KEY",
    show_envvar=True,
    type=_FILE,
    help="A PEM file: the certificate's key.",
)
@click.option(
    "--registry",
    "registries",
    envvar="PRAXI_SERVE_REGISTRIES",
    show_envvar=True,
    multiple=True,
    help="A glob of registries whose images may be audited, or of beginnings of repositories.",
)
@platform_option
@feeds_option
@policy_option
@click.option(
    "--chain",
    envvar="PRAXI_SERVE_CHAIN",
    show_envvar=True,
    type=_FILE,
    help="A file that declares the steps of audits; by default they are those of an audit by hand.",
)
@click.option(
    "--experiment",
    envvar="PRAXI_SERVE_EXPERIMENT",
    show_envvar=True,
    type=_FILE,
    help="A file that says which versions answer, by weight, and which are asked in the shadow.",
)
@click.option(
    "--reload-seconds",
    envvar="PRAXI_SERVE_RELOAD_SECONDS",
    show_envvar=True,
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.1),
    help="How often to look for another champion.",
)
def serve(
    model_uri: str,
    store_uri: str,
    host: str,
    port: int,
    workers: int | None,
    token_files: tuple[Path, ...],
    cluster: bool,
    subjects: tuple[str, ...],
    audiences: tuple[str, ...],
    anonymous: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    registries: tuple[str, ...],
    platform: Platform,
    feeds_uri: str | None,
    policy_uri: str | None,
    chain: Path | None,
    experiment: Path | None,
    reload_seconds: float,
) -> None:
    """Answer over HTTP which releases layers and changesets hold, and audit images on request."""
    run(
        Options(
            model_uri=model_uri,
            store_uri=store_uri,
            host=host,
            port=port,
            workers=workers or len(os.sched_getaffinity(0)),
            reload_seconds=reload_seconds,
            token_files=token_files,
            anonymous=anonymous,
            token_review=cluster,
            subjects=subjects,
            audiences=audiences,
            certificate=_certificate(tls_cert, tls_key),
            experiment=experiment,
            registries=registries,
            platform=str(platform),
            feeds=feeds_uri or "",
            policy=policy_uri or "",
            chain=chain,
        )
    )


def _certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        raise UsageError("TLS needs both", action="give --tls-cert and --tls-key")
    return Certificate(chain, key)

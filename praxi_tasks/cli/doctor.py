"""``praxi doctor``: try everything that an installation stands on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from praxi_tasks.cli.options import feeds_option, model_option, platform_option, store_option
from praxi_tasks.environment import read_text
from praxi_tasks.oci.image import Platform
from praxi_tasks.printable import printable

if TYPE_CHECKING:
    from praxi_tasks.doctor import Outcome

_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_WIDE: Final = 100  # columns of a terminal from which a table is readable
_COLOURS: Final = {
    "ok": "green",
    "warning": "yellow",
    "failed": "red",
    "unavailable": "yellow",
    "skipped": "dim",
}


@click.command()
@store_option()
@model_option(required=False)
@feeds_option
@platform_option
@click.option(
    "--image", "images", multiple=True, metavar="REFERENCE", help="Images to find in their registries."
)
@click.option("--prometheus", "prometheus_url", metavar="URL", help="A Prometheus to ask for its series.")
@click.option(
    "--prometheus-token",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file of its bearer token.",
)
@click.option("--namespace", default="praxi", show_default=True, help="Where pods are to run.")
@click.option("--run", "run_id", help="Keep the result as doctor.json of this run.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="Output format.",
)
def doctor(
    store_uri: str,
    model_uri: str | None,
    feeds_uri: str | None,
    platform: Platform,
    images: tuple[str, ...],
    prometheus_url: str | None,
    prometheus_token: Path | None,
    namespace: str,
    run_id: str | None,
    form: str,
) -> None:
    """Try store, registries, Prometheus, feeds, model and Kubernetes, and say what to do.

    Exit codes: 0 nothing is in the way of an audit, 3 something is, 75 it may pass by itself.
    """
    from praxi_tasks.doctor import check_feeds, check_images, check_model, check_store, check_versions, ending

    outcomes = [
        check_store(store_uri),
        *check_images(" ".join(images).split(), platform),
        *_prometheus(prometheus_url, prometheus_token),
        check_feeds(feeds_uri),
        check_model(model_uri, store_uri),
        check_versions(store_uri),
        _kubernetes(namespace),
    ]
    _write(outcomes, form)
    if run_id and outcomes[0].status == "ok":
        from praxi_tasks.store import documents, keys, open_store

        documents.write(open_store(store_uri), keys.run(run_id, "doctor.json"), outcomes)
    sys.exit(int(ending(outcomes)))


def _prometheus(url: str | None, token: Path | None) -> Iterator[Outcome]:
    from praxi_tasks.doctor import ask_prometheus, check_series, skipped

    if url:
        yield from check_series(ask_prometheus(url, token))
    else:
        yield skipped(
            "prometheus", "no Prometheus was named", "name it: --prometheus URL, or run praxi_doctor"
        )


def _kubernetes(namespace: str) -> Outcome:
    from praxi_tasks.doctor import check_rights, review_right, skipped

    host, port = read_text("KUBERNETES_SERVICE_HOST"), read_text("KUBERNETES_SERVICE_PORT", "443")
    token = _ACCOUNT / "token"
    if not host or not token.is_file():
        return skipped(
            "kubernetes", "no service account is here", "run the Dag praxi_doctor: its worker has one"
        )
    address = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return check_rights(review_right(address, token, str(_ACCOUNT / "ca.crt"), namespace), namespace)


def _write(outcomes: Sequence[Outcome], form: str) -> None:
    if form == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(outcomes), indent=2).decode())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from praxi_tasks.listing import Listing

    columns = Table("Check", "Result", "Found", "What to do", show_edge=False)
    table = Listing(columns, _WIDE, leading=2)
    for outcome in outcomes:
        table.add_row(
            Text(outcome.name),
            Text(outcome.status, style=_COLOURS[outcome.status]),
            Text(printable(outcome.what)),
            Text(printable(outcome.action)),
        )
    Console().print(table)

"""``praxi rights``: what each command writes, and the S3 policy that lets it write that and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import click

from praxi_tasks.cli.options import feeds_option, store_option
from praxi_tasks.errors import UsageError
from praxi_tasks.store import keys


@dataclass(frozen=True)
class Rights:
    """Which keys a command writes and deletes: patterns below the store, where ``*`` stands for anything."""

    writes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()


def _audit(step: str, *documents: str) -> tuple[str, ...]:
    """Return the patterns of what a step of an audit keeps in the run's folder, its duration included."""
    return (*(keys.run("*", document) for document in documents), keys.run("*", f"durations/{step}/*"))


def _training(*documents: str) -> tuple[str, ...]:
    return tuple(keys.training_run("*", document) for document in documents)


_FEEDS: Final = "feeds/*"
_REGISTRY: Final = f"{keys.REGISTRY}/*"
_DOCTOR: Final = keys.probe("*")
_EVENTS: Final = f"{keys.event_days()}/*"
_SERVING: Final = "serving/*"

RIGHTS: Final[Mapping[str, Rights]] = {
    "doctor": Rights((_DOCTOR, keys.run("*", "doctor.json")), deletes=(_DOCTOR,)),
    "plan": Rights((*_audit("plan", "plan.json", "batches.json"), "images/*", keys.probe("write-once"))),
    "fingerprint": Rights((*_audit("fingerprint", "batches/*"), "layers/*")),
    "predict": Rights(
        (
            *_audit("predict", "model.json", "predictions.json", "new-packages.json"),
            "predictions/*",
            keys.last_champion(),
        )
    ),
    "report": Rights(
        (
            *_audit(
                "report", "report.*", "summary.json", "overview.json", "findings.*", "sboms/*", "tables/*"
            ),
            "history/*",
            "feeds-index/*",
        )
    ),
    "metrics": Rights(),
    "notify": Rights(),
    "feeds": Rights((_FEEDS, keys.run("*", "feeds.json"))),
    "learn releases": Rights(
        (
            *_training("plan.json", "batches.json"),
            "releases/*",
            "release-contents/*",
            "training/carried/*",
            f"{keys.all_training_studies()}/*",
            keys.last_champion(),
        )
    ),
    "learn fingerprint": Rights((*_training("batches/*"), "releases/*", "release-contents/*")),
    "learn route": Rights((*_training("trials/routing/*"), "releases/*", "release-contents/*")),
    "learn tune": Rights((*_training("trials/tuning/*"), "releases/*", "release-contents/*")),
    "learn train": Rights(
        (
            *_training("trained.json"),
            "releases/*",
            "release-contents/*",
            f"{keys.models()}/*",
            f"{keys.parts()}/*",
            _REGISTRY,
        )
    ),
    "learn evaluate": Rights(
        (*_training("evaluation.json"), "training/calibration/*", keys.first_champion()),
    ),
    "learn gate": Rights(_training("gate.json")),
    "learn promote": Rights((*_training("promotion.json"), _REGISTRY)),
    "learn report": Rights(
        (
            *_training("summary.json", "report.html"),
            "training/requests/*",
            "training/served/*",
            "training/refusals/*",
            _REGISTRY,
        ),
        deletes=(f"{keys.models()}/*",),
    ),
    "learn select": Rights(_training("pack-plan.json", "batches.json")),
    "learn collect": Rights((*_training("packages/*"), "releases/*", "release-contents/*")),
    "learn pack": Rights(
        (
            *_training("pack.json"),
            keys.pack("*"),
            f"{keys.models()}/*",
            f"{keys.parts()}/*",
            _REGISTRY,
            keys.last_champion(),
        )
    ),
    "store prune": Rights(
        (keys.run("*", "pruned.json"), _REGISTRY),
        deletes=(
            *("audits/*", "layers/*", "predictions/*", "images/*", "history/*"),
            *("training/runs/*", "training/requests/*", "training/served/*"),
            *(f"{keys.all_training_studies()}/*", f"{keys.models()}/*"),
            *(f"{keys.parts()}/*", "feeds-index/*", "pages/*", _DOCTOR),
            *(_SERVING, _EVENTS),
        ),
    ),
}
"""The commands that Airflow starts and that reach the store; all of them read the whole of it."""

AIRFLOW: Final[Mapping[str, Rights]] = {
    "airflow": Rights(
        (
            *(keys.run("*", document) for document in ("scope.json", "images.json", "memory/*")),
            *_training("builds/*", "memory/*"),
            "training/requests/*",
            _EVENTS,
        ),
        deletes=(_EVENTS,),
    ),
    "pages": Rights((f"{keys.RISKS}/*", "pages/*", _REGISTRY)),
}
"""What Airflow writes itself: its workers and triggerers by ``praxi_store``, its API server for the pages."""

_STEPS: Final = ("plan", "fingerprint", "predict", "report")
SERVICE: Final[Mapping[str, Rights]] = {
    "serve": Rights(
        (
            *(pattern for step in _STEPS for pattern in RIGHTS[step].writes),
            *(
                keys.run("*", name)
                for name in ("scope.json", "images.json", "request.json", "cancelled.json")
            ),
            _SERVING,
            _EVENTS,
        ),
        deletes=(_SERVING, _EVENTS),
    ),
}
"""What the service writes: all of its audits, whose steps it does itself, and what its replicas agree on."""


@click.command()
@click.argument("command", nargs=-1, required=True)
@store_option()
@feeds_option
@click.option("--read", "readable", multiple=True, metavar="URI", help="What else it reads.")
def rights(
    command: tuple[str, ...], store_uri: str, feeds_uri: str | None, readable: tuple[str, ...]
) -> None:
    """Print the S3 policy that lets COMMAND (`learn train`) do its work and write nothing else.

    `airflow` stands for what Airflow's own workers write, `pages` for what its API server does, and
    `serve` for the service.
    """
    click.echo(json.dumps(s3_policy(" ".join(command), store_uri, feeds_uri, readable), indent=2))


def s3_policy(
    command: str, store_uri: str, feeds_uri: str | None = None, readable: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the policy of one command, as AWS defines it.

    Parameters
    ----------
    command
        The command and its subcommand.
    store_uri
        ``s3://bucket/prefix``.
    feeds_uri
        Where the feeds are, if not in the store.
    readable
        URIs of what else it reads.

    Raises
    ------
    UsageError
        If there is no such command, or the store is not in S3.
    """
    known = {**RIGHTS, **AIRFLOW, **SERVICE}
    if command not in known:
        raise UsageError(
            "no command that writes to the store", where=command, action=f"name one of: {', '.join(known)}"
        )
    given = known[command]
    read = [store_uri, *readable, *([feeds_uri] if feeds_uri else [])]
    statements = [
        _allow(["s3:GetObject"], [f"{_resource(uri)}/*" for uri in read]),
        _allow(["s3:ListBucket"], [_resource(uri, whole=True) for uri in read]),
    ]
    for patterns, actions in (
        (given.writes, ["s3:PutObject", "s3:AbortMultipartUpload"]),
        (given.deletes, ["s3:DeleteObject"]),
    ):
        if patterns:
            statements.append(_allow(actions, [_place(each, store_uri, feeds_uri) for each in patterns]))
    return {"Version": "2012-10-17", "Statement": statements}


def _place(pattern: str, store_uri: str, feeds_uri: str | None) -> str:
    """Return the resource of a pattern; that of the feeds may lie elsewhere than the store."""
    if pattern == _FEEDS and feeds_uri:
        return f"{_resource(feeds_uri)}/*"
    return f"{_resource(store_uri)}/{pattern}"


def _allow(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": list(dict.fromkeys(resources))}


def _resource(uri: str, *, whole: bool = False) -> str:
    """Return the ARN of a folder, or of its ``whole`` bucket."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise UsageError("not in S3", where=uri, action="give s3://bucket/prefix")
    folder = "" if whole else parts.path.rstrip("/")
    return f"arn:aws:s3:::{parts.netloc}{folder}"

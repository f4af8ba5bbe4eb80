"""Reaching MLflow: which one, by what client, and its errors as typed ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from praxi_tasks.environment import read_text, set_defaults
from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.learning.model_registry.advice import advice
from praxi_tasks.learning.model_registry.embedded_database import database_file, database_uri
from praxi_tasks.tracing import Kind, Span, is_on, span, trace_headers
from praxi_tasks.trust import certificate_problem, library_variables

if TYPE_CHECKING:
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

_LIBRARY_SETTINGS: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


def tracking_uri(store_uri: str) -> str:
    """Return where MLflow keeps its records: ``PRAXI_MLFLOW_URI``, or a file in a local store.

    Empty where neither is the case: such a store keeps the registry in documents of its own.
    """
    file = database_path(store_uri)
    return read_text("PRAXI_MLFLOW_URI") or (database_uri(file) if file else "")


def database_path(store_uri: str) -> Path | None:
    """Return the file of MLflow's database in a local store; None for any other store."""
    parts = urlsplit(store_uri)
    local = parts.scheme in {"", "file"}
    return Path(unquote(parts.path)) / "mlflow" / "mlflow.db" if local else None


def is_empty(uri: str) -> bool:
    """Return whether no version was ever registered: the registry is a file, which does not exist."""
    file = database_file(uri)
    return file is not None and not file.exists()


def connect(uri: str) -> MlflowClient:
    """Return a client of the MLflow at ``uri`` with short timeouts and few retries."""
    set_defaults(_LIBRARY_SETTINGS | library_variables())
    from mlflow.tracking import MlflowClient

    if is_on():
        _name_the_trace()

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@contextmanager
def typed_errors(uri: str) -> Iterator[None]:
    """Turn errors of MLflow and its database into typed ones.

    Raises
    ------
    ModelError
        If MLflow refuses the request for good.
    RegistryDownError
        If it does not answer, or may answer later.
    """
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    where = urlsplit(uri)._replace(netloc=urlsplit(uri).netloc.rpartition("@")[2]).geturl()
    try:
        with _request(uri):
            yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        if problem := certificate_problem(error, "model registry"):
            raise ModelError(problem.what, where=where, action=problem.action) from error
        message = str(error).splitlines()[0][:300]
        if isinstance(error, MlflowException) and _is_final(error):
            raise ModelError(
                f"the model registry refuses: {message}",
                where=where,
                action=advice(_status(error), message),
            ) from error
        raise RegistryDownError(
            f"the model registry does not answer: {message}",
            where=where,
            action="try again when it is back; the champion is unchanged",
        ) from error


def _request(uri: str) -> AbstractContextManager[Span]:
    """Return a span of what MLflow is asked, by a request or in its database's file."""
    host = urlsplit(uri).hostname or ""
    kind = Kind.CLIENT if host else Kind.INTERNAL
    return span("MLflow", kind, {"peer.service": "mlflow", "server.address": host} if host else {})


@cache
def _name_the_trace() -> None:
    """Let MLflow's client name the open span in each request, by its plugin for headers."""
    from mlflow.tracking.request_header.abstract_request_header_provider import RequestHeaderProvider
    from mlflow.tracking.request_header.registry import _request_header_provider_registry

    class TraceHeaders(RequestHeaderProvider):
        def in_context(self) -> bool:
            return is_on()

        def request_headers(self) -> dict[str, str]:
            return trace_headers()

    _request_header_provider_registry.register(TraceHeaders)  # type: ignore[no-untyped-call]


def _is_final(error: MlflowException) -> bool:
    """Return whether a retry can't help: the request or its credentials are wrong."""
    return 400 <= _status(error) < 500 and _status(error) not in {408, 429}


def _status(error: MlflowException) -> int:
    return int(error.get_http_status_code())  # type: ignore[no-untyped-call]

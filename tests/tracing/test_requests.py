"""Requests to the store and to MLflow as spans, which both are told of."""

from __future__ import annotations

from http.server import HTTPServer

import pytest

from praxi_tasks.errors import ModelError, PraxiError, StoreError
from praxi_tasks.learning.model_registry.connection import connect, typed_errors
from praxi_tasks.store import open_store
from tests.http.test_traced_pools import address, server
from tests.support.otlp import Receiver
from tests.tracing.conftest import TRACE, Recording

__all__ = ["server"]


def told(server: HTTPServer) -> set[str]:
    """Return what requests said of the trace."""
    return {headers["traceparent"] for headers in server.told}  # type: ignore[attr-defined]


def test_requests_to_s3_are_spans_and_name_the_command(
    server: HTTPServer, receiver: Receiver, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"ENDPOINT_URL": address(server, ""), "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s"}
    for name, value in access.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with recording():
        store = open_store("s3://bucket/praxi")
        with pytest.raises(StoreError):
            store.get("absent")
    (asked,), (command,) = receiver.named("S3/GetObject"), receiver.named("praxi test")
    assert (asked.kind, asked.parent, asked.error) == ("CLIENT", command.id, "")
    assert asked.attributes == {
        "aws.s3.bucket": "bucket",
        "aws.s3.found": False,
        "aws.s3.key": "praxi/absent",
        "peer.service": "s3",
        "rpc.method": "GetObject",
        "rpc.service": "S3",
        "rpc.system": "aws-api",
    }
    assert told(server) == {f"00-{TRACE}-{command.id}-01"}


def test_requests_to_mlflow_are_spans_and_name_them(
    server: HTTPServer, receiver: Receiver, recording: Recording
) -> None:
    uri = address(server, "absent")
    with recording(), pytest.raises(PraxiError) as caught, typed_errors(uri):
        connect(uri).get_registered_model("praxi")
    assert isinstance(caught.value, ModelError)
    (asked,) = receiver.named("MLflow")
    assert (asked.kind, asked.attributes["peer.service"]) == ("CLIENT", "mlflow")
    assert told(server) == {f"00-{TRACE}-{asked.id}-01"}

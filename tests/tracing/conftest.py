"""A receiver, and the recording of a block as a command would record it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from praxi_tasks.tracing import ENDPOINT, traced_command
from praxi_tasks.tracing.spans import install
from tests.support.otlp import Receiver, otlp_receiver

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
Recording = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with otlp_receiver() as running:
        yield running


@pytest.fixture
def recording(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    """Return a context that records a block as ``praxi test`` and has sent it at its end."""

    @contextmanager
    def record(**variables: str) -> Iterator[None]:
        given = {ENDPOINT: receiver.url, "TRACEPARENT": f"00-{TRACE}-{SPAN}-01", **variables}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        with traced_command("test"):
            yield

    yield record
    install(None)

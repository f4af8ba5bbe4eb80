"""A pod's log is relayed line by line, each once, whatever happens to the stream."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from praxi_airflow.runners import pod_log
from praxi_airflow.runners.pod_log import PodLog

BEGIN = datetime(2026, 3, 1, 10, tzinfo=UTC)
MARGIN = 60


def stamp(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{BEGIN + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


class Node:
    """A node whose containers' logs can be read as the API serves them, and whose streams break.

    ``cuts`` says for each reading after how many bytes it ends, and by which error, if by any; those that
    follow read to the end. ``late`` is how often the container still runs after its log has ended.
    """

    def __init__(
        self, lines: list[tuple[int, str]], cuts: list[tuple[int, Exception | None]], late: int = 0
    ) -> None:
        self.lines = lines
        self.cuts = cuts
        self.late = late
        self.asked: list[int | None] = []

    def read(self, follow: bool, seconds: int | None) -> Any:
        self.asked.append(seconds)
        assert seconds is None or seconds >= MARGIN
        oldest = -1 if seconds is None else max(when for when, _ in self.lines) - seconds * 10**9
        data = "".join(f"{stamp(when)} {text}\n" for when, text in self.lines if when > oldest).encode()
        cut, error = self.cuts.pop(0) if self.cuts else (len(data), None)
        return Response(data[:cut], error if cut < len(data) else None)

    def is_running(self) -> bool:
        self.late -= 1
        return bool(self.cuts) or self.late >= 0


class Response:
    def __init__(self, data: bytes, error: Exception | None) -> None:
        self.data = data
        self.error = error
        self.closed = False

    def stream(self, amount: int) -> Iterator[bytes]:
        for start in range(0, len(self.data), 7):
            yield self.data[start : start + 7]
        if self.error:
            raise self.error

    def close(self) -> None:
        self.closed = True


def followed(node: Node) -> list[str]:
    with pytest.MonkeyPatch.context() as patch, capture_logs() as told:
        patch.setattr(pod_log, "PAUSE", 0)
        PodLog().follow(node.read, node.is_running)
    return [record["event"] for record in told]


def numbered(count: int) -> list[tuple[int, str]]:
    return [(n * 1000, f"line {n}") for n in range(count)]


@pytest.mark.parametrize("late", [0, 1, 5])
def test_an_end_that_the_node_tells_late_costs_nothing(late: int) -> None:
    node = Node(numbered(3), [], late=late)
    assert followed(node) == ["line 0", "line 1", "line 2"]


@pytest.mark.parametrize("error", [ProtocolError("gone"), ReadTimeoutError(None, "", "quiet"), None])  # type: ignore[arg-type]
def test_a_broken_stream_is_read_on_behind_the_last_line(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert followed(Node(numbered(9), [(100, error), (130, error)])) == [f"line {n}" for n in range(9)]
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


def test_a_stream_that_breaks_as_the_container_ends_is_read_again() -> None:
    node = Node(numbered(3), [(50, ProtocolError("gone"))])
    node.is_running = lambda: False  # type: ignore[method-assign]
    assert followed(node) == ["line 0", "line 1", "line 2"]


times = st.integers(0, 20).map(lambda n: n * 10**8)
texts = st.sampled_from(["same", "other", "x y", "2026-03-01T10:00:00Z"])
errors = st.sampled_from([ProtocolError("gone"), None])


@given(
    st.lists(st.tuples(times, texts), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 500), errors), max_size=4),
)
def test_lines_with_one_stamp_or_out_of_order_are_relayed_once(
    lines: list[tuple[int, str]], cuts: list[tuple[int, Exception | None]]
) -> None:
    assert followed(Node(lines, cuts)) == [text for _, text in lines]


def test_only_so_many_lines_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_log, "_REMEMBERED", 5)
    lines = numbered(200)
    assert followed(Node(lines, [(4000, None), (6000, None)], late=3)) == [text for _, text in lines]


def test_only_what_may_be_new_is_asked_for() -> None:
    node = Node(numbered(3), [(100, None)])
    followed(node)
    assert node.asked[0] is None
    assert all(seconds is not None and seconds <= math.ceil(MARGIN) + 30 for seconds in node.asked[1:])


def test_what_is_no_line_of_a_log_is_told_and_a_long_line_is_cut() -> None:
    node = Node([], [])
    long = b"2026-03-01T10:00:00Z " + b"x" * (1 << 20) + b"\n2026-03-01T10:00:01.5+01:00 last"
    node.read = lambda *_: Response(b"unable to retrieve container logs\n" + long, None)  # type: ignore[method-assign]
    told = followed(node)
    assert told[0] == "unable to retrieve container logs"
    assert set(told[1]) == {"x"}
    assert len(told[1]) <= 1 << 16
    assert told[2] == "last"

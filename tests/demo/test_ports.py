"""A port that was chosen for a server is still free when the server starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import ports


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_given", set())


def limit(folder: Path, patch: pytest.MonkeyPatch, lowest: int, ephemeral: int) -> None:
    (folder / "range").write_text(f"{ephemeral}\t60999\n")
    patch.setattr(ports, "_EPHEMERAL", folder / "range")
    patch.setattr(ports, "_LOWEST", lowest)


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody listens, and that has neighbours below."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", ports.free_port()))
        server.listen()
        yield int(server.getsockname()[1])


def test_the_system_gives_it_to_nobody_else() -> None:
    first = int(ports._EPHEMERAL.read_text().split()[0])
    assert all(port < first for port in (ports.free_port() for _ in range(20)))


def test_no_port_is_given_twice_and_none_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    limit(tmp_path, monkeypatch, taken - 5, taken + 1)
    given = [ports.free_port() for _ in range(8)]  # three more than there are
    assert len(set(given)) == 8
    assert taken not in given


def test_a_system_that_keeps_all_ports_for_itself_is_asked_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(tmp_path, monkeypatch, 15_000, 1024)
    assert ports.free_port() >= 1024

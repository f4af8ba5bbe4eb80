"""A port that was chosen for a server is still free when the server starts."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import ports
from tests.support.airflow_home import ROOT


def limit(folder: Path, patch: pytest.MonkeyPatch, lowest: int, ephemeral: int) -> None:
    (folder / "range").write_text(f"{ephemeral}\t60999\n")
    patch.setattr(ports, "_EPHEMERAL", folder / "range")
    patch.setattr(ports, "_LOWEST", lowest)


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody listens who asked nobody."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])


def test_the_system_gives_it_to_nobody_else() -> None:
    first = int(ports._EPHEMERAL.read_text().split()[0])
    assert all(port < first for port in (ports.free_port() for _ in range(20)))


def test_no_port_is_given_twice_and_none_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    limit(tmp_path, monkeypatch, taken - 2, taken + 3)
    given = [ports.free_port() for _ in range(6)]  # more than there are: the others come from elsewhere
    near = [port for port in given if taken - 2 <= port < taken + 3]
    assert len(set(near)) == len(near) < 5
    assert taken not in given


def test_two_programs_get_different_ones() -> None:
    mine = ports.free_port()
    other = f"from demo import ports; print(ports._is_free({mine}), ports._claim({mine}))"
    told = subprocess.run([sys.executable, "-c", other], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "True False\n"


def test_a_system_that_keeps_all_ports_for_itself_is_asked_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(tmp_path, monkeypatch, 15_000, 1024)
    assert ports.free_port() >= 1024

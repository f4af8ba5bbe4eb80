"""Logs as a kubelet streams them, from the file that a container runtime writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.cluster.logs import lines


def entry(text: str, *, age: float = 0, tag: str = "F", stream: str = "stderr") -> str:
    when = datetime.now(UTC) - timedelta(seconds=age)
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}789+00:00 {stream} {tag} {text}\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "ctr.log"
    file.write_text(entry("old", age=60) + entry("in ", tag="P") + entry("two pieces") + entry("last"))
    return file


async def collect(log: Path, **options: object) -> list[str]:
    settings = {"timestamps": False, "since": None, "running": lambda: False} | options
    return [line.decode() async for line in lines(log, **settings)]  # type: ignore[arg-type]


def test_pieces_of_a_line_are_one_line(log: Path) -> None:
    assert asyncio.run(collect(log)) == ["old\n", "in two pieces\n", "last\n"]


def test_old_lines_are_left_out_where_the_reader_knows_them(log: Path) -> None:
    assert asyncio.run(collect(log, since=timedelta(seconds=30))) == ["in two pieces\n", "last\n"]


def test_a_stamp_stands_before_each_line_if_asked_for(log: Path) -> None:
    stamps = [line.split(" ", 1)[0] for line in asyncio.run(collect(log, timestamps=True))]
    assert all(stamp.startswith("20") and stamp.endswith("789+00:00") for stamp in stamps)


def test_a_running_containers_log_is_followed_to_its_end(log: Path) -> None:
    async def follow() -> list[str]:
        running = True

        async def write_more() -> None:
            nonlocal running
            with log.open("a") as file:
                file.write(entry("more")[:-3])  # a line may be met half-written
                file.flush()
                await asyncio.sleep(0.3)
                file.write("re\n")
            running = False

        writing = asyncio.create_task(write_more())
        found = await collect(log, running=lambda: running)
        await writing
        return found

    assert asyncio.run(follow())[-1] == "more\n"

"""An index gets few requests at a time, and is left alone while it is busy."""

from __future__ import annotations

import threading

import pytest

from praxi_tasks.errors import HttpStatusError, UsageError
from praxi_tasks.learning.sources.pacing import Pace, paced


class Clock:
    """A time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def now(self) -> float:
        return self.time


def busy(*answers: HttpStatusError) -> tuple[list[int], object]:
    asked: list[int] = []
    left = list(answers)

    def request() -> str:
        asked.append(1)
        if left:
            raise left.pop(0)
        return "done"

    return asked, request


def test_a_busy_index_is_left_alone_for_as_long_as_it_says() -> None:
    clock = Clock()
    asked, request = busy(HttpStatusError(429, wait=30.0), HttpStatusError(503))
    assert Pace(1, clock.sleep, clock.now).ask(request) == "done"  # type: ignore[arg-type]
    assert len(asked) == 3
    assert 30 <= clock.slept[0] <= 36
    assert 2 <= clock.slept[1] <= 2.4


def test_no_index_makes_anybody_wait_for_hours() -> None:
    clock = Clock()
    asked, request = busy(*(HttpStatusError(429, wait=86_400.0) for _ in range(9)))
    with pytest.raises(HttpStatusError):
        Pace(1, clock.sleep, clock.now).ask(request)  # type: ignore[arg-type]
    assert len(asked) == 6
    assert max(clock.slept) <= 144


@pytest.mark.parametrize("status", [404, 403, 500])
def test_other_answers_are_given_at_once(status: int) -> None:
    asked, request = busy(HttpStatusError(status, wait=5.0))
    with pytest.raises(HttpStatusError):
        Pace(1).ask(request)  # type: ignore[arg-type]
    assert len(asked) == 1


def test_all_wait_while_one_was_told_to() -> None:
    clock = Clock()
    pace = Pace(2, clock.sleep, clock.now)
    _, request = busy(HttpStatusError(429, wait=10.0))
    pace.ask(request)  # type: ignore[arg-type]
    clock.time -= 5
    pace.ask(lambda: "another")
    assert len(clock.slept) == 2


def test_who_waits_goes_on_waiting_where_another_is_told_to_wait_longer() -> None:
    clock = Clock()
    pace = Pace(2, clock.sleep, clock.now)
    pace._leave_alone(5.0)
    asleep = clock.sleep

    def sleep(seconds: float) -> None:
        asleep(seconds)
        if len(clock.slept) == 1:
            pace._leave_alone(30.0)

    pace._sleep = sleep
    assert pace.ask(lambda: clock.time) >= 35.0
    assert len(clock.slept) == 2


def test_no_more_requests_than_allowed_go_on_at_once() -> None:
    pace, going, most = Pace(3), [0], [0]
    lock, all_in = threading.Lock(), threading.Barrier(3, timeout=30)

    def request() -> None:
        with lock:
            going[0] += 1
            most[0] = max(most[0], going[0])
        all_in.wait()
        with lock:
            going[0] -= 1

    threads = [threading.Thread(target=pace.ask, args=(request,)) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [3]


def test_a_wrong_number_of_requests_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_LEARN_REQUESTS", "none")
    with pytest.raises(UsageError, match="PRAXI_LEARN_REQUESTS"):
        paced("https://index.example/simple", lambda: "")

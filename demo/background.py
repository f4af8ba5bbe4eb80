"""Runs a step in a daemon thread: it ends with the program, whatever it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_background(work: Callable[[], T]) -> Future[T]:
    """Run ``work`` in a daemon thread, so that an interrupted program does not wait for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)  # raised again in the thread that asks for the result

    threading.Thread(target=run, daemon=True).start()
    return future

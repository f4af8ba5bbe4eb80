"""Real processes that die in the middle of their work."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_HEAD = """
import os, signal, sys, tempfile, threading
from concurrent.futures import ThreadPoolExecutor
from praxi_tasks.errors import PraxiError
from praxi_tasks.isolation import IsolationSettings, supervise, unit, workers

def tell(line):
    os.write(1, f"{line}\\n".encode())

def attempt(name, work):
    try:
        with unit(name):
            work()
            tell(f"{name} done")
    except PraxiError as error:
        tell(f"{name} {error.code}")

def die(sign):
    signal.pthread_kill(threading.get_ident(), sign)  # a fault is its own thread's

"""


def run(body: str, **variables: str) -> tuple[int, list[str], str]:
    """Run a program that supervises itself; return its code, its lines and what it logged."""
    done = subprocess.run(
        [sys.executable, "-c", _HEAD + textwrap.dedent(body)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("sign", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_unit_that_ends_the_interpreter_is_told_and_the_others_are_done(sign: str) -> None:
    code, lines, log = run(f"""
        supervise()
        for name in ("first", "bad", "last"):
            attempt(name, (lambda: die(signal.{sign})) if name == "bad" else int)
        """)
    assert code == 0
    assert lines[-3:] == ["first done", "bad lost", "last done"]
    assert f"bad: the process that was at it died by {sign}" in log


def test_which_of_several_threads_died_is_found_out(tmp_path: Path) -> None:
    code, lines, log = run(f"""
        supervise()
        is_first = not os.path.exists({str(tmp_path / "again")!r})
        together = threading.Barrier(4)
        def work(name):
            if is_first:
                together.wait()
                open({str(tmp_path / "again")!r}, "w").close()
            if name == "bad":
                die(signal.SIGSEGV)
            elif is_first:
                threading.Event().wait()
        with ThreadPoolExecutor(workers(4)) as pool:
            list(pool.map(lambda name: attempt(name, lambda: work(name)), ["a", "b", "bad", "d"]))
        """)
    assert code == 0, log
    assert sorted(lines[-4:]) == ["a done", "b done", "bad lost", "d done"]
    assert "one of 4, which are tried one by one" in log


def test_several_bad_units_each_cost_themselves() -> None:
    code, lines, _ = run("""
        supervise()
        for number in range(6):
            attempt(f"unit {number}", (lambda: die(signal.SIGSEGV)) if number % 2 else int)
        """)
    assert code == 0
    assert lines[-6:] == [f"unit {number} {'lost' if number % 2 else 'done'}" for number in range(6)]


def test_of_a_unit_within_another_the_inner_one_is_lost() -> None:
    code, lines, _ = run("""
        supervise()
        attempt("outer", lambda: (attempt("inner", lambda: die(signal.SIGSEGV)), attempt("next", int)))
        """)
    assert code == 0
    assert lines[-3:] == ["inner lost", "next done", "outer done"]


def test_a_unit_that_never_ends_is_ended() -> None:
    code, lines, log = run(
        """
        supervise()
        attempt("endless", threading.Event().wait)
        attempt("last", int)
        """,
        PRAXI_UNIT_MAX_SECONDS="0.5",
    )
    assert (code, lines) == (0, ["endless lost", "last done"])
    assert "PRAXI_UNIT_MAX_SECONDS" in log


def test_a_unit_that_takes_too_much_memory_is_ended() -> None:
    code, lines, log = run(
        """
        supervise()
        def take():
            held = []
            while True:
                held.append(bytearray(os.urandom(1 << 12)) * 256)
        attempt("hungry", take)
        attempt("last", int)
        """,
        PRAXI_UNIT_MAX_BYTES=str(256 << 20),
    )
    assert (code, lines) == (0, ["hungry lost", "last done"])
    assert "PRAXI_UNIT_MAX_BYTES" in log


def test_long_labels_that_begin_alike_are_told_apart() -> None:
    code, lines, _ = run("""
        def attempt(name, work):
            try:
                with unit(name):
                    work()
                    tell(f"{name[-1]} done")
            except PraxiError as error:
                tell(f"{name[-1]} {error.code}")
        supervise()
        for end in ("x", "y"):
            attempt("\\udcff" + "n" * 5000 + end, (lambda: die(signal.SIGSEGV)) if end == "x" else int)
        """)
    assert (code, lines) == (0, ["x lost", "y done"])


def test_an_exit_code_is_the_childs() -> None:
    assert run("supervise(); sys.exit(75)")[0] == 75


def test_a_death_outside_of_any_unit_is_a_typed_error() -> None:
    code, _, log = run("""
        try:
            supervise()
        except PraxiError as error:
            tell(error.code)
            sys.exit(error.exit_code)
        die(signal.SIGSEGV)
        """)
    assert code == 75
    assert "Fatal Python error: Segmentation fault" in log  # and where it was


def test_who_is_asked_to_end_is_not_started_again() -> None:
    code, lines, _ = run("""
        supervise()
        attempt("asked", lambda: die(signal.SIGTERM))
        """)
    assert (code, lines) == (128 + 15, [])


def test_what_a_dead_child_left_is_removed(tmp_path: Path) -> None:
    code, lines, _ = run(
        """
        supervise()
        attempt("bad", lambda: (tempfile.mkdtemp(), die(signal.SIGSEGV)))
        """,
        TMPDIR=str(tmp_path),
    )
    assert (code, lines) == (0, ["bad lost"])
    assert not [*tmp_path.iterdir()]


def test_a_child_ends_with_its_parent() -> None:
    code, lines, _ = run("""
        import time
        parent = os.getpid()
        supervise()
        os.kill(parent, signal.SIGKILL)
        time.sleep(5)
        tell("alive")
        """)
    assert (code, lines) == (-9, [])

"""Runs commands of ``praxi`` that die at moments which are counted, not timed, until each has had its way.

A moment is one at which something begins to be written: an object of the store gets its name or goes, a
statement is sent to the registry, an artifact is copied. A command is killed at the first one; the next try,
which finds what that left, at the third; then at the ninth, and so on, until one ends by itself. Each try is
a fork of one process that has imported everything, so that many of them take seconds.

    python -m tests.support.dying < commands.json            # lists of words; prints how often each died
    python -m tests.support.dying unhurt < commands.json     # lets them live
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

KILLED: Final = 9
_APART: Final = 3
_WRITING: Final = frozenset({"os.link", "os.rename", "os.remove", "shutil.copyfile", "shutil.rmtree"})


def run(words: Sequence[str], moment: int = 0) -> int:
    """Run a command in a process of its own that dies at a moment, unless that is 0; return its exit code."""
    child = os.fork()
    if not child:
        _become(words, moment)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def deaths(words: Sequence[str]) -> int:
    """Run a command again and again, dying later each time; return how often it died.

    Raises
    ------
    RuntimeError
        If it ends with another error than death.
    """
    died = 0
    while (code := run(words, _APART**died)) == KILLED:
        died += 1
    if code:
        raise RuntimeError(f"{words} ended with {code} after {died} deaths")
    return died


def _become(words: Sequence[str], moment: int) -> NoReturn:
    from praxi_tasks.cli import main

    if moment:
        _die_at(moment)
    sys.argv = ["praxi", *words]
    code: Any = 1
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stderr.flush()
        os._exit(int(code))


def _die_at(moment: int) -> None:
    from sqlalchemy import Engine, event

    left = moment

    def pass_by(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)

    event.listen(Engine, "before_cursor_execute", pass_by)
    sys.addaudithook(_only(_WRITING, pass_by))


def _only(wanted: frozenset[str], then: Callable[[], None]) -> Callable[[str, tuple[Any, ...]], None]:
    return lambda name, _: then() if name in wanted else None


def _prepare() -> None:
    """Import whatever is slow to import, and starts no thread that a fork would lose."""
    import altair  # noqa: F401
    import optuna  # noqa: F401
    from mlflow.store.model_registry import sqlalchemy_store as registry  # noqa: F401
    from mlflow.store.tracking import sqlalchemy_store as tracking  # noqa: F401
    from sqlalchemy.orm import configure_mappers

    import praxi_tasks.cli.learn
    import praxi_tasks.cli.models
    import praxi_tasks.learning.run.finish  # noqa: F401

    configure_mappers()


def main() -> None:
    _prepare()
    go: Callable[[Sequence[str]], int] = run if sys.argv[-1] == "unhurt" else deaths
    print(json.dumps([go(words) for words in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()

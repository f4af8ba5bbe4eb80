"""Running other programs: as root where that is needed, their output shown only when they fail."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from demo.errors import CommandError

LAST_CHARACTERS: Final = 2_000


def run(
    command: Sequence[str | Path],
    *,
    root: bool = False,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command to its end and return what it wrote to standard output.

    Parameters
    ----------
    root
        The command needs root's rights: others run it through ``sudo``.
    env
        Added to this program's own environment.

    Raises
    ------
    CommandError
        If it ends with an error, or is not installed.
    """
    words = [*(("sudo",) if root and os.geteuid() else ()), *map(str, command)]
    try:
        result = subprocess.run(
            words,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
    except FileNotFoundError as error:
        raise CommandError(f"{words[0]} is not installed", action="run scripts/apt.sh demo") from error
    if result.returncode:
        said = (result.stderr or result.stdout).strip()[-LAST_CHARACTERS:]
        raise CommandError(f"exit code {result.returncode}: {said}", where=shlex.join(words)[:300])
    return result.stdout

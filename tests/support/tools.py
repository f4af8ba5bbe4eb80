"""Programs that tests need: without one a test is skipped, or fails where ``PRAXI_REQUIRE_TOOLS`` is set.

`make test` installs them all and sets it, so that nothing is skipped there in silence.
"""

from __future__ import annotations

import os
import shutil
from typing import Final, NoReturn

import pytest

REQUIRED: Final = "PRAXI_REQUIRE_TOOLS"


def need(*programs: str) -> None:
    """End the test unless all these programs are here.

    Parameters
    ----------
    programs
        Names to look up on ``PATH``, or absolute paths.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        _end(f"not installed: {', '.join(missing)}")


def find(*programs: str) -> str:
    """Return the path of the first of these programs that is here; end the test if none is."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        _end(f"not installed: {' or '.join(programs)}")
    return found


def _end(reason: str) -> NoReturn:
    reason += " (scripts/apt.sh test, or make setup)"
    if os.environ.get(REQUIRED):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)

"""Runs the download commands of package managers, with the index, proxy and CA they are configured for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from praxi_tasks.environment import inherited, read_text
from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.trust import library_variables

TIMEOUT: Final = 300.0
"""Seconds that one download may take."""

_NAME: Final = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._+~/-]*")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~^:!_-]*")
_PASSED: Final = re.compile(
    r"(PATH|LANG|LC_\w+|PIP_\w+|npm_config_\w+|NPM_CONFIG_\w+|APT_CONFIG|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|"
    r"NODE_EXTRA_CA_CERTS|\w+_proxy|\w+_PROXY)",
)
_SECRET: Final = re.compile(r"//[^/\s@]+@")


@contextmanager
def scratch() -> Iterator[Path]:
    """Return a temporary folder, which is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="praxi-release-") as folder:
        yield Path(folder)


def is_there(tool: str) -> bool:
    """Return whether a tool is on the search path."""
    return shutil.which(tool) is not None


def check_words(name: str, version: str) -> None:
    """Refuse a name or version that a tool could read as an option, a file or an address.

    Raises
    ------
    ReleaseRefusedError
        If name or version is not spelled as package managers allow.
    """
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version) or ".." in name:
        raise ReleaseRefusedError(
            "not a name and version that an index can have", where=f"{name!r} {version!r}"
        )


def download(command: Sequence[str], folder: Path) -> Path:
    """Run a command that puts one file into ``folder``, and return that file.

    Raises
    ------
    ReleaseNotFoundError
        If the command gives no file.
    ReleaseError
        If it takes too long or can't be started.
    """
    before = set(folder.iterdir())
    done = _run(command, folder)
    made = [path for path in set(folder.iterdir()) - before if path.is_file()]
    if done.returncode or len(made) != 1:
        raise ReleaseNotFoundError(f"{command[0]}: {_reason(done.stderr or done.stdout)}")
    return made[0]


def ask(command: Sequence[str]) -> str:
    """Run a query command and return its standard output.

    Raises
    ------
    ReleaseNotFoundError
        If it fails.
    ReleaseError
        If it takes too long or can't be started.
    """
    with scratch() as folder:
        done = _run(command, folder)
    if done.returncode:
        raise ReleaseNotFoundError(f"{command[0]}: {_reason(done.stderr or done.stdout)}")
    return done.stdout


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            list(command), cwd=folder, env=_environment(), timeout=TIMEOUT,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"{command[0]} took more than {TIMEOUT:.0f} s") from None
    except OSError as error:
        raise ReleaseError(f"{command[0]} can't be started: {error.strerror}") from error


def _environment() -> dict[str, str]:
    return {**inherited(_PASSED.fullmatch), **library_variables(), "HOME": read_text("HOME", "/")}


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    relevant = [line for line in lines if re.match(r"(error|E:|npm (error|ERR!))", line, re.IGNORECASE)]
    return _SECRET.sub("//", (relevant or lines or ["it gave no file"])[0])[:300]

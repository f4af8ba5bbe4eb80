"""Builds one release from its source distribution with pip, and lists the files of the wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from praxi_tasks.errors import BuildError, PraxiError
from praxi_tasks.learning.builds.build_result import BuildResult
from praxi_tasks.learning.builds.sandbox import Bounds, run_sandboxed
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import SdistSource, list_wheel, scratch

IDENTITIES: Final = Path("/var/run/secrets")
"""Where clusters and clouds mount the service account tokens of a pod."""

# No configuration file is read: build requirements and source come from the one index that is given.
_VARIABLES: Final = {"PIP_CONFIG_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
_OPTIONS: Final = ("--no-deps", "--no-input", "--no-cache-dir", "--disable-pip-version-check")


def build_release(wanted: NewPackage, index: str, bounds: Bounds | None = None) -> BuildResult:
    """Build a release and list the files that it installs; a failed build is a result with the reason.

    Parameters
    ----------
    index
        Address of the index, ``…/simple``, that source and build requirements come from; no other server
        is contacted.
    """
    try:
        refuse_tokens()
        with scratch() as folder:
            source = SdistSource(index).fetch(wanted, folder)
            wheel = _pip_wheel(source, folder, index, bounds or Bounds())
            return BuildResult.of_release(wheel.name, list_wheel(wheel, wanted).checked())
    except PraxiError as error:
        return BuildResult(reason=str(error))
    except (OSError, ValueError, EOFError) as error:
        return BuildResult(reason=f"{type(error).__name__}: {error}")


def refuse_tokens(folder: Path = IDENTITIES) -> None:
    """Refuse to run untrusted code where a service account token can be read.

    Raises
    ------
    BuildError
        If any file below ``folder`` is a token.
    """
    if any(path.name.endswith("token") for path in folder.rglob("*")):
        raise BuildError(
            "this pod holds a token", where=str(folder), action="give builds a service account without any"
        )


def _pip_wheel(source: Path, folder: Path, index: str, bounds: Bounds) -> Path:
    """Run ``pip wheel`` with a new home folder; return the one wheel that it made."""
    home, made = folder / "home", folder / "wheels"
    home.mkdir()
    made.mkdir()
    parts = urlsplit(index)
    trusted = ["--trusted-host", parts.netloc] if parts.scheme == "http" else []
    places = ["--index-url", index, *trusted, "--wheel-dir", str(made), str(source)]
    run_sandboxed([sys.executable, "-I", "-m", "pip", "wheel", *_OPTIONS, *places], home, bounds, _VARIABLES)
    wheels = list(made.glob("*.whl"))
    if len(wheels) != 1 or wheels[0].is_symlink() or not wheels[0].is_file():
        raise BuildError(f"it made {len(wheels)} wheels, of which one file is wanted")
    return wheels[0]

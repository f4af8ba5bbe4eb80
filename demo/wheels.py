"""Python releases for the images, fetched by pip with the machine's own configuration."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.commands import run
from demo.errors import DemoError


class Wheels:
    """A folder of wheels: what the images install, and other releases that a model should know too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fetch(self, requirements: Sequence[Path], *, python: str, options: Sequence[str] = ()) -> None:
        """Download the wheels that these files ask for, unless that was done before.

        Parameters
        ----------
        requirements
            Files that agree with each other: pip resolves them together.
        python
            The Python the wheels are for, as ``3.11``.
        """
        question = b"\0".join(file.read_bytes() for file in requirements) + repr((python, options)).encode()
        complete = self.folder / f".{hashlib.sha256(question).hexdigest()[:16]}"
        if complete.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        files = [word for file in requirements for word in ("-r", str(file))]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        target = ["--only-binary=:all:", "--no-deps", f"--python-version={python}", *options]
        run([*command, "--dest", self.folder, *target, *files])
        complete.touch()

    def files(self) -> list[Path]:
        """Return the wheels in order of their names.

        Raises
        ------
        DemoError
            If there are none.
        """
        wheels = sorted(self.folder.glob("*.whl"))
        if not wheels:
            raise DemoError("no wheel was downloaded", where=str(self.folder))
        return wheels

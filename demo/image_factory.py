"""Downloads what the demonstration's images are made of, builds them, and pushes them to a registry."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Final

from demo.builder import CONTAINERFILES, FOREIGN_WHEELS, Builder
from demo.errors import DemoError
from demo.images import PACKAGES, ImageSpec
from demo.mounts import unmount_below
from demo.packages import Packages
from demo.progress import ProgressCallback
from demo.publish import Publisher
from demo.timeline import Published
from demo.wheels import Wheels

REQUIREMENTS: Final = CONTAINERFILES / "requirements"
_PYTHON_PACKAGE: Final = re.compile(r"python3_(\d+\.\d+)\.")


class ImageFactory:
    """Downloads and builds below ``root``; two processes must not use the same one at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = root / "build"
        self.packages = Packages(self.workspace)
        self.wheels = Wheels(self.workspace / "wheels")

    def fetch(self, report: ProgressCallback) -> None:
        """Download everything that images are made of, unless it is there."""
        report("a minimal base system")
        self.packages.bootstrap()
        for name, packages in PACKAGES.items():
            report(f"packages: {', '.join(packages)}")
            self.packages.fetch(name, packages)
        python = self._python()
        for file in sorted(REQUIREMENTS.glob("*.txt")):
            report(f"wheels: {file.stem}")
            self.wheels.fetch([file], python=python)
        self._fetch_foreign(python)

    def publish(
        self, host: str, specs: tuple[ImageSpec, ...], report: ProgressCallback
    ) -> dict[str, Published]:
        """Bring images into a registry and return them by name."""
        builder = Builder(self.workspace, self.root / "containers")
        builder.prepare()
        try:
            return Publisher(builder, host, self.root / "images.json").publish(specs, report)
        finally:
            unmount_below(self.root)

    def _python(self) -> str:
        for deb in (self.workspace / "debs" / "python").glob("python3_*.deb"):
            if match := _PYTHON_PACKAGE.match(deb.name):
                return match.group(1)
        raise DemoError("no python3 package was downloaded", where=str(self.workspace))

    def _fetch_foreign(self, python: str) -> None:
        wheels = Wheels(self.workspace / "wheels-foreign")
        wheels.fetch(
            [REQUIREMENTS / "collector.txt"], python=python, options=[f"--platform={FOREIGN_WHEELS}"]
        )
        target = self.workspace / "collector-foreign"
        shutil.rmtree(target, ignore_errors=True)
        for wheel in wheels.files():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(target)

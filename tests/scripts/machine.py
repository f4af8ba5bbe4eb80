"""A machine of the test's own for `make setup`: pip's configuration, trusted certificates, locks."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.package_index import PackageIndex

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WHEEL: Final = "tiny_thing-1.0-py3-none-any.whl"

# In a mount namespace: this system trusts the test's certificates, and pip's machine-wide file is empty.
_INSIDE: Final = """
set -e
trusted=$1; shift
if [ -n "$trusted" ]; then . scripts/package_access.sh; mount --bind "$trusted" "$(system_certificates)"; fi
if [ -e /etc/pip.conf ]; then mount --bind /dev/null /etc/pip.conf; fi
exec "$@"
"""


def wheel() -> bytes:
    """Return the wheel of tiny-thing 1.0: one module."""
    info = "tiny_thing-1.0.dist-info"
    files = {
        "tiny_thing.py": "ANSWER = 42\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return data.getvalue()


@dataclass
class Machine:
    """A copy of the scripts with locks of one package, below ``root``."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    trusted: Path | None = None

    def __post_init__(self) -> None:
        (self.root / "scripts").mkdir(parents=True)
        for script in ("setup.sh", "package_access.sh"):
            shutil.copy(ROOT / "scripts" / script, self.root / "scripts" / script)
        lock = f"tiny-thing==1.0 --hash=sha256:{hashlib.sha256(wheel()).hexdigest()}\n"
        (self.root / "images" / "task").mkdir(parents=True)
        for name, text in (
            ("requirements.txt", lock),
            ("requirements-dev.txt", ""),
            ("images/task/requirements.txt", lock),
        ):
            (self.root / name).write_text(text)
        (self.root / "home").mkdir()
        self.add_to_path("uv", ROOT / ".venv" / "bin" / "uv")

    def add_to_path(self, name: str, program: Path) -> None:
        """Put a program on this machine's path."""
        folder = self.root / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).symlink_to(program)

    def configure_pip(self, text: str) -> None:
        """Write the user's pip.conf."""
        file = self.root / "home" / ".config" / "pip" / "pip.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def trust(self, certificate: Path) -> None:
        """Put a certificate into the system's store, beside nothing else."""
        self.trusted = certificate

    def setup(self) -> subprocess.CompletedProcess[str]:
        """Run ``scripts/setup.sh`` as on a machine where nothing but this is configured."""
        return self.run("scripts/setup.sh")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command here; standard error is part of the output."""
        unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        trusted = str(self.trusted or "")
        return subprocess.run(
            [*unshare, "bash", "-c", _INSIDE, "bash", trusted, *command],
            cwd=self.root,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )

    def has_package(self, environment: str = ".venv") -> bool:
        """Tell whether an environment that was built here has the package of the locks."""
        python = self.root / environment / "bin" / "python"
        done = subprocess.run([python, "-c", "import tiny_thing"], capture_output=True, check=False)
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        home = self.root / "home"
        return {
            "PATH": f"{self.root / 'bin'}:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_CONFIG_DIRS": str(home),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_HTTP_RETRIES": "0",
            "PIP_RETRIES": "0",
            **self.variables,
        }


def publish(index: PackageIndex) -> None:
    """Put the package of the locks on an index."""
    index.publish(WHEEL, wheel())

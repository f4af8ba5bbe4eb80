"""The task image, built for real on a base made from Debian's packages.

Public base images can't be pulled everywhere, so the base comes from mmdebstrap; it is made once and kept in
``$XDG_CACHE_HOME/praxi`` (or ``.praxi/cache``) and in podman's storage.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import ROOT
from tests.support.cluster import podman

BASE: Final = "localhost/praxi-test/base:bookworm-3"
BASE_PATH: Final = "ENV PATH=/usr/local/bin:/usr/bin:/bin"
REPOSITORY: Final = "localhost/praxi-test/tasks"
# Another checkout's tests on the same machine build another image.
NAME: Final = f"{REPOSITORY}:{hashlib.sha256(bytes(ROOT)).hexdigest()[:12]}"
# curl and wget are what health checks of the Compose file call in the images that stand on this base too.
_PACKAGES: Final = "ca-certificates,curl,python3-minimal,python3-venv,wget"
# usrmerge comes with all of Perl, which a slim image does not have, and its work is done.
_PERL: Final = (
    "usrmerge- perl- perl-modules-5.36- libperl5.36- libfile-find-rule-perl- libnumber-compare-perl- "
    "libtext-glob-perl-"
)
_SHRINK: Final = (
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    f'--customize-hook=chroot "$1" apt-get install --quiet=2 --yes --purge usr-is-merged {_PERL}',
    '--customize-hook=chroot "$1" apt-get clean',
    '--customize-hook=rm -rf "$1"/var/lib/apt/lists/*',
)


@dataclass(frozen=True)
class BuiltImage:
    """An image in podman's storage; ``environment`` is what podman must be called with."""

    name: str
    description: Mapping[str, Any]
    environment: Mapping[str, str]

    @property
    def by_digest(self) -> str:
        """The image's reference by digest."""
        return f"{self.name.rpartition(':')[0]}@{self.description['Digest']}"

    def run(self, *arguments: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a container to its end."""
        command = ["podman", "run", "--rm", "--network=none", *options, self.name, *arguments]
        return subprocess.run(
            command, env=dict(self.environment), capture_output=True, text=True, check=False, timeout=600
        )


def cache_folder() -> Path:
    """Return where what is expensive to make is kept between test runs."""
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path(cache) / "praxi" if cache else ROOT / ".praxi" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one test process at a time make what is shared."""
    with (cache_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_task_image(folder: Path) -> BuiltImage:
    """Build the task image of this working tree with ``scripts/images.sh``."""
    environment = podman.Podman(folder).environment
    with locked("task-image"):
        _make_base(environment)
        build = {**environment, "PRAXI_BUILDER": "podman", "TASK_BASE": BASE, "TASK_IMAGE": NAME}
        subprocess.run([str(ROOT / "scripts" / "images.sh"), "task"], env=build, check=True, timeout=600)
        described = json.loads(_podman(environment, "image", "inspect", NAME))[0]
        # A tag of its own keeps the image when the tree changes and other tests build it anew.
        name = f"{REPOSITORY}:{described['Id'][:12]}"
        _podman(environment, "tag", described["Id"], name)
    return BuiltImage(name, described, environment)


def _make_base(environment: Mapping[str, str]) -> None:
    found = subprocess.run(["podman", "image", "exists", BASE], env=dict(environment), check=False)
    if found.returncode == 0:
        return
    _podman(environment, "import", "--change", BASE_PATH, str(base_archive()), BASE)


def base_archive() -> Path:
    """Return the root filesystem that test images stand on; hold the lock ``task-image`` meanwhile."""
    archive = cache_folder() / "base-bookworm-3.tar"
    if not archive.exists():
        partial = archive.with_suffix(".partial.tar")
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--include={_PACKAGES}"]
        subprocess.run([*command, *_SHRINK, "bookworm", str(partial)], check=True, timeout=600)
        partial.rename(archive)
    return archive


def _podman(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["podman", *arguments], env=dict(environment), check=True, capture_output=True, text=True, timeout=300
    )
    return done.stdout


@pytest.fixture(scope="session")
def task_image(tmp_path_factory: pytest.TempPathFactory) -> BuiltImage:
    """Return the task image of this working tree, in podman's storage."""
    missing = [program for program in ("podman", "runc", "mmdebstrap") if not shutil.which(program)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and: {', '.join(missing) or 'nothing more'}")
    return build_task_image(tmp_path_factory.mktemp("podman"))

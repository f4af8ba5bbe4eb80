"""Building and pushing images with buildah, in a storage of its own, without a container runtime."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from demo.commands import run
from demo.images import ImageSpec

CONTAINERFILES: Final = Path(__file__).parent / "containerfiles"
PREFIX: Final = "localhost/praxi-demo"
ACCEPT_ANYTHING: Final = {"default": [{"type": "insecureAcceptAnything"}]}
# This CPU's name in image indexes, and another one with its name in wheels.
NATIVE: Final = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
FOREIGN, FOREIGN_WHEELS = (
    ("amd64", "manylinux2014_x86_64") if NATIVE == "arm64" else ("arm64", "manylinux2014_aarch64")
)


class Builder:
    """Builds images; ``workspace`` is what a build sees: as its context, and as ``/mnt`` while it runs.

    Builds run in a chroot, so they need no cgroups; nothing in them uses the network.
    """

    def __init__(self, workspace: Path, storage: Path) -> None:
        self.workspace = workspace
        self.storage = storage

    def prepare(self) -> None:
        """Lay out what the Containerfiles copy and install."""
        self.workspace.mkdir(parents=True, exist_ok=True)
        for source in CONTAINERFILES.glob("*.py"):
            shutil.copy(source, self.workspace)
        shutil.copytree(CONTAINERFILES / "requirements", self.workspace / "requirements", dirs_exist_ok=True)
        (self.workspace / "policy.json").write_text(json.dumps(ACCEPT_ANYTHING))

    def build(self, spec: ImageSpec) -> None:
        """Build an image, and the same one for another CPU where its specification asks for it."""
        self._build(spec.name, spec.file, ("--build-arg", f"REQUIREMENTS={spec.requirements}"))
        if spec.foreign:
            name = f"{spec.name}-foreign"
            self._build(name, f"{name}.Containerfile", ("--platform", f"linux/{FOREIGN}"))

    def _build(self, name: str, file: str, options: Sequence[str]) -> None:
        self._buildah(
            *("bud", "--quiet", "--layers", "--no-cache", "--pull-never", "--isolation", "chroot"),
            *("--network", "host", *options),
            *("--volume", f"{self.workspace}:/mnt:ro", "--file", CONTAINERFILES / file),
            *("--tag", f"{PREFIX}/{name}", self.workspace),
        )

    def push(self, spec: ImageSpec, host: str) -> None:
        """Push an image, or an index of two, to a registry that speaks plain HTTP."""
        target = f"docker://{host}/{spec.reference}"
        plain = ("--quiet", "--tls-verify=false")
        if spec.foreign:
            index = f"{PREFIX}/{spec.name}-index"
            self._forget_index(f"{spec.name}-index")
            self._buildah("manifest", "create", index)
            for name in (spec.name, f"{spec.name}-foreign"):
                self._buildah("manifest", "add", index, f"{PREFIX}/{name}")
            self._buildah("manifest", "push", *plain, "--all", index, target)
            return
        compression = ("--compression-format", "zstd") if spec.zstd else ()
        self._buildah("push", *plain, *compression, f"{PREFIX}/{spec.name}", target)

    def stored(self) -> set[str]:
        """Return the names of the images that are in the storage."""
        names = self._buildah("images", "--format", "{{.Name}}").splitlines()
        return {name.removeprefix(f"{PREFIX}/") for name in names if name.startswith(f"{PREFIX}/")}

    def _forget_index(self, name: str) -> None:
        if name in self.stored():
            self._buildah("manifest", "rm", f"{PREFIX}/{name}")

    def _buildah(self, *words: str | Path) -> str:
        command: Sequence[str | Path] = (
            *("buildah", "--root", self.storage / "root", "--runroot", self.storage / "run"),
            *("--registries-conf", "/dev/null", *words[:1]),
            *words[1:],
        )
        return run(command, root=True)

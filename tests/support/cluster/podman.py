"""podman as a container runtime, with the settings that work inside restricted virtual machines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

_SETTINGS: Final = """\
[containers]
default_ulimits=["nofile=20000:20000","nproc=30000:30000"]
log_driver="k8s-file"
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
"""
_GRACE: Final = 5  # seconds


class PodmanError(RuntimeError):
    """podman refused a command; holds what it wrote to standard error."""


def installed() -> bool:
    """Return whether pods can be run on this machine."""
    return shutil.which("podman") is not None and shutil.which("runc") is not None and os.geteuid() == 0


class Podman:
    """Runs podman's commands.

    Parameters
    ----------
    folder
        Where its settings file is written.
    """

    def __init__(self, folder: Path) -> None:
        settings = folder / "containers.conf"
        settings.write_text(_SETTINGS)
        self.environment = {**os.environ, "CONTAINERS_CONF": str(settings)}

    async def run(self, *arguments: str, stdin: str = "") -> str:
        """Return a command's standard output.

        Raises
        ------
        PodmanError
            If the command fails.
        """
        process = await asyncio.create_subprocess_exec(
            "podman",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
        )
        try:
            output, errors = await process.communicate(stdin.encode())
        except asyncio.CancelledError:
            await _kill(process)
            raise
        if process.returncode != 0:
            raise PodmanError(errors.decode(errors="replace").strip())
        return output.decode(errors="replace").strip()

    async def has_image(self, image: str) -> bool:
        """Return whether the image is on this machine."""
        try:
            await self.run("image", "exists", image)
        except PodmanError:
            return False
        return True

    async def inspect(self, container: str) -> dict[str, Any]:
        """Return what podman knows about a container."""
        found: list[dict[str, Any]] = json.loads(await self.run("container", "inspect", container))
        return found[0]

    async def remove_pod(self, name: str) -> None:
        """Kill and remove a pod's containers; nothing happens where there are none."""
        await self.run("pod", "rm", "--force", "--ignore", "--time", "0", name)


async def _kill(process: asyncio.subprocess.Process) -> None:
    """End a command that nobody waits for: its open pipes would outlive the loop that reads them."""
    if process.returncode is None:
        process.kill()
    with contextlib.suppress(TimeoutError):  # what it started may hold its pipes
        async with asyncio.timeout(_GRACE):
            await process.communicate()

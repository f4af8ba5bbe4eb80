"""Debian packages for the images, fetched by the machine's own apt with its own sources, proxies and keys.

All network traffic happens outside the builds: an image sees files in a folder, never a mirror's address.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from demo.commands import run
from demo.source_digest import digest_of

ORIGINS: Final = frozenset({"Debian", "Ubuntu"})
# What a base image must not hold: this machine's mirrors, name and resolver.
CLEAN: Final = r"""
rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/apt.conf.d/99mmdebstrap
: > "$1"/etc/resolv.conf
echo localhost > "$1"/etc/hostname
"""
# What it must hold: without this file, packages would start their services while an image is built.
POLICY: Final = Path("usr/sbin/policy-rc.d")
_NETWORK_SETTING: Final = re.compile(r"Acquire::(https?::|Retries|Check-|ForceIPv)")


class Packages:
    """A folder with a base system and the packages that images add to it.

    Parameters
    ----------
    folder
        Kept between runs; ``folder/debs/NAME`` holds the packages of the set ``NAME``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "base.tar"
        self.sources = folder / "sources.list"
        self._status = folder / "status"

    def bootstrap(self) -> None:
        """Make ``base.tar``, the smallest system of this machine's own release, unless it is there."""
        stamp, wanted = self.folder / "base.inputs", digest_of([Path(__file__)])
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sources.write_text(_own_sources())
        settings = self.folder / "apt.conf"
        settings.write_text(_own_network_settings())
        run(
            [
                *("mmdebstrap", "--quiet", "--variant=minbase", f"--aptopt={settings}"),
                *("--dpkgopt=path-exclude=/usr/share/doc/*", f"--customize-hook={CLEAN}"),
                *(_release(), self.base, "-"),
            ],
            root=True,
            stdin=self.sources.read_text(),
        )
        settings.unlink()
        self._forbid_services()
        status = run(["tar", "--extract", "--to-stdout", "--file", self.base, "./var/lib/dpkg/status"])
        self._status.write_text(status)
        stamp.write_text(wanted)

    def _forbid_services(self) -> None:
        policy = self.folder / "rootfs" / POLICY
        policy.parent.mkdir(parents=True, exist_ok=True)
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        owner = ("--owner=root:0", "--group=root:0", "--directory", self.folder / "rootfs")
        run(["tar", "--append", *owner, "--file", self.base, f"./{POLICY}"], root=True)

    def fetch(self, name: str, packages: Sequence[str]) -> None:
        """Download packages and what they need beyond the base into ``debs/NAME``, unless they are there."""
        folder = self.folder / "debs" / name
        complete = folder / ".complete"
        if complete.exists():
            return
        (folder / "partial").mkdir(parents=True, exist_ok=True)
        options = {
            "Dir::State::status": self._status,
            "Dir::Etc::SourceList": self.sources,
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Cache::archives": folder,
            "Debug::NoLocking": "1",
        }
        settings = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        command = ["apt-get", "-qq", "--yes", "--no-install-recommends", "--download-only", *settings]
        run([*command, "install", *packages], root=True)
        complete.touch()


def _release() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return shlex.split(values.get("VERSION_CODENAME", "stable"))[0]


def _own_sources() -> str:
    """Return this machine's own sources of its own release, without other parties' repositories."""
    fields = "$(ORIGIN)|$(RELEASE)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    lines = set()
    for target in run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]).splitlines():
        origin, suite, source = target.split("|", 2)
        if origin in ORIGINS and suite.startswith(_release()) and "backports" not in suite:
            lines.add(source)
    return "".join(f"{line}\n" for line in sorted(lines))


def _own_network_settings() -> str:
    """Return the proxies, retries and checks of this machine's apt."""
    lines = run(["apt-config", "dump", "--format", '%F "%v";%n', "Acquire"]).splitlines()
    return "".join(f"{line}\n" for line in lines if _NETWORK_SETTING.match(line))

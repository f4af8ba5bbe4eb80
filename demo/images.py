"""The demonstration's images: what each is there to show, and how it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ImageSpec:
    """How one image is built: a Containerfile, its arguments, and the local images it starts from.

    One without a ``reference`` is only a step for others and never pushed.

    Parameters
    ----------
    reference
        Repository and tag in the demonstration's registry.
    requirements
        The file of Python releases the build installs.
    foreign
        Whether the same image is built for another CPU too: both are pushed as one index.
    """

    name: str
    reference: str = ""
    parents: tuple[str, ...] = ("python",)
    requirements: str = ""
    sources: tuple[str, ...] = ()
    zstd: bool = False
    containerfile: str = ""
    foreign: bool = False

    @property
    def file(self) -> str:
        """The Containerfile's name."""
        return f"{self.containerfile or self.name}.Containerfile"


# Sets of Debian packages, each with what the base system lacks to run them.
PACKAGES: Final[dict[str, tuple[str, ...]]] = {
    "python": ("python3-pip",),
    "signer": ("nginx-light", "sqlite3"),
    "cache": ("redis-server",),
}

IMAGE_SPECS: Final = (
    ImageSpec("base", parents=()),
    ImageSpec("python", parents=("base",)),
    ImageSpec("web", "shop/web:1.4", requirements="web-1.4.txt", sources=("shop.py",)),
    ImageSpec(
        "web-old", "shop/web:1.3", requirements="web-1.3.txt", sources=("shop.py",), containerfile="web"
    ),
    ImageSpec("worker", "shop/worker:1.4", requirements="worker.txt", sources=("jobs.py",)),
    ImageSpec("migrate", "shop/migrate:1.4", parents=("worker",), requirements="migrate.txt"),
    ImageSpec("legacy", "shop/legacy:0.9", requirements="legacy.txt"),
    ImageSpec("signer", "vault/signer:7", requirements="signer.txt"),
    ImageSpec("collector", "monitoring/collector:2.1", requirements="collector.txt", foreign=True),
    ImageSpec("cache", "shop/cache:7.0", parents=("base",), zstd=True),
)

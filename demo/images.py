"""The demonstration's images: what each is there to show, and how it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Recipe:
    """How one image is built: a Containerfile, its arguments, and the local images it starts from.

    A recipe without a ``reference`` is only a step for others and never pushed.

    Parameters
    ----------
    reference
        Repository and tag in the demonstration's registry.
    requirements
        The file of Python releases the build installs.
    foreign
        The recipe of the same image for another CPU: both are pushed as one index.
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

RECIPES: Final = (
    Recipe("base", parents=()),
    Recipe("python", parents=("base",)),
    Recipe("web", "shop/web:1.4", requirements="web-1.4.txt", sources=("shop.py",)),
    Recipe("web-old", "shop/web:1.3", requirements="web-1.3.txt", sources=("shop.py",), containerfile="web"),
    Recipe("worker", "shop/worker:1.4", requirements="worker.txt", sources=("jobs.py",)),
    Recipe("migrate", "shop/migrate:1.4", parents=("worker",), requirements="migrate.txt"),
    Recipe("legacy", "shop/legacy:0.9", requirements="legacy.txt"),
    Recipe("signer", "vault/signer:7", requirements="signer.txt"),
    Recipe("collector", "monitoring/collector:2.1", requirements="collector.txt", foreign=True),
    Recipe("cache", "shop/cache:7.0", parents=("base",), zstd=True),
)

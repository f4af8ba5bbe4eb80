"""Small real images of a chaos campaign: layers with files of this environment's packages, and databases."""

from __future__ import annotations

import importlib.metadata
import random
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tests.support import images

SITE: Final = "usr/local/lib/python3.11/site-packages"
_LARGEST: Final = 120_000  # bytes of a distribution that is used
_BASES: Final = 8
_NAMESPACES: Final = 20
_BROKEN_EVERY: Final = 25
_NUMBER: Final = re.compile(r"/app-(\d+)/")
_STATUS: Final = "var/lib/dpkg/status"


class ChaosImage(NamedTuple):
    """An image of the campaign: its repository and tag, the namespace it runs in, and its layers' content."""

    name: str
    namespace: str
    manifest: images.Manifest


def chaos_images(count: int, seed: int) -> Iterator[ChaosImage]:
    """Yield images: an operating system, one or two real distributions, a file of their own.

    Every third deletes its package database, which is a finding that raises an alert.
    """
    chance = random.Random(seed)
    bases = [_base(number) for number in range(_BASES)]
    for number in range(count):
        parts = chance.sample(_distributions(), chance.choice((1, 2)))
        own: dict[str, images.Entry] = {f"srv/app-{number}/main.py": f"# {number}\n".encode()}
        layers = [bases[number % _BASES], *parts, images.layer(own)]
        if number % 3 == 0:
            layers.append(images.layer({"var/lib/dpkg/.wh.status": b"", "srv/slim": f"{number}".encode()}))
        yield ChaosImage(f"chaos/app-{number}:1.0", f"team-{number % _NAMESPACES}", images.image(layers))


def is_broken(path: str) -> bool:
    """Return whether a registry's path is of an image that can't be read in chaos: one of 25."""
    found = _NUMBER.search(path)
    return found is not None and int(found[1]) % _BROKEN_EVERY == 1


def layer_bytes(made: Iterable[ChaosImage]) -> int:
    """Return how many compressed bytes the images' layers have, each layer once."""
    return sum({layer.digest: len(layer.data) for each in made for layer in each.manifest.layers}.values())


def _base(number: int) -> images.Layer:
    """Return the layer of a Debian with a few packages and their files."""
    files: dict[str, images.Entry] = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
    stanzas = []
    for package in (f"lib{letter}{number}" for letter in "abcdef"):
        paths = [f"usr/lib/{package}/{part}.so" for part in ("one", "two", "three")]
        files |= {path: f"{package} {path}".encode() for path in paths}
        files[f"var/lib/dpkg/info/{package}.list"] = "".join(f"/{path}\n" for path in paths).encode()
        stanzas.append(
            f"Package: {package}\nStatus: install ok installed\nVersion: 1.{number}-1\nArchitecture: amd64\n"
        )
    files[_STATUS] = "\n".join(stanzas).encode()
    return images.layer(files)


@cache
def _distributions() -> list[images.Layer]:
    """Return a layer for each of this environment's small distributions, as it is installed."""
    found = []
    for distribution in sorted(importlib.metadata.distributions(), key=lambda each: each.metadata["Name"]):
        paths = [
            path for path in distribution.files or [] if ".." not in path.parts and path.suffix != ".pyc"
        ]
        sizes = sum(path.size or 0 for path in paths)
        if paths and sizes < _LARGEST:
            files: dict[str, images.Entry] = {
                f"{SITE}/{path}": path.read_binary() for path in paths if Path(path.locate()).is_file()
            }
            found.append(images.layer(files))
    return found

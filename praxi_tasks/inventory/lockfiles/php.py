"""PHP's ``composer.lock``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import COMPOSER
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.reader import Reader


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""


class _Lock(msgspec.Struct):
    packages: list[_Package] = []
    dev: list[_Package] | None = msgspec.field(default=None, name="packages-dev")


def read_composer_lock(data: bytes) -> Iterator[Pin]:
    """Yield what Composer locked, for development as well; branches are no releases.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    lock = document(data, _Lock, "no lock file of Composer")
    for package in (*lock.packages, *(lock.dev or ())):
        if not package.version.startswith("dev-"):
            yield Pin(package.name, package.version)


READER: Final[Reader] = lock_reader(COMPOSER, {"composer.lock": read_composer_lock})

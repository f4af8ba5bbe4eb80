"""Nix and Guix: a store in which each folder is one package, named for its content's hash and its release."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from praxi_tasks.ecosystems import GUIX, NIX, Ecosystem
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_HASH: Final = re.compile(r"[0-9a-z]{32}-")
# As Nix parts a name from a version: at the first dash that no letter follows; then the name of an output.
_RELEASE: Final = re.compile(
    r"(.+?)-(\d.*?)(?:-(?:bin|dev|devdoc|debug|doc|info|lib|libgcc|man|out|static|terminfo|python|py))?"
)
# What is no software: derivations, sources and patches on their way into a package.
_NO_PACKAGE: Final = re.compile(
    r".*\.(?:drv|patch|diff|tar(?:\..+)?|tgz|zip|lock|sh|check|gem|crate)|.*-source|.*\.conf"
)


def _entries(folder: str, ecosystem: Ecosystem) -> Callable[[LayerView], Iterator[Claim]]:
    def entries(view: LayerView) -> Iterator[Claim]:
        found = {path.split("/", 3)[2] for path in view.files.paths if path.startswith(folder)}
        for entry in sorted(found):
            hashed = _HASH.match(entry)
            release = _RELEASE.fullmatch(entry, hashed.end()) if hashed else None
            if release and not _NO_PACKAGE.fullmatch(entry) and (files := view.give(f"{folder}{entry}")):
                yield Claim(ecosystem.purl_type, release[1], release[2], files[0], files=files)

    return entries


NIX_READER: Final = Reader(ecosystem=NIX.purl_type, named=_entries("nix/store/", NIX))
GUIX_READER: Final = Reader(ecosystem=GUIX.purl_type, named=_entries("gnu/store/", GUIX))

"""Changesets of folders and of files in memory, with what a layer's reader would have kept of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import Claim, Inventory, keep_file, read_inventory


def changeset(types: Mapping[str, str]) -> Changeset:
    """Make the changeset of paths with these types' letters."""
    none = np.zeros(len(types), np.uint64)
    return Changeset(
        digest="sha256:" + "0" * 64,
        paths=list(types),
        types=np.array([ord(letter) for letter in types.values()], np.uint8),
        sizes=none,
        modes=none.astype(np.uint32),
        mtimes=none.astype(np.int64),
        hashes=none,
        links={},
    )


def inventory_of(contents: Mapping[str, bytes], others: Mapping[str, str] | None = None) -> Inventory:
    """Read the inventory of a layer with these files, and other entries by their types' letters."""
    kept = {path: data for path, data in contents.items() if keep_file(path)}
    return read_inventory(changeset({**dict.fromkeys(contents, "f"), **(others or {})}), kept)


def inventory_of_folder(root: Path, below: str = "") -> Inventory:
    """Read the inventory of what lies in a folder, as if it were a layer's root."""
    types: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    for folder, folders, files in os.walk(root / below):
        for name in folders + files:
            file = Path(folder, name)
            path = os.fspath(file.relative_to(root))
            types[path] = "l" if file.is_symlink() else "d" if file.is_dir() else "f"
            if types[path] == "f" and keep_file(path):
                kept[path] = file.read_bytes()
    return read_inventory(changeset(types), kept)


def only(inventory: Inventory) -> Claim:
    """Return the one claim of an inventory without problems."""
    assert not inventory.problems
    (claim,) = inventory.claims
    return claim

from __future__ import annotations

import pytest

from praxi_tasks.fingerprint import hash_text, parent_folder
from praxi_tasks.learning.catalogue.folder_owners import FolderOwners
from praxi_tasks.learning.catalogue.standard_folders import STANDARD_FOLDERS


def exclusive(*folders: str) -> set[int]:
    """Return the hashes of the folders that one package alone has to itself."""
    owners = FolderOwners()
    for folder in folders:
        owners.add(folder, 7)
    hashes, numbers = owners.exclusive()
    assert set(numbers.tolist()) <= {7}
    return set(hashes.tolist())


@pytest.mark.parametrize("folder", ["bin", "usr/bin", "usr/share", "share/man/man1", "etc", "usr/local/lib"])
def test_a_standard_folder_is_nobodys(folder: str) -> None:
    assert exclusive(folder) == set()
    assert exclusive(f"{folder}/own", f"{folder}/own/more") == {hash_text(f"{folder}/own")}


def test_what_is_above_a_standard_folder_is_one_too() -> None:
    above = {parent_folder(folder) or "" for folder in STANDARD_FOLDERS}
    assert above <= {"", *STANDARD_FOLDERS}

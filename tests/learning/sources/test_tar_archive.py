"""Tar archives are read with the limits of image layers."""

from __future__ import annotations

import io
import tarfile

import pytest

from praxi_tasks.errors import LayerError, ReleaseRefusedError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.tar_archive import list_tar

SHOP = parse_label("shop==1.0")


def test_a_tar_whose_members_leave_their_folder_is_refused() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("package/../../etc/passwd"))
    data.seek(0)
    with pytest.raises((LayerError, ReleaseRefusedError)):
        list_tar(data, SHOP, "test", lambda path: path).checked()

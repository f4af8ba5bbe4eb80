"""What reading images shows to the rest of Praxi."""

from __future__ import annotations

import pytest

from tests.support.faces import exported, loaded_by

FACES = {
    "archive": {"Archive", "DockerArchiveSource", "Folder", "LayoutSource", "split_path"},
    "image": {
        "Blob",
        "DeclaredBase",
        "Descriptor",
        "Image",
        "ImageSource",
        "Platform",
        "Reference",
        "VerifiedBlob",
        "digest_of",
        "runs_on",
    },
    "layer": {
        "FileContent",
        "Inspection",
        "LayerLimits",
        "LayerReading",
        "Likeness",
        "MD5",
        "NO_SOURCE",
        "Part",
        "SHA1",
        "SHA256",
        "ends",
        "limit_variable",
        "read_layer",
        "read_sources",
        "version_number",
    },
    "registry": {"RegistrySettings", "RegistrySource", "RegistryWriter", "client_for"},
    "tar": {"TarIndex", "clean_path", "scan", "printable"},
}


@pytest.mark.parametrize("folder", FACES)
def test_the_exported_names(folder: str) -> None:
    assert exported(f"praxi_tasks.oci.{folder}") == FACES[folder]


def test_airflows_side_can_import_what_an_image_is() -> None:
    assert not loaded_by("praxi_tasks.oci.image") & {"numpy", "xxhash", "urllib3", "zstandard", "isal"}

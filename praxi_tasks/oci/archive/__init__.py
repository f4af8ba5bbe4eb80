"""Images in files: OCI layouts and Docker archives, as folders or tar files."""

from praxi_tasks.oci.archive.docker_archive import DockerArchiveSource
from praxi_tasks.oci.archive.files import Archive, Folder, split_path
from praxi_tasks.oci.archive.oci_layout import LayoutSource

__all__ = [
    "Archive",
    "DockerArchiveSource",
    "Folder",
    "LayoutSource",
    "split_path",
]

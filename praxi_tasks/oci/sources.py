"""Opens the source of an image: a registry, an OCI layout or a Docker archive."""

from __future__ import annotations

from pathlib import Path

from praxi_tasks.oci.archive.docker_archive import MANIFEST_FILE, DockerArchiveSource
from praxi_tasks.oci.archive.files import Archive, Folder, split_path
from praxi_tasks.oci.archive.oci_layout import INDEX_FILE, LayoutSource
from praxi_tasks.oci.image.model import ImageSource
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.client import client_for
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.source import RegistrySource
from praxi_tasks.store import ReadableRoots


def open_source(reference: str, settings: RegistrySettings) -> ImageSource:
    """Open the image that ``reference`` names.

    Parameters
    ----------
    reference
        ``[docker://]registry/repository:tag@digest``, ``oci:DIR[:name|@digest]``,
        ``oci-archive:FILE[:name|@digest]`` or ``docker-archive:FILE[:name]``.
    settings
        How registries are reached. Sources with equal settings share connections and tokens.

    Notes
    -----
    Where a run is confined (:class:`~praxi_tasks.store.ReadableRoots`), so are folders and archives.

    Raises
    ------
    InvalidReferenceError
        If the text is none of these.
    NotFoundError
        If the folder or file does not exist.
    UsageError
        If it lies where a run may not read.
    """
    kind, _, rest = reference.partition(":")
    limit = settings.max_manifest_bytes
    if kind == "oci":
        path, selector = _split(rest, ":@")
        return LayoutSource(Folder(path), selector, reference, limit)
    if kind == "oci-archive":
        path, selector = _split(rest, ":@")
        return LayoutSource(Archive(path), selector, reference, limit)
    if kind == "docker-archive":
        path, selector = _split(rest, ":")
        return _docker_archive(Archive(path), selector, reference, limit)
    return RegistrySource(Reference.parse(reference.removeprefix("docker://")), client_for(settings))


def _split(text: str, separators: str) -> tuple[Path, str]:
    path, selector = split_path(text, separators)
    if readable := ReadableRoots.of_command():
        readable.require_path(path, "images")
    return path, selector


def _docker_archive(files: Archive, selector: str, reference: str, limit: int) -> ImageSource:
    """Docker 25 and later save an OCI layout with the old listing beside it: the layout says more."""
    if files.has(INDEX_FILE) or not files.has(MANIFEST_FILE):
        return LayoutSource(files, selector, reference, limit)
    return DockerArchiveSource(files, selector[1:], reference, limit)

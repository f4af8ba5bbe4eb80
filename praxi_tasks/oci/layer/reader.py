"""Reads a layer in one pass over its bytes."""

from __future__ import annotations

from collections.abc import Callable

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.image.model import Blob, Descriptor
from praxi_tasks.oci.layer.checksums import Checksums
from praxi_tasks.oci.layer.chunks import Chunks
from praxi_tasks.oci.layer.contents import LayerReading, to_reading
from praxi_tasks.oci.layer.inspection import Inspection
from praxi_tasks.oci.layer.kept_files import Likeness, RetainedFiles
from praxi_tasks.oci.layer.limits import LayerLimits
from praxi_tasks.oci.layer.tar_scan import TarScan


def read_layer(
    blob: Blob,
    descriptor: Descriptor,
    *,
    limits: LayerLimits,
    retain: Callable[[str], bool],
    likeness: Likeness | None = None,
    inspection: Inspection[object] | None = None,
) -> LayerReading:
    """Read a layer from its blob, to the end, which verifies its digest.

    Parameters
    ----------
    blob
        The compressed bytes, at their start.
    descriptor
        What the manifest says about them.
    limits
        The caps; see :class:`~praxi_tasks.oci.layer.limits.LayerLimits`.
    retain
        Says of a file's path whether its content is to be retained.
    likeness
        Which files of other names a hard link with such a path may lead to; by default none.
    inspection
        Looks into files that their first bytes tell, and holds what it saw; by default nobody does.

    Raises
    ------
    LayerError
        If the layer is malformed or holds a hostile name.
    LimitExceededError
        If it is over a limit; the message names the setting.
    ImageError
        If its bytes can't be had, or are not those of the digest.
    """
    limits = limits.of_layer(descriptor.size)
    inspection = inspection or Inspection((), lambda _path, content: content)
    with (
        Chunks(blob, descriptor.media_type, limits) as chunks,
        inspection.layer(limits),
        Checksums() as checksums,
    ):
        scan = TarScan(chunks, limits, RetainedFiles(retain, limits, likeness), inspection, checksums)
        try:
            scan.run()
        except LimitExceededError as error:
            error.where = descriptor.digest
            raise
        except LayerError as error:
            error.where = descriptor.digest
            chunks.verify()  # bytes that are not the image's explain what they broke
            raise
    return to_reading(descriptor.digest, scan)

"""Reading a layer: one pass over its bytes, and everything worth knowing about its files is known."""

from __future__ import annotations

from collections.abc import Callable

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.image.model import Blob, Descriptor
from praxi_tasks.oci.layer.chunks import Chunks
from praxi_tasks.oci.layer.contents import LayerReading, complete
from praxi_tasks.oci.layer.kept_files import KeptFiles
from praxi_tasks.oci.layer.limits import LayerLimits
from praxi_tasks.oci.layer.tar_scan import TarScan


def read_layer(
    blob: Blob, descriptor: Descriptor, *, limits: LayerLimits, keep: Callable[[str], bool]
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
    keep
        Says of a regular file's path whether its content is to be kept.

    Raises
    ------
    LayerError
        If the layer is malformed or holds a hostile name.
    LimitExceededError
        If it is over a limit; the message names the setting.
    ImageError
        If its bytes can't be had, or are not those of the digest.
    """
    with Chunks(blob, descriptor.media_type, limits) as chunks:
        scan = TarScan(chunks, limits, KeptFiles(keep, limits))
        try:
            scan.run()
        except LimitExceededError as error:
            error.where = descriptor.digest
            raise
        except LayerError as error:
            error.where = descriptor.digest
            chunks.verify()  # bytes that are not the image's explain what they broke
            raise
    return complete(descriptor.digest, scan)

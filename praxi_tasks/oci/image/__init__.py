"""What an image is: references, digests, manifests and indexes, platforms, verified blobs.

Needs nothing but msgspec: Airflow's side imports it.
"""

from praxi_tasks.oci.image.digest import digest_of
from praxi_tasks.oci.image.model import Blob, DeclaredBase, Descriptor, Image, ImageSource, Platform
from praxi_tasks.oci.image.platforms import runs_on
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.image.verified_blob import VerifiedBlob

__all__ = [
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
]

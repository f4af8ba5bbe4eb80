"""Reads a layer's tar as a stream: decompression, members, whiteouts, the contents that are retained."""

from praxi_tasks.oci.layer.byte_code import NO_SOURCE, read_sources, version_number
from praxi_tasks.oci.layer.checksum_kinds import MD5, SHA1, SHA256
from praxi_tasks.oci.layer.contents import LayerReading
from praxi_tasks.oci.layer.copies import Part
from praxi_tasks.oci.layer.file_content import FileContent
from praxi_tasks.oci.layer.inspection import Inspection
from praxi_tasks.oci.layer.kept_files import Likeness
from praxi_tasks.oci.layer.limits import LayerLimits, limit_variable
from praxi_tasks.oci.layer.reader import read_layer
from praxi_tasks.oci.layer.strings import ends

__all__ = [
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
]

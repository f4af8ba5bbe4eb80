"""The tar format: headers, pax records, an index of members, the names of members."""

from praxi_tasks.oci.tar.index import TarIndex, scan
from praxi_tasks.oci.tar.member_names import clean_path, printable

__all__ = [
    "TarIndex",
    "clean_path",
    "printable",
    "scan",
]

"""What others say of vulnerabilities in OpenVEX documents: read, and applied to the findings of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.vex.application import Vex
    from praxi_tasks.findings.vex.document import CONTEXT, Statement, parse_openvex
    from praxi_tasks.findings.vex.products import ImageNames
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "application": ("Vex",),
            "document": ("CONTEXT", "Statement", "parse_openvex"),
            "products": ("ImageNames",),
        },
    )

__all__ = ["CONTEXT", "ImageNames", "Statement", "Vex", "parse_openvex"]

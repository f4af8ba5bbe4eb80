"""The service: the model asked over HTTP, by the Open Inference Protocol, and audits on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.serving.compared import read_comparisons
    from praxi_tasks.serving.server import Options, serve
    from praxi_tasks.serving.tls import Certificate
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "compared": ("read_comparisons",),
            "server": ("Options", "serve"),
            "tls": ("Certificate",),
        },
    )

__all__ = ["Certificate", "Options", "read_comparisons", "serve"]

"""Chains: the steps of an audit on request, as they are declared, and those that somebody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.serving.chain.declaration import STANDARD, BuiltIn, Chain, Document, Service, Step
    from praxi_tasks.serving.chain.step import run_step
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "declaration": ("BuiltIn", "Chain", "Document", "STANDARD", "Service", "Step"),
            "step": ("run_step",),
        },
    )

__all__ = ["BuiltIn", "Chain", "Document", "STANDARD", "Service", "Step", "run_step"]

"""One image out of its layers: files that are there at the end, components, claims, what is unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.image.claim_history import TrackedClaim
    from praxi_tasks.findings.image.file_tree import FileTree, significant
    from praxi_tasks.findings.image.fusion import FusedImage, LayerFacts, fuse
    from praxi_tasks.findings.image.model_coverage import ModelKnowledge, knowledge_coverage
    from praxi_tasks.findings.image.reading_coverage import databases_coverage, layers_coverage
    from praxi_tasks.findings.image.source_packages import with_sources
    from praxi_tasks.findings.image.stated_versions import Contradicted
    from praxi_tasks.findings.image.unexplained_files import find_unexplained_files
    from praxi_tasks.findings.image.verification import Altered, altered_files
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "claim_history": ("TrackedClaim",),
            "file_tree": ("FileTree", "significant"),
            "fusion": ("FusedImage", "LayerFacts", "fuse"),
            "model_coverage": ("ModelKnowledge", "knowledge_coverage"),
            "reading_coverage": ("databases_coverage", "layers_coverage"),
            "source_packages": ("with_sources",),
            "stated_versions": ("Contradicted",),
            "unexplained_files": ("find_unexplained_files",),
            "verification": ("Altered", "altered_files"),
        },
    )

__all__ = [
    "Altered",
    "Contradicted",
    "FileTree",
    "FusedImage",
    "LayerFacts",
    "ModelKnowledge",
    "TrackedClaim",
    "altered_files",
    "databases_coverage",
    "find_unexplained_files",
    "fuse",
    "knowledge_coverage",
    "layers_coverage",
    "significant",
    "with_sources",
]

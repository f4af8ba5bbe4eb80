"""Synthetic layers with known contents, to train and to evaluate on.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.synthesis.augmentation import Damage, Files, compile_python, install_wheel
    from praxi_tasks.learning.synthesis.catalogue_layers import reconstructed_layers
    from praxi_tasks.learning.synthesis.layer_sampler import LabelledLayer, LayerSampler, merge_files
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "augmentation": ("Damage", "Files", "compile_python", "install_wheel"),
            "catalogue_layers": ("reconstructed_layers",),
            "layer_sampler": ("LabelledLayer", "LayerSampler", "merge_files"),
        },
    )

__all__ = [
    "Damage",
    "Files",
    "LabelledLayer",
    "LayerSampler",
    "compile_python",
    "install_wheel",
    "merge_files",
    "reconstructed_layers",
]

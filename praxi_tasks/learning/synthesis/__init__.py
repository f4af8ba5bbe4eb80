"""Synthetic layers with known contents, to train and to evaluate on.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.synthesis.augmentation import Damage, Files, compile_python, install_wheel
    from praxi_tasks.learning.synthesis.catalogue_layers import reconstructed_layers
    from praxi_tasks.learning.synthesis.layer_sampler import LabelledLayer, LayerSampler, merge_files

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

_MODULES: Final = {
    "Damage": "augmentation",
    "Files": "augmentation",
    "LabelledLayer": "layer_sampler",
    "LayerSampler": "layer_sampler",
    "compile_python": "augmentation",
    "install_wheel": "augmentation",
    "merge_files": "layer_sampler",
    "reconstructed_layers": "catalogue_layers",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

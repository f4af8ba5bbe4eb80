"""From files of training data to a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from praxi_tasks.discovery.model import Model
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.releases import read_releases
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.scoring import train_scorer

SEED: Final = 20_260_101
"""Training draws its layers from this seed, so the same data give the same model."""


def train_model(releases: Sequence[Path]) -> Model:
    """Learn the releases of some files."""
    known = [release for path in releases for release in read_releases(path)]
    catalogue = build_catalogue(known)
    scorer = train_scorer(LayerSampler(known, np.random.default_rng(SEED)), catalogue)
    return Model([catalogue], scorer)

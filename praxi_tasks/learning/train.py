"""From files of training data to a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from praxi_tasks.discovery.model import Model
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.releases import read_releases


def train_model(releases: Sequence[Path]) -> Model:
    """Learn the releases of some files."""
    return Model(build_catalogue(release for path in releases for release in read_releases(path)))

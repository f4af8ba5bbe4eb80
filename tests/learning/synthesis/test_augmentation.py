"""Damage: any of it leaves a part of a release's files, whatever the release is made of."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis.augmentation import Damage

PATHS = st.lists(st.sampled_from(["a/b.py", "a/c.py", "a-1.0.dist-info/RECORD", "d/copyright"]), unique=True)


@given(PATHS, st.integers(0, 1000))
def test_damage_leaves_a_part(paths: list[str], seed: int) -> None:
    release = make_release(ReleaseLine("a", "1.0", [ReleaseFile(path, 1) for path in paths]))
    rng = np.random.default_rng(seed)
    left = Damage.draw(rng).apply(release, rng)
    assert set(left.paths) <= set(release.paths)


@given(PATHS, st.integers(0, 1000))
def test_only_one_folder_may_be_left(paths: list[str], seed: int) -> None:
    release = make_release(ReleaseLine("a", "1.0", [ReleaseFile(path, 1) for path in paths]))
    retained = Damage((), partial=1.0).mask(release, np.random.default_rng(seed))
    assert len(set(release.normalised.folder_of[retained].tolist())) == bool(paths)

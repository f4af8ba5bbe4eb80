from __future__ import annotations

from dataclasses import fields

import pytest

from praxi_tasks.audit.image_limits import ImageLimits
from praxi_tasks.errors import LimitExceededError


@pytest.mark.parametrize("name", [field.name for field in fields(ImageLimits)])
def test_every_limit_is_a_setting(name: str) -> None:
    variable = ImageLimits.setting(name)
    assert getattr(ImageLimits.from_environment({variable: "12345"}), name) == 12345


def test_an_image_may_hold_as_much_as_it_has_bytes_for() -> None:
    limits = ImageLimits(100, min_entry_bytes=5, entry_floor=10, max_path_bytes=400, path_floor=60)
    allowed = [(one.max_entries, one.max_path_bytes) for one in map(limits.of_image, (0, 70, 350, 900))]
    assert allowed == [(10, 60), (14, 70), (70, 350), (100, 400)]


@pytest.mark.parametrize(
    ("entries", "path_bytes", "setting"),
    [(11, 0, "PRAXI_IMAGE_MAX_ENTRIES and PRAXI_IMAGE_ENTRY_FLOOR"), (10, 61, "PRAXI_IMAGE_PATH_FLOOR")],
)
def test_what_is_over_a_limit_names_its_settings(entries: int, path_bytes: int, setting: str) -> None:
    limits = ImageLimits(max_entries=10, max_path_bytes=60)
    limits.check(10, 60)
    with pytest.raises(LimitExceededError, match=setting):
        limits.check(entries, path_bytes)

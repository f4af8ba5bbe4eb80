"""The week that the demonstration tells differs from day to day, and yesterday has what it promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from demo.images import IMAGE_SPECS
from demo.timeline import Published, image_id, last_week

NOW = datetime(2026, 3, 8, 9, 30, tzinfo=UTC)
TODAY = NOW.replace(hour=0, minute=0)


@pytest.fixture
def images() -> dict[str, Published]:
    names = [spec for spec in IMAGE_SPECS if spec.reference]
    return {
        spec.name: Published(f"localhost:5000/{spec.reference}", f"sha256:{number:064x}", "sha256:c")
        for number, spec in enumerate(names)
    }


def deployed(images: dict[str, Published], start: datetime) -> set[str]:
    end = start + timedelta(days=1)
    return {
        item.image.rpartition("/")[2]
        for item in last_week(images, NOW)
        if item.start < end and item.end > start
    }


def test_yesterday_runs_everything_but_what_was_replaced(images: dict[str, Published]) -> None:
    yesterday = deployed(images, TODAY - timedelta(days=1))
    assert yesterday == {spec.reference.rpartition("/")[2] for spec in IMAGE_SPECS if spec.reference} - {
        "web:1.3"
    }


def test_days_differ(images: dict[str, Published]) -> None:
    days = [frozenset(deployed(images, TODAY - timedelta(days=day))) for day in range(1, 8)]
    assert len(set(days)) >= 5
    assert all(days)


def test_nothing_lies_in_the_future(images: dict[str, Published]) -> None:
    assert max(item.end for item in last_week(images, NOW)) <= NOW


def test_all_forms_of_image_ids_occur(images: dict[str, Published]) -> None:
    forms = {item.image_id.partition("sha256:")[0].rpartition("/")[0] for item in last_week(images, NOW)}
    assert {"", "docker:/", "docker-pullable://localhost:5000/shop"} <= forms


def test_an_unknown_form_is_an_error(images: dict[str, Published]) -> None:
    with pytest.raises(KeyError):
        image_id(images["web"], "rkt")

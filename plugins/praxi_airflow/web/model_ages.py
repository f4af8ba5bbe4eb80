"""When a version of the model was trained and put in use, for pages that must not wait for its registry.

A version's training never changes once it has ended, so each is looked up once; the registry may be a server,
so nobody waits for it longer than a moment, and one that is slow or down is left alone for a while.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Final

from praxi_airflow.settings import load_settings
from praxi_airflow.web.actions.models import all_versions, trainings
from praxi_tasks.errors import PraxiError

logger = logging.getLogger(__name__)
_PATIENCE: Final = 0.3  # seconds for which a page waits
_AGAIN: Final = 60.0  # seconds after which what was not found is looked for again
_pool: Final = ThreadPoolExecutor(1, "praxi-model-age")
_lock = Lock()
_Key = tuple[str, str, str]
"""Of which store and registry, and the version."""
_known: dict[_Key, ModelAge] = {}
_tried: dict[_Key, float] = {}


@dataclass(frozen=True)
class ModelAge:
    """When a version was trained and last put in use, ISO 8601; each is empty where it is not known."""

    trained: str = ""
    promoted: str = ""


def age_of(version: str) -> ModelAge:
    """Return how old a version is, as far as that is known in a moment."""
    settings = load_settings()
    key = settings.store, settings.learning.mlflow_uri, version
    with _lock:
        if not version or key in _known or time.monotonic() - _tried.get(key, -_AGAIN) < _AGAIN:
            return _known.get(key, ModelAge())
        _tried[key] = time.monotonic()
    try:
        return _pool.submit(_look_up, key).result(_PATIENCE)
    except TimeoutError:
        return ModelAge()  # the next page may have it
    except PraxiError as error:
        logger.info("how old version %s of the model is: %s", version, error)
        return ModelAge()


def _look_up(key: _Key) -> ModelAge:
    found = next((each for each in all_versions() if each.version == key[-1]), None)
    if found is None:
        return ModelAge()
    age = ModelAge(trainings().of(found).at, found.promoted_at)
    with _lock:
        _known[key] = age
    return age

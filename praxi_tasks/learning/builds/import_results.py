"""Stores the releases that isolated builds printed, after the checks that any wheel passes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from praxi_tasks.errors import DataError, KeyNotFoundError, ReleaseError
from praxi_tasks.learning.builds.build_result import BuildResult
from praxi_tasks.learning.data import NewPackage, ReleaseStore, StoredRelease
from praxi_tasks.learning.sources import Collected, amend_last_attempt
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

_SOURCE = "build"


def import_builds(store: Store, run_id: str, found: Iterable[Collected]) -> tuple[Collected, ...]:
    """Store what was built, and return how the search for each release ended.

    Calling it again changes nothing.

    Parameters
    ----------
    run_id
        The training that the builds belong to.
    found
        How the search ended before the builds.
    """
    return tuple(_import(store, run_id, each.package) if each.state == "source" else each for each in found)


def _import(store: Store, run_id: str, wanted: NewPackage) -> Collected:
    releases = ReleaseStore(store)
    if store.exists(keys.release(*wanted.identity)):
        return Collected(wanted, "stored", releases.get(wanted.identity).source)
    try:
        release = _built(store.get(keys.training_build(run_id, *wanted.identity)), wanted)
    except KeyNotFoundError:
        reason = "it was not built, or its build was killed"
    except (DataError, ReleaseError) as error:
        reason = str(error)
    else:
        releases.add(release)
        return Collected(wanted, "stored", release.source)
    logger.info("%s: %s", wanted.purl, reason)
    amend_last_attempt(store, wanted, {_SOURCE: reason})
    return Collected(wanted, "failed", reason=f"{_SOURCE}: {reason}")


def _built(data: bytes, wanted: NewPackage) -> StoredRelease:
    result = BuildResult.from_bytes(data)
    if result.reason:
        raise ReleaseError(result.reason)
    return result.release(wanted)

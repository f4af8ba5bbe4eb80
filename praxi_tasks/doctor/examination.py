"""The checks of what commands use: store, registries, feeds, the model and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from praxi_tasks.doctor.outcome import Outcome, Status, attempt, skipped
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store, try_everything

_OLD_DAYS: Final = 7
_NO_FEEDS: Final = "none"


def check_store(store_uri: str) -> Outcome:
    """Write, read, list, overwrite and delete in the store."""

    def check() -> str:
        store = open_store(store_uri)
        try_everything(store)
        return f"{store.uri}: writes once, lists, reads what was written, deletes"

    return attempt("store", check)


def check_images(references: Iterable[str], platform: Platform) -> Iterator[Outcome]:
    """Resolve each image as an audit would: credentials, mirrors, certificates, proxies."""
    from praxi_tasks.oci.registry import RegistrySettings
    from praxi_tasks.oci.sources import open_source

    def check(reference: str) -> str:
        image = open_source(reference, RegistrySettings.from_environment()).resolve(platform)
        return f"{reference}: {len(image.layers)} layers for {image.platform}"

    references = tuple(references)
    for reference in references:
        yield attempt("registry", partial(check, reference))
    if not references:
        yield skipped("registry", "no image was named", "name one of each registry: --image REFERENCE")


def check_feeds(feeds_uri: str | None) -> Outcome:
    """Look at which feeds there are, and how old they are."""
    from praxi_tasks.findings.feeds import open_feeds, read_state

    if not feeds_uri:
        return skipped(
            "feeds",
            "no feeds are named",
            "name them: --feeds URI, or PRAXI_FEEDS; without, nothing is called vulnerable",
        )

    def look() -> str:
        feeds = open_feeds(feeds_uri, must_exist=False)
        if state := read_state(feeds):
            return min(mirrored.fetched for mirrored in state.values())[:10]
        return "" if feeds.names() else _NO_FEEDS

    found = attempt("feeds", look)
    if found.status != "ok":
        return found
    if found.what == _NO_FEEDS:
        what = f"nothing was mirrored yet ({feeds_uri}): audits go without advisories, and say so"
        return Outcome("feeds", "warning", what, "run praxi feeds, or the Dag praxi_feeds")
    age = _age_days(found.what) if found.what else 0
    status: Status = "warning" if age > _OLD_DAYS else "ok"
    what = f"the oldest was fetched {age} days ago" if found.what else "filled by hand, so of no known age"
    return Outcome("feeds", status, what, "see the log of praxi_feeds" if status == "warning" else "")


def _age_days(day: str) -> int:
    try:
        return (datetime.now(UTC).date() - date.fromisoformat(day)).days
    except ValueError:
        return 0


def check_model(model_uri: str | None, store_uri: str) -> Outcome:
    """Load the model that audits would ask."""
    from praxi_tasks.discovery import Model
    from praxi_tasks.learning.model_registry import resolve_model

    if not model_uri:
        return skipped("model", "no model is named", "name it: --model URI, or PRAXI_MODEL")

    def check() -> str:
        found = resolve_model(model_uri, store_uri)
        Model.load(found.uri)
        version = f"version {found.version}" if found.version else "no version of the registry"
        return f"{found.uri} ({version})" + (f"; {found.problem}" if found.problem else "")

    return attempt("model", check)


def check_versions(store_uri: str) -> Outcome:
    """Ask the registry of the model's versions; a database that is not there yet is not made for that."""
    from praxi_tasks.learning.model_registry import find_registry

    def check() -> str:
        registry = find_registry(open_store(store_uri).uri)
        return f"{len(list(registry.versions())) if registry else 0} versions of the model"

    return attempt("model registry", check)

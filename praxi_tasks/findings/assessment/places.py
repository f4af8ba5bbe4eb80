"""Where images were listed last, and whether one that is not listed may run there all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from praxi_tasks.findings.assessment.document import AssessedAudit, Places
from praxi_tasks.findings.assessment.identity import image_place, split_key
from praxi_tasks.findings.scope import Scope


def places_after(audit: AssessedAudit, before: Places) -> Places:
    """Return where each image was listed last, as of a daily audit; of another, nothing.

    What is not listed any more is remembered as long as it may run there unseen.
    """
    scope, after = audit.scope, dict[str, dict[str, tuple[str, ...]]]()
    if not scope.is_daily:
        return after
    for image in audit.images:
        place = after.setdefault(image.key, {})
        for namespace in image.namespaces or ("",):
            place[namespace] = tuple(sorted(set(_unknown(scope, image.cluster, namespace))))
    for key, namespaces in before.items():
        cluster, _ = split_key(key)
        for namespace, known in namespaces.items():
            if not scope.proves_absence(cluster, namespace, known):
                after.setdefault(key, {}).setdefault(namespace, known)
    return after


def may_run_unseen(scope: Scope, key: str, before: Places) -> bool:
    """Return whether an image may run somewhere, though a daily audit did not list it.

    Parameters
    ----------
    before
        Where images were listed last.
    """
    cluster, _ = split_key(key)
    if not scope.is_daily:
        return False
    last: Mapping[str, tuple[str, ...] | None] = before.get(key) or {"": None}
    return not all(scope.proves_absence(cluster, namespace, known) for namespace, known in last.items())


def may_hold_unseen(scope: Scope, place: str, namespace: str, places: Places) -> bool:
    """Return whether any image of a repository may run in a namespace, though a daily audit listed none.

    Parameters
    ----------
    place
        The repository and its cluster, see :func:`~praxi_tasks.findings.assessment.identity.image_place`.
    places
        Where images were listed last, as of that audit.
    """
    cluster, _ = split_key(place)
    here = (key for key, some in places.items() if namespace in some and image_place(key) == place)
    last = [places[key][namespace] for key in here]
    return not all(scope.proves_absence(cluster, namespace, known) for known in (None, *last))


def _unknown(scope: Scope, cluster: str, namespace: str) -> Iterator[str]:
    for gap in scope.gaps:
        if gap.covers(cluster, namespace):
            yield from gap.containers

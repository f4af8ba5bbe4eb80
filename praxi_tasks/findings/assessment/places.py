"""Where images were listed last, and whether one that is not listed may run there all the same."""

from __future__ import annotations

from collections.abc import Iterator

from praxi_tasks.findings.assessment.document import AssessedAudit, Places
from praxi_tasks.findings.assessment.identity import image_place, split_key
from praxi_tasks.findings.scope import Scope

_ANYWHERE = {"": ()}


def places_after(audit: AssessedAudit, before: Places) -> Places:
    """Return where each repository was listed last, as of a daily audit; of another, nothing.

    What is not listed any more is remembered as long as anything may hide it: a container that was there
    when it was listed last does not.
    """
    scope, after = audit.scope, dict[str, dict[str, tuple[str, ...]]]()
    if not scope.is_daily:
        return after
    for image in audit.images:
        place = after.setdefault(image_place(image.key), {})
        for namespace in image.namespaces or ("",):
            place[namespace] = tuple(sorted(set(_unknown(scope, image.cluster, namespace))))
    for key, namespaces in before.items():
        cluster, _ = split_key(key)
        for namespace, known in namespaces.items():
            if any(gap.covers(cluster, namespace) for gap in scope.gaps):
                after.setdefault(key, {}).setdefault(namespace, known)
    return after


def may_run_unseen(scope: Scope, key: str, before: Places) -> bool:
    """Return whether an image of a repository may run, though a daily audit did not list it.

    Parameters
    ----------
    key
        The key of the image, or of its repository.
    before
        Where repositories were listed last.
    """
    cluster, _ = split_key(key)
    last = before.get(image_place(key)) or _ANYWHERE
    return scope.is_daily and not all(
        scope.proves_absence(cluster, namespace, known) for namespace, known in last.items()
    )


def _unknown(scope: Scope, cluster: str, namespace: str) -> Iterator[str]:
    for gap in scope.gaps:
        if gap.covers(cluster, namespace):
            yield from gap.containers

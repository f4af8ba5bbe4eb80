"""The check of Kubernetes: whether Airflow may do with pods what its tasks do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from praxi_tasks.doctor.outcome import Outcome, attempt

PATH: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Right(NamedTuple):
    """A verb on a resource of the core group; ``subresource`` may be empty."""

    verb: str
    resource: str
    subresource: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}{'/' if self.subresource else ''}{self.subresource}"

    def review(self, namespace: str) -> dict[str, Any]:
        """Return the SelfSubjectAccessReview that asks for it."""
        attributes = {"namespace": namespace, "verb": self.verb, "group": "", "resource": self.resource}
        if self.subresource:
            attributes["subresource"] = self.subresource
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }


RIGHTS: Final = (
    *(Right(verb, "pods") for verb in ("create", "get", "list", "patch", "delete")),
    Right("get", "pods", "log"),
    *(Right(verb, "events") for verb in ("list", "watch")),
)
"""What the Role of charts/praxi grants."""


def check_rights(allowed: Callable[[Right], bool], namespace: str) -> Outcome:
    """Ask the cluster for each right.

    Parameters
    ----------
    allowed
        Asks for one; raises PraxiError where the cluster does not answer.
    """

    def ask() -> str:
        return ", ".join(str(right) for right in RIGHTS if not allowed(right))

    outcome = attempt("kubernetes", ask)
    if outcome.status != "ok":
        return outcome
    if outcome.what:
        return Outcome(
            "kubernetes",
            "failed",
            f"in the namespace {namespace} this account may not {outcome.what}",
            "bind the Role of charts/praxi to this service account there",
        )
    return Outcome("kubernetes", "ok", f"all {len(RIGHTS)} rights in the namespace {namespace}")

"""Who may do what in which namespace, and as whom its pods run."""

from __future__ import annotations

import copy
from typing import Any, Final

from tests.support.cluster.objects import Manifest

OPENSHIFT_UID: Final = 1_000_670_000


class Rights:
    """Namespaces, their service accounts, and what a token may do there.

    Attributes
    ----------
    namespaces
        Service accounts by namespace.
    rules
        Verbs by resource, as the Role of ``charts/praxi`` grants them; None allows everything.
    random_uid
        Whether pods run with the uid of their namespace, as on OpenShift.
    used
        Verbs by resource that were asked for, allowed or not.
    """

    def __init__(self) -> None:
        self.namespaces: dict[str, set[str]] = {"default": {"default"}}
        self.rules: dict[str, set[str]] | None = None
        self.random_uid = False
        self.used: dict[str, set[str]] = {}

    def grant(self, role: Manifest) -> None:
        """Allow exactly what a Role allows."""
        self.rules = granted(role)

    def allows(self, verb: str, resource: str) -> bool:
        """Return whether the Role grants it."""
        return self.rules is None or verb in self.rules.get(resource, set())

    def refusal(self, verb: str, resource: str, namespace: str) -> str:
        """Return why the request is forbidden, or nothing."""
        self.used.setdefault(resource, set()).add(verb)
        if self.allows(verb, resource):
            return ""
        return (
            f'{resource} is forbidden: User "system:serviceaccount:airflow:airflow-worker" cannot {verb} '
            f'resource "{resource}" in API group "" in the namespace "{namespace}"'
        )

    def service_account_problem(self, namespace: str, spec: dict[str, Any]) -> str:
        """Return what is wrong with the pod's service account, or nothing."""
        name = spec.get("serviceAccountName") or "default"
        if name in self.namespaces[namespace]:
            return ""
        return f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'

    def assign_uid(self, namespace: str, pod: Manifest) -> Manifest:
        """Return the pod with the namespace's uid, where the cluster assigns one."""
        assigned = copy.deepcopy(pod)
        assigned["metadata"]["namespace"] = namespace
        if self.random_uid:
            context = assigned["spec"].get("securityContext") or {}
            assigned["spec"]["securityContext"] = {
                "runAsUser": OPENSHIFT_UID,
                "fsGroup": OPENSHIFT_UID,
                **context,
            }
        return assigned


def granted(role: Manifest) -> dict[str, set[str]]:
    """Return the verbs by resource that a Role allows."""
    verbs: dict[str, set[str]] = {}
    for rule in role["rules"]:
        for resource in rule["resources"]:
            verbs.setdefault(resource, set()).update(rule["verbs"])
    return verbs

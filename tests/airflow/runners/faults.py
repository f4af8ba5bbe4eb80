"""What can be wrong with a cluster, in Kubernetes' own words, and what the task's last line makes of it.

The table in docs/kubernetes.md is made of this one: ``python -m tests.airflow.runners.faults`` prints it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException

from praxi_airflow.runners.api_refusals import explain_refusal
from praxi_airflow.runners.pod_ends import (
    explain_end,
    explain_memory,
    explain_no_start,
    explain_wait,
)
from praxi_tasks.errors import ExitCode

USER = "system:serviceaccount:airflow:pod_service_account-worker"


def refusal(
    status: int, message: str, kind: str = "pods", fields: tuple[str, ...] = (), reason: str = "Forbidden"
) -> ApiException:
    """Return the client's error for a status object."""
    details = {"kind": kind, "causes": [{"field": field} for field in fields]}
    body = {"kind": "Status", "reason": reason, "code": status, "message": message, "details": details}
    answer = SimpleNamespace(
        status=status, reason=reason, data=json.dumps(body), getheaders=lambda: {"Audit-Id": "a-header"}
    )
    return ApiException(http_resp=answer)


def forbidden(cause: str) -> ApiException:
    """Return the refusal of an admission plugin."""
    return refusal(403, f'pods "praxi-plan-x" is forbidden: {cause}')


def no_right(verb: str, resource: str, namespace: str = "praxi") -> ApiException:
    """Return the refusal of somebody without a right."""
    return refusal(
        403,
        f'{resource} is forbidden: User "{USER}" cannot {verb} resource "{resource}" in API group "" in the '
        f'namespace "{namespace}"',
    )


def pod(phase: str = "Failed", **status: Any) -> Any:
    """Return a pod with this status, as the client reads it."""
    body = {"metadata": {"name": "p"}, "status": {"phase": phase, **status}}
    return ApiClient().deserialize(SimpleNamespace(data=json.dumps(body)), "V1Pod")


def deleted(code: int) -> Any:
    """Return a pod that is being deleted, whose container ended with this exit code."""
    found = pod("Running", containerStatuses=[_container({"terminated": {"exitCode": code}})])
    found.metadata.deletion_timestamp = datetime(2026, 3, 1, tzinfo=UTC)
    return found


def disrupted(reason: str) -> Any:
    """Return a pod that the cluster ended."""
    condition = {"type": "DisruptionTarget", "status": "True", "reason": reason}
    return pod(conditions=[condition])


def unscheduled(message: str) -> Any:
    """Return a pod that no node takes."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return pod("Pending", conditions=[condition])


def waiting(reason: str, message: str) -> Any:
    """Return a pod whose container waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return pod("Pending", containerStatuses=[_container(state)])


def never_ran(message: str) -> Any:
    """Return a pod whose container could not run its command."""
    end = {"exitCode": 128, "reason": "StartError", "message": message}
    return pod(containerStatuses=[_container({"terminated": end})])


def _container(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "base",
        "image": "i",
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": state,
    }


class OutOfMemory(NamedTuple):
    """A death for lack of memory: the limit, and what the next try may have, in bytes."""

    limit: int
    more: int | None


class Fault(NamedTuple):
    """A fault: what it is called, what Kubernetes says, the setting that helps, and whether a retry may."""

    name: str
    said: Any
    setting: str
    retried: bool = False

    @property
    def last_line(self) -> str:
        """The task's last line, without the advice that follows a semicolon."""
        return self.whole.partition("; ")[0]

    @property
    def whole(self) -> str:
        """The task's last line."""
        if isinstance(self.said, ApiException):
            return str(explain_refusal(self.said, "praxi"))
        if isinstance(self.said, OutOfMemory):
            return explain_memory("predict", *self.said)
        if said := explain_no_start(self.said):
            return f"{said}; check AIRFLOW__PRAXI__POD_IMAGE"
        return explain_end(self.said) or explain_wait(self.said, 600)


_OVER = (
    "exceeded quota: compute, requested: limits.cpu=2, used: limits.cpu={used}, limited: limits.cpu={limited}"
)
FAULTS = (
    Fault("the RoleBinding is missing", no_right("create", "pods"), "POD_NAMESPACE"),
    Fault("no right to read logs", no_right("get", "pods/log"), "POD_NAMESPACE"),
    Fault(
        "wrong namespace",
        refusal(404, 'namespaces "nowhere" not found', "namespaces", reason="NotFound"),
        "POD_NAMESPACE",
    ),
    Fault("credentials refused", refusal(401, "Unauthorized", reason="Unauthorized"), "POD_CONNECTION"),
    Fault(
        "no such service account",
        forbidden('error looking up service account praxi/x: serviceaccount "x" not found'),
        "POD_SERVICE_ACCOUNT",
    ),
    Fault("quota used up for now", forbidden(_OVER.format(used="3", limited="4")), "POD_RESOURCES", True),
    Fault("larger than the quota", forbidden(_OVER.format(used="0", limited="1500m")), "POD_RESOURCES"),
    Fault(
        "the quota wants limits",
        forbidden("failed quota: compute: must specify limits.cpu for: base"),
        "POD_RESOURCES",
    ),
    Fault(
        "beyond a LimitRange",
        forbidden("maximum memory usage per Container is 1Gi, but limit is 2Gi"),
        "POD_RESOURCES",
    ),
    Fault(
        "beyond a LimitRange's ratio",
        forbidden("cpu max limit to request ratio per Container is 2, but provided ratio is 8.000000"),
        "POD_RESOURCES",
    ),
    Fault(
        "a quota that was just made",
        forbidden("status unknown for quota: compute, resources: limits.cpu"),
        "",
        True,
    ),
    Fault(
        "the namespace is being deleted",
        forbidden("unable to create new content in namespace praxi because it is being terminated"),
        "POD_NAMESPACE",
    ),
    Fault(
        "a policy's webhook",
        refusal(403, 'admission webhook "validate.policies" denied the request: every pod has an owner'),
        "POD_TEMPLATE_FILE",
    ),
    Fault(
        "a uid that OpenShift does not allow",
        forbidden("unable to validate against any security context constraint: [provider restricted-v2: ]"),
        "POD_RUN_AS_USER",
    ),
    Fault(
        "Pod Security",
        forbidden('violates PodSecurity "restricted:latest": host namespaces (hostPID=true)'),
        "POD_TEMPLATE_FILE",
    ),
    Fault(
        "an invalid template",
        refusal(
            422, 'Pod "p" is invalid: spec.tolerations[0]: Invalid value', fields=("spec.tolerations[0]",)
        ),
        "POD_*",
    ),
    Fault(
        "unschedulable", unscheduled("0/3 nodes are available: 3 Insufficient cpu."), "POD_RESOURCES", True
    ),
    Fault(
        "the image's host can't be reached",
        waiting("ImagePullBackOff", "dial tcp 10.0.0.1:443: i/o timeout"),
        "POD_IMAGE",
        True,
    ),
    Fault(
        "another image than praxi's",
        never_ran('exec: "praxi": executable file not found in $PATH'),
        "POD_IMAGE",
    ),
    Fault(
        "no room on the node after all",
        pod(reason="OutOfcpu", message="Pod was rejected: Node didn't have enough resource: cpu"),
        "",
        True,
    ),
    Fault(
        "over its deadline",
        pod(reason="DeadlineExceeded", message="was active too long"),
        "POD_DEADLINE",
        True,
    ),
    Fault(
        "evicted",
        pod(reason="Evicted", message="The node was low on resource: memory."),
        "POD_RESOURCES",
        True,
    ),
    Fault("out of memory", OutOfMemory(1 << 30, 2 << 30), "POD_RESOURCES", True),
    Fault(
        "out of memory at the most that a try gets", OutOfMemory(8 << 30, 8 << 30), "POD_MEMORY_MOST", True
    ),
    Fault("drained", disrupted("EvictionByEvictionAPI"), "", True),
    Fault("preempted", disrupted("PreemptionByScheduler"), "", True),
    Fault("node lost", disrupted("DeletionByPodGC"), "", True),
    Fault("deleted by somebody", deleted(ExitCode.TEMPFAIL), "", True),
    Fault(
        "the API server is down",
        refusal(503, "etcdserver: leader changed", reason="ServiceUnavailable"),
        "",
        True,
    ),
)


def table() -> str:
    """Return the faults as a table in Markdown."""
    rows = [
        f"| {fault.name} | {_escaped(fault.last_line)} | {f'`{fault.setting}`' if fault.setting else ''} | "
        f"{'yes' if fault.retried else 'no'} |"
        for fault in FAULTS
    ]
    return "\n".join(("| fault | the task's last line | setting | tried again |", "|---|---|---|---|", *rows))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    print(table())

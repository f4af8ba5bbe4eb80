"""The part of the Kubernetes API that Airflow's pod operator uses, on kmock's server.

kmock parses the requests, serves discovery and renders errors; the pods are this module's own, because they
must be admitted, run, followed and removed.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import kmock

from tests.support.cluster import admission
from tests.support.cluster.kubelet import Kubelet
from tests.support.cluster.logs import lines
from tests.support.cluster.objects import Collection, Manifest
from tests.support.cluster.policies import Policies
from tests.support.cluster.rights import Rights
from tests.support.cluster.selectors import field_selector, label_selector

Answer: TypeAlias = Manifest | AsyncIterator[bytes]
_ENOUGH_SECONDS = 3600.0


class KubernetesApi:
    """Answers requests about pods and events.

    Attributes
    ----------
    handler
        What an HTTP server has to call.
    """

    def __init__(
        self, pods: Collection, events: Collection, kubelet: Kubelet, rights: Rights, policies: Policies
    ) -> None:
        self.handler = kmock.KubernetesScaffold()
        self.pods = pods
        self.events = events
        self.kubelet = kubelet
        self.rights = rights
        self.policies = policies
        self.handler.resources["v1/pods"] = kmock.ResourceInfo(kind="Pod", namespaced=True)
        self.handler[kmock.resource("", "v1", "pods")] << self._serve_pods
        self.handler[kmock.resource("", "v1", "events")] << self._serve_events
        reviews = kmock.resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews")
        self.handler[reviews] << self._review

    async def _serve_pods(self, request: kmock.Request) -> Answer:
        verb = "get" if request.subresource else _verb(request)
        resource = f"pods/{request.subresource}" if request.subresource else "pods"
        self._authorize(verb, resource, request.namespace)
        if verb in {"list", "watch"}:
            return _collection(self.pods, request, watch=verb == "watch")
        if verb == "create":
            return self._create(request)
        pod = self._pod(request)
        if request.subresource == "log":
            return await self._log(request, pod)
        answers: dict[str, Callable[[kmock.Request, Manifest], Manifest]] = {
            "get": lambda _, found: found,
            "patch": self._patch,
            "delete": self._delete,
        }
        return answers[verb](request, pod)

    async def _serve_events(self, request: kmock.Request) -> Answer:
        verb = _verb(request)
        self._authorize(verb, "events", request.namespace)
        return _collection(self.events, request, watch=verb == "watch")

    async def _review(self, request: kmock.Request) -> Answer:
        """Say whether whoever asks may do something; everybody may ask."""
        asked = request.data["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
        allowed = self.rights.allows(asked["verb"], resource)
        return {**request.data, "metadata": {}, "status": {"allowed": allowed}}

    def _authorize(self, verb: str, resource: str, namespace: str | None) -> None:
        if refusal := self.rights.refusal(verb, resource, namespace or ""):
            raise _error(403, "Forbidden", refusal)

    def _create(self, request: kmock.Request) -> Manifest:
        namespace = request.namespace or "default"
        pod = request.data
        name = (pod.get("metadata") or {}).get("name", "") if isinstance(pod, dict) else ""
        where = f'pods "{name}"'
        if namespace not in self.rights.namespaces:
            raise _error(404, "NotFound", f'namespaces "{namespace}" not found', "namespaces")
        if not isinstance(pod, dict) or not isinstance(pod.get("spec"), dict):
            raise _error(400, "BadRequest", "the request's body is not a Pod")
        # In the order of a real server's: what may change an object looks at it before it is validated.
        if problem := self.rights.service_account_problem(namespace, pod["spec"]):
            raise _error(403, "Forbidden", f"{where} is forbidden: {problem}")
        if found := admission.problems({"kind": "Pod", "apiVersion": "v1", **pod}):
            if "PodSecurity" in found[0]:
                raise _error(403, "Forbidden", f"{where} is forbidden: {', '.join(found)}")
            raise _invalid(name, ", ".join(found))
        living = [each for each in self.pods if each["status"]["phase"] in {"Pending", "Running"}]
        others = [each for each in living if each["metadata"]["namespace"] == namespace]
        if problem := self.policies.refusal(namespace, pod, others):
            raise _error(403, "Forbidden", f"{where} is forbidden: {problem}")
        if (namespace, name) in self.pods:
            raise _error(409, "AlreadyExists", f"{where} already exists")
        accepted = {**self.rights.assign_uid(namespace, pod), "status": {"phase": "Pending"}}
        stored = self.pods.add(namespace, accepted)
        self.kubelet.accept(stored)
        return stored

    def _pod(self, request: kmock.Request) -> Manifest:
        pod = self.pods.find(request.namespace or "default", request.name or "")
        if pod is None:
            raise _error(404, "NotFound", f'pods "{request.name}" not found')
        return pod

    def _patch(self, request: kmock.Request, pod: Manifest) -> Manifest:
        changed = copy.deepcopy(pod)
        _merge(changed, request.data)
        if changed["spec"] != pod["spec"]:
            raise _invalid(request.name, "spec: Forbidden: pod updates may not change fields other than …")
        _merge(pod, request.data)
        self.pods.touch(pod)
        return pod

    def _delete(self, request: kmock.Request, pod: Manifest) -> Manifest:
        options = request.data if isinstance(request.data, dict) else {}
        asked = request.params.get("gracePeriodSeconds", options.get("gracePeriodSeconds"))
        own = pod["spec"].get("terminationGracePeriodSeconds")
        grace = asked if asked is not None else own
        self.kubelet.delete(pod, grace=None if grace is None else int(grace))
        return pod

    async def _log(self, request: kmock.Request, pod: Manifest) -> AsyncIterator[bytes]:
        container = request.params.get("container") or pod["spec"]["containers"][0]["name"]
        if container not in {each["name"] for each in admission.containers(pod)}:
            message = f"container {container} is not valid for pod {request.name}"
            raise _error(400, "BadRequest", message)
        if "nodeName" not in pod["spec"]:  # whoever asks gets an empty log
            return _nothing()
        path = await self.kubelet.log_file(pod, container)
        if path is None or not path.exists():
            raise _error(
                400, "BadRequest", f'container "{container}" in pod "{request.name}" is waiting to start'
            )
        since = request.params.get("sinceSeconds")
        limit = int(request.params.get("limitBytes") or sys.maxsize)

        async def stream() -> AsyncIterator[bytes]:
            yield b""  # makes the server send its headers now
            left = limit
            async for line in lines(
                path,
                timestamps=_truth(request, "timestamps"),
                since=timedelta(seconds=int(since)) if since else None,
                running=lambda: _truth(request, "follow") and self.kubelet.writes(pod),
            ):
                yield line[:left]
                left -= len(line)
                if left <= 0:
                    return

        return stream()


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


def _verb(request: kmock.Request) -> str:
    if request.method == "GET" and _truth(request, "watch"):
        return "watch"
    if request.method == "GET":
        return "get" if request.name else "list"
    verbs = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}
    if request.method.value not in verbs or (request.name is None) is (request.method != "POST"):
        raise _error(405, "MethodNotAllowed", "this cluster does not serve that")
    return verbs[request.method.value]


def _truth(request: kmock.Request, parameter: str) -> bool:
    """Read a flag: Python's client sends ``True``."""
    return request.params.get(parameter, "").lower() in {"true", "1"}


def _collection(collection: Collection, request: kmock.Request, *, watch: bool) -> Answer:
    try:
        labels = label_selector(request.params.get("labelSelector", ""))
        fields = field_selector(request.params.get("fieldSelector", ""), collection.kind)
    except ValueError as error:
        raise _error(400, "BadRequest", str(error)) from error

    def selected(manifest: Manifest) -> bool:
        return labels(manifest) and fields(manifest)

    if not watch:
        return collection.listing(request.namespace, selected)
    seconds = float(request.params.get("timeoutSeconds") or _ENOUGH_SECONDS)

    async def stream() -> AsyncIterator[bytes]:
        yield b""
        async for event in collection.watch(request.namespace, selected, seconds):
            yield json.dumps(event).encode() + b"\n"

    return stream()


def _merge(target: dict[str, Any], change: dict[str, Any]) -> None:
    """Apply a JSON merge patch (RFC 7396) in place."""
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value


def _invalid(name: str | None, why: str) -> kmock.KubernetesError:
    return _error(422, "Invalid", f'Pod "{name or ""}" is invalid: {why}')


def _error(code: int, reason: str, message: str, kind: str = "pods") -> kmock.KubernetesError:
    return kmock.KubernetesError(status=code, reason=reason, message=message, details={"kind": kind})

"""The test cluster as one object: started, filled, broken on purpose, looked at, stopped."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.support.cluster import status
from tests.support.cluster.api import KubernetesApi
from tests.support.cluster.eviction import NodeIsKeptError, drain_problems, scale_down_problems
from tests.support.cluster.gate import Gate
from tests.support.cluster.kubeconfig import write_kubeconfig
from tests.support.cluster.kubelet import Kubelet, machine_name
from tests.support.cluster.objects import Collection, Manifest, timestamp
from tests.support.cluster.podman import Podman
from tests.support.cluster.policies import Policies
from tests.support.cluster.rights import Rights
from tests.support.cluster.timing import PodTimes
from tests.support.cluster.volumes import Lookup
from tests.support.loop import LoopThread, serve


class Cluster:
    """A cluster of one node that listens on 127.0.0.1; a context manager.

    Parameters
    ----------
    folder
        For the kubeconfig and the pods' volumes; must be readable by every user.
    host
        The address to listen on.
    """

    def __init__(self, folder: Path, *, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host
        self.url = ""
        self.rights = Rights()
        self.policies = Policies()
        self.podman = Podman(folder)
        self._objects: dict[tuple[str, str, str], Mapping[str, str]] = {}
        self._pods = Collection("Pod")
        self._events = Collection("Event")
        self._kubelet = Kubelet(self.podman, folder / "pods", self._pods, self._record, self._lookup)
        self._api = KubernetesApi(self._pods, self._events, self._kubelet, self.rights, self.policies)
        self.gate = Gate(self._api.handler)
        self._thread = LoopThread("test-cluster")
        self._runner: web.ServerRunner | None = None
        self.history: list[Manifest] = []

    def __enter__(self) -> Self:
        self._thread.do(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.do(self._close())
        self._thread.close()

    def add_namespace(self, name: str, *service_accounts: str) -> None:
        """Create a namespace with the default service account, and these."""
        self.rights.namespaces[name] = {"default", *service_accounts}

    def add_secret(self, namespace: str, name: str, data: Mapping[str, str]) -> None:
        """Create a Secret."""
        self._objects["secret", namespace, name] = dict(data)

    def add_configmap(self, namespace: str, name: str, data: Mapping[str, str]) -> None:
        """Create a ConfigMap."""
        self._objects["configmap", namespace, name] = dict(data)

    def configmap(self, namespace: str, name: str) -> Mapping[str, str] | None:
        """Return what is in a ConfigMap, if there is one."""
        return self._objects.get(("configmap", namespace, name))

    def kubeconfig(self, *, namespace: str = "default") -> Path:
        """Write a kubeconfig for this cluster and return its path."""
        return write_kubeconfig(self.folder / "kubeconfig.yaml", self.url, namespace=namespace)

    def pods(self, namespace: str | None = None) -> list[Manifest]:
        """Return the pods that the API server knows now."""
        return self._pods.select(namespace, lambda _: True)

    def left(self) -> list[Manifest]:
        """Return the pods that are left when all is gone that was deleted."""
        self._thread.do(self._kubelet.deleted())
        return self.pods()

    def times(self, pod: Manifest) -> PodTimes | None:
        """Return when the life of a pod went on, if its containers were seen to end."""
        return self._kubelet.times.get(pod["metadata"]["uid"])

    def events(self, reason: str) -> list[Manifest]:
        """Return the events recorded for a reason."""
        return self._events.select(None, lambda event: event["reason"] == reason)

    def containers(self) -> list[str]:
        """Return the podman pods of this cluster that still exist on the machine."""
        names = self._thread.do(self.podman.run("pod", "ps", "--format", "{{.Name}}")).split()
        mine = {machine_name(pod) for pod in self.history}
        return [name for name in names if name in mine]

    # Faults.

    def evict(self, pod: Manifest) -> None:
        """End a running pod as a node under pressure does."""
        self._thread.do(self._end(pod, "Evicted", "The node was low on resource: memory."))

    def drain(self, *, force: bool = False, delete_emptydir_data: bool = False) -> None:
        """Empty the node as ``kubectl drain`` does, and go on with an empty one.

        Raises
        ------
        NodeIsKeptError
            If its pods need one of the options.
        """
        options = {"force": force, "delete_emptydir_data": delete_emptydir_data}
        self._empty(drain_problems(self._running(), **options))

    def scale_down(self) -> None:
        """Empty the node as the cluster autoscaler does.

        Raises
        ------
        NodeIsKeptError
            If it has a pod that keeps it.
        """
        self._empty(scale_down_problems(self._running()))

    def delete(self, pod: Manifest) -> None:
        """Delete a pod as a person does."""
        self._thread.call(lambda: self._kubelet.delete(pod))

    def kill_out_of_memory(self, pod: Manifest) -> None:
        """End a running pod as the kernel's OOM killer does."""
        self._thread.do(self._end(pod, "", "", container_reason="OOMKilled"))

    def lose_node(self, pod: Manifest) -> None:
        """Lose the pod's node: the containers die and the object is gone from the API."""
        self._thread.do(self._lose(pod))

    def freeze(self, task: str) -> None:
        """Let every pod of an Airflow task stand still as soon as it runs, until :meth:`thaw`."""
        self._thread.call(self._kubelet.thawed.clear)
        self._kubelet.frozen_task = task

    def thaw(self) -> None:
        """Let frozen pods go on."""
        self._kubelet.frozen_task = ""
        self._thread.call(self._kubelet.thawed.set)

    def fail_pulls(self, problem: str) -> None:
        """Let every image pull fail with these words, until they are empty."""
        self._kubelet.pull_problem = problem

    def refuse_requests(self, seconds: float, statuses: Sequence[int]) -> None:
        """Let the API server answer everything with these statuses for a while."""
        self.gate.refuse(seconds, statuses)

    def cut_log(self, pod: Manifest) -> bool:
        """Break the stream of a pod's log; return whether somebody reads it."""
        return self._thread.do(self.gate.cut(pod["metadata"]["name"]))

    def log_streams(self, pod: Manifest) -> int:
        """Return how often a pod's log was asked for."""
        return self.gate.streams(pod["metadata"]["name"])

    # Inside.

    async def _open(self) -> None:
        await self._api.handler.__aenter__()
        self._runner, port = await serve(self.gate, self.host)
        self.url = f"http://{self.host}:{port}"

    async def _close(self) -> None:
        await self._kubelet.close()
        for collection in (self._pods, self._events):
            collection.end_watches()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._api.handler.__aexit__(None, None, None)

    async def _end(self, pod: Manifest, reason: str, message: str, *, container_reason: str = "") -> None:
        # A node tells first: nobody may find the container gone and its end untold.
        status.terminated(pod, [137] * len(pod["spec"]["containers"]), reason=container_reason)
        if reason:
            status.failed(pod, reason, message)
            self._record(pod, reason, message)
        self._pods.touch(pod)
        await self._kubelet.stop(pod)

    def _running(self) -> list[Manifest]:
        return [pod for pod in self.pods() if pod["status"]["phase"] in {"Pending", "Running"}]

    def _empty(self, problems: Iterable[str]) -> None:
        if found := "; ".join(problems):
            raise NodeIsKeptError(found)
        for pod in self._running():
            self._thread.call(partial(self._evict, pod))

    def _evict(self, pod: Manifest) -> None:
        status.disrupted(pod, "EvictionByEvictionAPI", "Eviction API: evicting")
        self._kubelet.delete(pod, grace=pod["spec"].get("terminationGracePeriodSeconds"))

    async def _lose(self, pod: Manifest) -> None:
        self._pods.remove(pod)  # first, or somebody would find the object without its containers
        await self._kubelet.stop(pod)

    def _record(self, pod: Manifest, reason: str, message: str) -> None:
        if reason == "Scheduled":
            self.history.append(pod)
        metadata = pod["metadata"]
        warning = reason in {"Failed", "FailedMount", "FailedScheduling", "Evicted"}
        self._events.add(
            metadata["namespace"],
            {
                "metadata": {"name": f"{metadata['name']}.{uuid.uuid4().hex[:12]}"},
                "involvedObject": {"kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]},
                "reason": reason,
                "message": message,
                "type": "Warning" if warning else "Normal",
                "lastTimestamp": timestamp(),
            },
        )

    def _lookup(self, namespace: str) -> Lookup:
        return lambda kind, name: self._objects.get((kind, namespace, name))

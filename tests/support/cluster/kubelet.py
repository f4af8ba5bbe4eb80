"""The cluster's one node: runs the pods that the API server accepted, with podman."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tests.support.cluster import status
from tests.support.cluster.objects import Collection, Manifest, timestamp
from tests.support.cluster.podman import Podman, PodmanError
from tests.support.cluster.timing import PodTimes, pod_times
from tests.support.cluster.volumes import Lookup, MissingObjectError, MissingVolumeError, materialize

DEFAULT_GRACE: Final = 30
LAG: Final = 0.4
"""Seconds by which a node tells later that a container has ended; its log ends at once."""
_LOOKS: Final = "50ms"  # podman's pause between two looks at whether a container has ended
_TOLD: Final = 5.0  # seconds within which a node tells how a container ended that was stopped
_HANDED_OVER: Final = (
    "containers",
    "initContainers",
    "volumes",
    "restartPolicy",
    "securityContext",
    "terminationGracePeriodSeconds",
)


class Kubelet:
    """Starts a pod, tells how it fares, and removes it.

    Parameters
    ----------
    pods
        The API server's pods; their status is written by the node alone.
    record
        Called as ``record(pod, reason, message)`` for what becomes an Event.
    lookup
        Finds a namespace's Secrets and ConfigMaps.

    Attributes
    ----------
    times
        When the lives of pods that ended by themselves went on, by the pod's uid.
    """

    labels: Final = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}

    def __init__(
        self,
        podman: Podman,
        folder: Path,
        pods: Collection,
        record: Callable[[Manifest, str, str], None],
        lookup: Callable[[str], Lookup],
    ) -> None:
        self.podman = podman
        self.pull_problem = ""
        self.frozen_task = ""
        self.thawed = asyncio.Event()
        self._folder = folder
        self._pods = pods
        self._record = record
        self._lookup = lookup
        self.times: dict[str, PodTimes] = {}
        self._accepted: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended: set[str] = set()
        self._ends: dict[str, asyncio.Task[None]] = {}

    def accept(self, pod: Manifest) -> None:
        """Begin to run a pod in the background."""
        status.pending(pod, scheduled=self._schedulable(pod))
        self._accepted[pod["metadata"]["uid"]] = time.time()
        self._tasks[pod["metadata"]["uid"]] = asyncio.create_task(self._live(pod))

    def delete(self, pod: Manifest, *, grace: int | None = None) -> None:
        """Begin to delete a pod, once: in the background it ends, and then its object goes."""
        if "deletionTimestamp" not in pod["metadata"]:
            pod["metadata"]["deletionTimestamp"] = timestamp()
            self._pods.touch(pod)
            uid, seconds = pod["metadata"]["uid"], DEFAULT_GRACE if grace is None else grace
            self._ends[uid] = asyncio.create_task(self._end(pod, seconds))

    async def deleted(self) -> None:
        """Wait until all is gone of which the deletion has begun."""
        await asyncio.gather(*self._ends.values())

    async def _end(self, pod: Manifest, grace: int) -> None:
        """Ask a pod to end, tell how it did, remove its containers, and then the object."""
        if pod["status"]["phase"] == "Running":
            self._record(pod, "Killing", "Stopping container base")
            await self._ask_to_end(pod, grace)
        await self.stop(pod)
        self._pods.remove(pod)

    async def _ask_to_end(self, pod: Manifest, grace: int) -> None:
        """Let the containers end by themselves, and what watches them tell of it, as a node does."""
        with suppress(PodmanError):  # somebody removed it from the machine
            await self.podman.run("pod", "stop", "--time", str(grace), machine_name(pod))
        if task := self._tasks.get(pod["metadata"]["uid"]):
            await asyncio.wait([task], timeout=_TOLD)

    async def stop(self, pod: Manifest) -> None:
        """Stop a pod's containers and forget about them; its status stays what it is."""
        if task := self._tasks.pop(pod["metadata"]["uid"], None):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.podman.remove_pod(machine_name(pod))
        self._ended.add(pod["metadata"]["uid"])
        shutil.rmtree(self._folder / pod["metadata"]["uid"], ignore_errors=True)

    async def log_file(self, pod: Manifest, container: str) -> Path | None:
        """Return where the container's log is written, or None before it starts."""
        try:
            known = await self.podman.inspect(f"{machine_name(pod)}-{container}")
        except PodmanError:
            return None
        return Path(known["HostConfig"]["LogConfig"]["Path"])

    def writes(self, pod: Manifest) -> bool:
        """Return whether a pod's containers may still write to their logs."""
        return pod["status"]["phase"] == "Running" and pod["metadata"]["uid"] not in self._ended

    async def close(self) -> None:
        """Stop everything."""
        begun = [*self._ends.values(), *self._tasks.values()]
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        for pod in self._pods:
            await self.podman.remove_pod(machine_name(pod))

    def _schedulable(self, pod: Manifest) -> bool:
        wanted = pod["spec"].get("nodeSelector") or {}
        return all(self.labels.get(label) == value for label, value in wanted.items())

    async def _live(self, pod: Manifest) -> None:
        if not self._schedulable(pod):
            self._record(pod, "FailedScheduling", "0/1 nodes are available: node(s) didn't match selector")
            return
        pod["spec"]["nodeName"] = "node-1"
        self._record(pod, "Scheduled", "Successfully assigned the pod to node-1")
        try:
            await self._pull(pod)
            await self._start(pod)
        except PodmanError as error:
            self._record(pod, "Failed", str(error))
            status.waiting(pod, "CreateContainerError", str(error))
            self._pods.touch(pod)
            return
        try:
            await self._watch(pod)
        except PodmanError as error:  # somebody removed it from the machine
            self._record(pod, "Failed", str(error))
            self._ended.add(pod["metadata"]["uid"])
            status.terminated(pod, [137] * len(pod["spec"]["containers"]), reason="ContainerStatusUnknown")
            self._pods.touch(pod)

    async def _pull(self, pod: Manifest) -> None:
        image = pod["spec"]["containers"][0]["image"]
        while problem := self.pull_problem or await self._missing(image):
            # Nodes begin so whatever fails, but where a registry says that there is no such image.
            said = f'rpc error: code = Unknown desc = failed to pull and unpack image "{image}": {problem}'
            self._record(pod, "Failed", f'Failed to pull image "{image}": {said}')
            status.waiting(pod, "ErrImagePull", said)
            self._pods.touch(pod)
            await asyncio.sleep(1)
            status.waiting(pod, "ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {said}')
            self._pods.touch(pod)
            await asyncio.sleep(1)

    async def _missing(self, image: str) -> str:
        if await self.podman.has_image(image):
            return ""
        try:
            await self.podman.run("pull", "--quiet", "--tls-verify=false", image)
        except PodmanError as error:
            return f"manifest unknown or registry unreachable: {str(error).splitlines()[-1]}"
        return ""

    async def _start(self, pod: Manifest) -> None:
        ready = await self._prepare(pod)
        frozen = self.frozen_task and pod["metadata"]["labels"].get("task_id") == self.frozen_task
        begin = f"--start={'false' if frozen else 'true'}"
        play = ("kube", "play", "--quiet", "--network=host", begin, "-")
        await _whole(self.podman.run(*play, stdin=_playable(ready)))
        if frozen:
            await self._make_logs(pod)
        status.running(pod)
        self._pods.touch(pod)
        self._record(pod, "Started", "Started container base")
        if frozen:  # before its first instruction: what it would wait for meanwhile could time out
            await self.thawed.wait()
            await self.podman.run("pod", "start", machine_name(pod))

    async def _make_logs(self, pod: Manifest) -> None:
        for container in pod["spec"]["containers"]:
            if log := await self.log_file(pod, container["name"]):
                log.touch()

    async def _prepare(self, pod: Manifest) -> Manifest:
        """Return the pod with all it mounts and is told, as soon as that is there."""
        folder = self._folder / pod["metadata"]["uid"]
        lookup = self._lookup(pod["metadata"]["namespace"])
        while True:
            try:
                return materialize(pod, folder, lookup)
            except MissingVolumeError as error:
                self._record(pod, "FailedMount", str(error))
                status.waiting(pod, "ContainerCreating", "")
            except MissingObjectError as error:
                self._record(pod, "Failed", f"Error: {error}")
                status.waiting(pod, "CreateContainerConfigError", str(error))
            self._pods.touch(pod)
            await asyncio.sleep(1)

    async def _watch(self, pod: Manifest) -> None:
        names = [f"{machine_name(pod)}-{each['name']}" for each in pod["spec"]["containers"]]
        deadline = pod["spec"].get("activeDeadlineSeconds")
        try:
            async with asyncio.timeout(deadline):
                codes = (await self.podman.run("wait", "--interval", _LOOKS, *names)).split()
        except TimeoutError:
            await self.podman.run("pod", "kill", machine_name(pod))
            status.failed(pod, "DeadlineExceeded", "Pod was active on the node longer than its deadline")
            codes = ["137"] * len(names)
        uid = pod["metadata"]["uid"]
        self._ended.add(uid)
        states = [(await self.podman.inspect(name))["State"] for name in names]
        killed = any(state.get("OOMKilled", False) for state in states)
        await asyncio.sleep(LAG)
        self.times[uid] = pod_times(self._accepted[uid], states, time.time())
        status.terminated(pod, map(int, codes), reason="OOMKilled" if killed else "")
        self._pods.touch(pod)


async def _whole(work: Coroutine[Any, Any, object]) -> None:
    """Do something to its end, also if whoever wants it is ended: half of it would be left on the machine."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def machine_name(pod: Manifest) -> str:
    """Return the name of podman's pod: unique on the machine, even among clusters."""
    return f"praxi-{pod['metadata']['uid']}"


def _playable(pod: Manifest) -> str:
    spec: dict[str, Any] = {key: pod["spec"][key] for key in _HANDED_OVER if pod["spec"].get(key)}
    # What a test's pods ask for must not starve the machine that runs the tests.
    for container in spec["containers"]:
        container.get("resources", {}).pop("requests", None)
        container["imagePullPolicy"] = "IfNotPresent"
    metadata = {"name": machine_name(pod), "labels": {"praxi-test": pod["metadata"]["namespace"]}}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})

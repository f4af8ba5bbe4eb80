"""The command as a pod, by Airflow's own KubernetesPodOperator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.hooks import connected_store
from praxi_airflow.runners.cluster_check import require_cluster
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.isolated_pods import isolated_settings, log_reader
from praxi_airflow.runners.last_seen import last_seen
from praxi_airflow.runners.leftovers import STORE_LABEL, store_label
from praxi_airflow.runners.manifest import CONTAINER, pod_manifest
from praxi_airflow.runners.pod_ends import explain_end, explain_memory, explain_no_start
from praxi_airflow.runners.pod_failures import explain_failure
from praxi_airflow.runners.pod_records import record_pod
from praxi_airflow.runners.pod_resources import (
    batch_bytes,
    memory_limit,
    memory_wanted,
    note_out_of_memory,
)
from praxi_airflow.settings import Settings
from praxi_tasks.errors import ExitCode
from praxi_tasks.store import keys

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from airflow.sdk import BaseOperator

_VARIABLE: Final = "AIRFLOW__PRAXI__POD_"
_READER: Final = "fingerprint"
"""The one command whose batches are layers to read."""


class PodRunner:
    """Runs commands as pods, on behalf of the task ``operator``.

    Nothing of Kubernetes is imported before a pod is built: it costs seconds.
    """

    def __init__(self, settings: Settings, operator: BaseOperator) -> None:
        self._settings = settings
        self._operator = operator
        self._pod: KubernetesPodOperator | None = None

    def run(self, command: Command, context: Mapping[str, Any]) -> int:
        """Start the pod, or find the one that an earlier try started, and return its exit code.

        Raises
        ------
        TaskDeferred
            If the setting ``pod_deferrable`` is on.
        SettingsError
            If the cluster will never run this pod as it is.
        RetryableTaskError
            If the pod was lost, evicted, ran out of memory or could not be started in time.
        """
        pod = self._pod = self.operator_for(command)
        start = pod.execute_async if self._settings.pods.deferrable else pod.execute_sync

        def work() -> None:
            require_cluster(pod)
            start(_mutable(context))

        return self._outcome(pod, command, context, work)

    def resume(self, command: Command, context: Mapping[str, Any], event: Mapping[str, Any]) -> int:
        """Go on with the pod that ``event`` names; see :meth:`run`."""
        pod = self._pod = self.operator_for(command)
        return self._outcome(
            pod, command, context, lambda: pod.trigger_reentry(_mutable(context), dict(event))
        )

    def kill(self) -> None:
        """Delete the pod."""
        if self._pod is not None:
            self._pod.on_kill()

    def operator_for(self, command: Command) -> KubernetesPodOperator:
        """Return Airflow's operator for the command's pod."""
        from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator

        from praxi_airflow.runners.observed_pod import ObservedPodOperator

        settings = self._settings
        pods = isolated_settings(settings) if command.isolated else settings.pods.of(command.name)
        memory = 0 if command.isolated else self._memory(command)
        manifest = pod_manifest(pods, command, self._labels(command), self._size(command), memory)
        return ObservedPodOperator(
            task_id=self._operator.task_id,
            execution_timeout=self._operator.execution_timeout,
            kubernetes_conn_id=pods.connection or None,
            namespace=pods.namespace,
            name=manifest["metadata"]["name"],
            labels=manifest["metadata"]["labels"],
            full_pod_spec=PodGenerator.deserialize_model_dict(manifest),
            pod_template_file=pods.template_file or None,
            automount_service_account_token=False,
            termination_message_policy="FallbackToLogsOnError",
            base_container_name=CONTAINER,
            container_name_log_prefix_enabled=False,
            get_logs=not command.isolated,
            deferrable=pods.deferrable,
            defer_after=pods.defer_after,
            durable=True,
            do_xcom_push=False,
            on_finish_action="delete_pod",
            on_kill_action="delete_pod",
            log_events_on_failure=True,
            log_pod_spec_on_failure=False,
            startup_timeout_seconds=pods.startup_timeout,
            schedule_timeout_seconds=pods.startup_timeout,
            startup_check_interval_seconds=2,
            callbacks=[self._start_check, *([log_reader(command.listen)] if command.isolated else [])],
        )

    @cached_property
    def _start_check(self) -> Any:
        from praxi_airflow.runners.pod_start import start_check

        return start_check()

    def _outcome(
        self,
        pod: KubernetesPodOperator,
        command: Command,
        context: Mapping[str, Any],
        work: Callable[[], object],
    ) -> int:
        try:
            work()
        except Exception as error:
            record_pod(self._settings, command, context, pod, error)
            self._learn_from(pod, command)
            code = _exit_code(pod)
            last = last_seen(pod)
            if code is not None and not explain_end(last) and not explain_no_start(last):
                return code
            raise explain_failure(error, pod, self._settings.pods.startup_timeout) from error
        record_pod(self._settings, command, context, pod)
        return ExitCode.OK

    def _labels(self, command: Command) -> dict[str, str]:
        from airflow.providers.cncf.kubernetes.pod_generator import make_safe_label_value

        labels = {
            "praxi/run": command.run,
            "praxi/task": self._operator.task_id,
            STORE_LABEL: store_label(self._settings),
        }
        if command.batch is not None:
            labels["praxi/batch"] = str(command.batch)
        return {name: make_safe_label_value(value) for name, value in labels.items()}

    def _learn_from(self, pod: KubernetesPodOperator, command: Command) -> None:
        """Give the next try more memory, if the pod ran out of it.

        Raises
        ------
        RetryableTaskError
            If it did.
        """
        last = last_seen(pod)
        limit = memory_limit(last, CONTAINER) if last is not None else 0
        if not limit:
            return
        name = " ".join(command.name)
        if command.isolated:
            raise RetryableTaskError(explain_memory(name, limit, None))
        store, key = connected_store(self._settings), self._memory_key(command)
        note_out_of_memory(store, key, limit)
        more = memory_wanted(store, key, self._settings.pods.memory_most)
        raise RetryableTaskError(explain_memory(name, limit, more))

    def _memory(self, command: Command) -> int:
        store = connected_store(self._settings)
        return memory_wanted(store, self._memory_key(command), self._settings.pods.memory_most)

    def _memory_key(self, command: Command) -> str:
        number = 0 if command.batch is None else command.batch
        name = f"memory/{'-'.join(command.name)}-{number}.json"
        place = keys.training_run if command.arguments[0] == "learn" else keys.run
        return place(command.run, name)

    def _size(self, command: Command) -> int:
        if command.batch is None or command.arguments[0] != _READER:
            return 0
        return batch_bytes(connected_store(self._settings), command.run, command.batch)


def _exit_code(pod: KubernetesPodOperator) -> int | None:
    """Return the exit code of the pod's container, if it ended by itself; None if it was lost."""
    last = last_seen(pod)
    statuses = (last.status and last.status.container_statuses) or [] if last is not None else []
    for status in statuses:
        if status.name == CONTAINER and status.state and status.state.terminated:
            return int(status.state.terminated.exit_code)
    return None


def _mutable(context: Mapping[str, Any]) -> Any:
    return context if isinstance(context, dict) else dict(context)

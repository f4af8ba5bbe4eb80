"""The settings of pods: where they run, as whom, and how they look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from praxi_airflow.settings.section import Section

CA_CONFIG_MAP: Final = "praxi-ca"


@dataclass(frozen=True, kw_only=True)
class PodSettings:
    """How pods look; every field is the setting ``pod_<name>``.

    Attributes
    ----------
    namespace, service_account, image, pull_secrets
        Where and as whom pods run, and the task image, best by digest.
    connection
        The Airflow connection to the cluster; empty for the worker's own cluster or kubeconfig.
    environment_secrets
        Secrets whose keys become environment variables: the store's credentials.
    command_environment_secrets, command_service_accounts
        The same two for single commands, instead of the general ones: ``fingerprint``, ``learn train``.
    registry_secret
        A Secret of type ``kubernetes.io/dockerconfigjson`` for the registries to audit.
    ca_config_map
        A ConfigMap with the key ``ca-bundle.crt``: certificates to trust beside the public ones; by default
        ``praxi-ca`` where the setting ``ca_bundle`` is given.
    proxies
        Whether pods get the variables of proxies that Airflow's side has.
    node_selector, tolerations, affinity
        As in a pod's specification, in JSON.
    template_file
        A pod manifest that the operator's own is laid over.
    resources
        Requests and limits by command (``fingerprint``, ``learn train``; ``*`` is all of them), in JSON; what
        is not given follows from what the command reads.
    memory_most
        The most memory that a pod gets after its command ran out of it.
    scratch_limit
        Size limit of the scratch volume.
    run_as_user
        The uid to run as; -1 leaves it to the cluster (OpenShift picks a random one).
    deferrable
        Whether a waiting task gives its worker slot back.
    defer_after
        After how many seconds of a pod's life it does; what ends before is cheaper to wait for.
    build_service_account, build_runtime_class
        As whom builds of source distributions run, best a service account without any rights, and the
        runtime class that sandboxes them; empty for the cluster's own.
    startup_timeout, deadline
        Longest wait for a pod to start, and longest life of one, in seconds.
    """

    namespace: str = "praxi"
    service_account: str = "default"
    image: str = ""
    pull_secrets: tuple[str, ...] = ()
    connection: str = ""
    environment_secrets: tuple[str, ...] = ()
    command_environment_secrets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    command_service_accounts: dict[str, str] = field(default_factory=dict)
    registry_secret: str = ""
    ca_config_map: str = ""
    proxies: bool = True
    node_selector: dict[str, Any] = field(default_factory=dict)
    tolerations: list[Any] = field(default_factory=list)
    affinity: dict[str, Any] = field(default_factory=dict)
    template_file: str = ""
    resources: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    memory_most: str = "8Gi"
    scratch_limit: str = "10Gi"
    run_as_user: int = 65532
    deferrable: bool = False
    defer_after: int = 60
    build_service_account: str = "default"
    build_runtime_class: str = ""
    startup_timeout: int = 600
    deadline: int = 7200

    def of(self, command: Sequence[str]) -> PodSettings:
        """Return how the pod of one command looks: with the Secrets and the identity of that command.

        Parameters
        ----------
        command
            The command and, if it has one, its subcommand: what is given for both goes before what is given
            for the command alone.
        """
        names = [" ".join(command[:length]) for length in range(1, len(command) + 1)]
        secrets, account = self.environment_secrets, self.service_account
        for name in names:
            secrets = self.command_environment_secrets.get(name, secrets)
            account = self.command_service_accounts.get(name, account)
        return replace(self, environment_secrets=secrets, service_account=account)

    def resources_of(self, command: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the requests and limits that are given for a command, the closest to it last."""
        given: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
        for name in ("*", *(" ".join(command[:length]) for length in range(1, len(command) + 1))):
            for side, quantities in self.resources.get(name, {}).items():
                given[side] |= quantities
        return given


def load_pod_settings(section: Section, *, needed: bool, has_authorities: bool = False) -> PodSettings:
    """Read and check these settings.

    Parameters
    ----------
    needed
        Whether there must be an image.
    has_authorities
        Whether a CA bundle is set, which pods then have from a ConfigMap.

    Raises
    ------
    SettingsError
        Naming the setting that can't be right, and what it should be.
    """
    default = PodSettings()
    image = section.text("pod_image", "")
    if needed and not image:
        raise section.wrong("pod_image", "is empty", "name the task image, best by digest")
    return PodSettings(
        namespace=section.dns_name("pod_namespace", default.namespace),
        service_account=section.dns_name("pod_service_account", default.service_account),
        image=image,
        pull_secrets=section.dns_names("pod_pull_secrets"),
        connection=section.text("pod_connection", ""),
        environment_secrets=section.dns_names("pod_environment_secrets"),
        command_environment_secrets=section.dns_names_of("pod_command_environment_secrets"),
        command_service_accounts={
            command: names[0]
            for command, names in section.dns_names_of("pod_command_service_accounts", most=1).items()
        },
        registry_secret=section.dns_name("pod_registry_secret", ""),
        ca_config_map=section.dns_name("pod_ca_config_map", CA_CONFIG_MAP if has_authorities else ""),
        proxies=section.boolean("pod_proxies", default=default.proxies),
        node_selector=section.mapping("pod_node_selector"),
        tolerations=section.sequence("pod_tolerations"),
        affinity=section.mapping("pod_affinity"),
        template_file=section.file("pod_template_file"),
        resources=section.resources_of("pod_resources"),
        memory_most=section.quantity("pod_memory_most", default.memory_most),
        scratch_limit=section.quantity("pod_scratch_limit", default.scratch_limit),
        run_as_user=section.integer("pod_run_as_user", default.run_as_user, least=-1, not_zero=True),
        deferrable=section.boolean("pod_deferrable", default=default.deferrable),
        defer_after=section.integer("pod_defer_after", default.defer_after, least=0),
        build_service_account=section.dns_name("pod_build_service_account", default.build_service_account),
        build_runtime_class=section.dns_name("pod_build_runtime_class", ""),
        startup_timeout=section.integer("pod_startup_timeout", default.startup_timeout, least=1),
        deadline=section.integer("pod_deadline", default.deadline, least=1),
    )

"""Which platform each node has, and so each pod: what a multi-platform image was run as.

kube-state-metrics tells a node's labels where ``--metric-labels-allowlist`` lets it. Without them the name of
the node's kernel often ends with its architecture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from praxi_airflow.sources.queries import own_label

NODE_LABELS: Final = "kube_node_labels"
NODE_INFO: Final = "kube_node_info"
POD_INFO: Final = "kube_pod_info"
_ARCHITECTURE: Final = ("label_kubernetes_io_arch", "label_beta_kubernetes_io_arch", "architecture")
_SYSTEM: Final = ("label_kubernetes_io_os", "label_beta_kubernetes_io_os", "operating_system")
LABELS: Final = ("node", "exported_node", *_ARCHITECTURE, *_SYSTEM, "kernel_version")
POD_LABELS: Final = ("namespace", "pod", "uid", "node", "exported_node")
_KERNEL: Final = re.compile(r"[.+_-](x86_64|amd64|aarch64|arm64|ppc64le|s390x|riscv64)$")
_NAMES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_WORD: Final = re.compile(r"[a-z0-9_]{1,20}")


class Node(NamedTuple):
    """A node of a cluster."""

    cluster: str
    name: str


class Pod(NamedTuple):
    """A pod of a cluster."""

    cluster: str
    namespace: str
    name: str
    uid: str


@dataclass
class NodePlatforms:
    """What is known of nodes, and of which pods they ran.

    Attributes
    ----------
    nodes
        ``os/architecture`` of each node, empty where nothing tells it.
    pods
        The node of each pod; needed in clusters of several platforms alone.
    """

    nodes: dict[Node, str] = field(default_factory=dict)
    pods: dict[Pod, Node] = field(default_factory=dict)

    def add_node(self, labels: Mapping[str, str], cluster: str) -> None:
        """Note what one series says of its node; it takes nothing back."""
        node = Node(cluster, own_label(labels, "node"))
        self.nodes[node] = self.nodes.get(node) or _platform(labels)

    def add_pod(self, labels: Mapping[str, str], cluster: str) -> None:
        """Note on which node a pod was; one that was not placed has none."""
        if name := own_label(labels, "node"):
            namespace, pod, uid = (own_label(labels, key) for key in ("namespace", "pod", "uid"))
            self.pods[Pod(cluster, namespace, pod, uid)] = Node(cluster, name)

    @property
    def mixed(self) -> bool:
        """Whether the nodes of some cluster are not all of one platform that is known."""
        return any(len(platforms) > 1 for platforms in self._by_cluster().values())

    @property
    def unknown(self) -> int:
        """How many nodes nothing tells the platform of."""
        return sum(not platform for platform in self.nodes.values())

    def lookup(self) -> Callable[[Pod], str]:
        """Return what gives the platform of a pod's node, empty if nothing tells it."""
        alike = {cluster: min(found) for cluster, found in self._by_cluster().items() if len(found) == 1}

        def platform_of(pod: Pod) -> str:
            node = self.pods.get(pod)
            return alike.get(pod.cluster, "") or (self.nodes.get(node, "") if node else "")

        return platform_of

    def _by_cluster(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for node, platform in self.nodes.items():
            found.setdefault(node.cluster, set()).add(platform)
        return found


def remarks_on_nodes(nodes: NodePlatforms, default: str) -> Iterable[str]:
    """Yield what a reader of the list should know: that a platform was assumed where others are known."""
    if nodes.mixed and nodes.unknown:
        yield (
            f"of {nodes.unknown} nodes no label tells the platform, so {default} is assumed: let "
            "kube-state-metrics tell nodes=[kubernetes.io/arch,kubernetes.io/os] (--metric-labels-allowlist)"
        )


def _platform(labels: Mapping[str, str]) -> str:
    given = (labels.get(name, "").strip().lower() for name in _ARCHITECTURE)
    architecture = next((one for one in given if _WORD.fullmatch(one)), "")
    if not architecture and (kernel := _KERNEL.search(labels.get("kernel_version", "").strip().lower())):
        architecture = kernel[1]
    systems = (labels.get(name, "").strip().lower() for name in _SYSTEM)
    system = next((one for one in systems if _WORD.fullmatch(one)), "linux")
    return f"{system}/{_NAMES.get(architecture, architecture)}" if architecture else ""

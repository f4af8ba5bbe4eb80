"""The check of Prometheus: whether it has the series of kube-state-metrics that an audit asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from praxi_tasks.doctor.outcome import Outcome, Status, attempt

Ask = Callable[[str], float]
"""Gives the value of a query of one number, 0 where there is no series; raises PraxiError."""


class _Needed(NamedTuple):
    metric: str
    matcher: str
    status: Status
    without: str
    action: str


_ALLOW: Final = (
    "run kube-state-metrics with --metric-labels-allowlist=nodes=[kubernetes.io/arch,kubernetes.io/os]"
)
_NEEDED: Final = (
    _Needed(
        "kube_pod_container_info",
        "",
        "failed",
        "no container is known: audits would list nothing",
        "let Prometheus scrape kube-state-metrics, and check the connection's matchers",
    ),
    _Needed(
        "kube_pod_container_info",
        'image_id!=""',
        "failed",
        "no container has an image ID: tags would be read as they are today",
        "keep the label image_id in the scrape's relabelling",
    ),
    _Needed(
        "kube_pod_container_status_running",
        "",
        "warning",
        "containers that had completed before are listed as well",
        "keep that metric of kube-state-metrics",
    ),
    _Needed(
        "kube_node_labels",
        'label_kubernetes_io_arch!=""',
        "warning",
        "the nodes' platform is guessed by their kernels' names, or by the setting platform",
        f"in a cluster of several platforms, {_ALLOW}",
    ),
)


def _counted(ask: Ask, select: str) -> str:
    return f"{ask(f'count({select})'):.0f} series {select}"


def check_series(ask: Ask, matchers: str = "") -> Iterator[Outcome]:
    """Count the series of each metric; nothing more is asked where Prometheus does not answer.

    Parameters
    ----------
    matchers
        What every query of the audits carries.
    """
    for needed in _NEEDED:
        wanted = ",".join(filter(None, (matchers, needed.matcher)))
        select = f"{needed.metric}{{{wanted}}}" if wanted else needed.metric
        outcome = attempt("prometheus", partial(_counted, ask, select))
        if outcome.status == "ok" and outcome.what.startswith("0 "):
            what = f"no series {select}: {needed.without}"
            outcome = Outcome("prometheus", needed.status, what, needed.action)
        yield outcome
        if outcome.status in {"failed", "unavailable"}:
            return

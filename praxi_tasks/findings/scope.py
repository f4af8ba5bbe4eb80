"""The scope of a run: what it was asked to look at, and what of that it may not have seen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import msgspec

RunKind = Literal["scheduled", "backfill", "manual", "local"]

DOCUMENT: Final = "scope.json"


class ListGap(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that the list of deployed images may lack: where, and why.

    What is missing guards only what it may hide: an image that is not listed may still run in that cluster
    and namespace, and nowhere else.

    Attributes
    ----------
    problem
        What may be missing, and why.
    cluster
        The cluster where it may run, which may have no name; None for any.
    namespace
        The namespace where it may run; empty for any.
    containers
        Names of the containers that may run it, the same as long as their images are. One that was there
        when an image was listed hides another. Empty where anything may have run, and be another thing
        tomorrow.
    implausible
        Whether nothing is known to be missing, but the list is implausibly short.
    """

    problem: str
    cluster: str | None = None
    namespace: str = ""
    containers: tuple[str, ...] = ()
    implausible: bool = False

    def covers(self, cluster: str, namespace: str) -> bool:
        """Return whether something may be missing there; an unknown (empty) namespace may be any."""
        here = self.cluster is None or self.cluster == cluster
        return here and (not self.namespace or not namespace or self.namespace == namespace)

    def hides(self, cluster: str, namespace: str, known: Collection[str] | None) -> bool:
        """Return whether an image may run there unseen.

        Parameters
        ----------
        known
            The containers that were there when it was listed last; None if it never was.
        """
        others = not self.containers or (known is not None and not set(self.containers) <= set(known))
        return others and self.covers(cluster, namespace)

    @property
    def of_cluster(self) -> bool:
        """Whether it is about all of a cluster, or of any."""
        return not self.namespace


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run looked at, which bounds what may be concluded from it.

    Attributes
    ----------
    kind
        How the run came about: by schedule, as a backfill, by hand in Airflow, or without Airflow.
    named
        Whether a person named the images.
    namespaces
        The pattern that chose namespaces; empty for all.
    gaps
        What may be missing from the list of images.
    remarks
        What else is to be said of the list.
    clusters
        The clusters whose kube-state-metrics was heard; None where that is not known.
    expected
        The clusters that there are, as the connection names them; None where it does not.
    """

    kind: RunKind = "manual"
    named: bool = False
    namespaces: str = ""
    gaps: tuple[ListGap, ...] = ()
    remarks: tuple[str, ...] = ()
    clusters: tuple[str, ...] | None = None
    expected: tuple[str, ...] | None = None

    @property
    def is_daily(self) -> bool:
        """Whether the run belongs to the line of daily audits of everything that is deployed."""
        return self.kind == "scheduled" and not self.named and not self.namespaces

    @property
    def line(self) -> str:
        """The line of audits that it is compared with, by which their history is kept."""
        return "dag" if self.is_daily else self.kind

    @property
    def whole(self) -> bool:
        """Whether the list of images is all there was to list."""
        return not self.gaps

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the list, in words."""
        return *(gap.problem for gap in self.gaps), *self.remarks

    @property
    def is_complete(self) -> bool:
        """Whether all clusters were listed, but for containers here and there."""
        return not any(gap.of_cluster for gap in self.gaps)

    def is_whole_of(self, cluster: str) -> bool:
        """Return whether nothing may be missing from the list of a cluster's images."""
        return not any(gap.covers(cluster, "") for gap in self.gaps)

    def proves_absence(self, cluster: str, namespace: str, known: Collection[str] | None = None) -> bool:
        """Return whether an image that the run did not list was not deployed in a namespace.

        Parameters
        ----------
        known
            The containers that might have hidden it and were there when it was listed last; None where
            nothing says that it ever was.
        """
        return self.is_daily and not any(gap.hides(cluster, namespace, known) for gap in self.gaps)

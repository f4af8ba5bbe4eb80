"""A panel: the experts of one kind, and the samples they learned from."""

from __future__ import annotations

from dataclasses import dataclass

from praxi_tasks.discovery.experts import Expert


@dataclass(frozen=True, slots=True)
class ExpertEnsemble:
    """Experts that were trained beside each other.

    Parameters
    ----------
    experts
        Each owns labels of its own.
    samples
        Some of what they were trained on, packed, one part for each time they learned: whoever trains more
        experts shows them these as foreign samples, and repairs an old expert with them. Naming needs none.
    """

    experts: tuple[Expert, ...] = ()
    samples: tuple[bytes, ...] = ()

    @property
    def labels(self) -> frozenset[str]:
        """All labels that some expert owns."""
        return frozenset(label for expert in self.experts for label in expert.labels)

"""An expert ensemble: the experts of one kind, and samples they were trained on."""

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
        Some of the samples that they were trained on, packed, one part for each training. Further trainings
        use them as negatives for new experts, and to repair old ones; prediction does not need them.
    """

    experts: tuple[Expert, ...] = ()
    samples: tuple[bytes, ...] = ()

    @property
    def labels(self) -> frozenset[str]:
        """All labels that some expert owns."""
        return frozenset(label for expert in self.experts for label in expert.labels)

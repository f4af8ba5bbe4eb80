"""Studies: trials that run in parallel, of which a training takes the best.

Names are imported when first used: Airflow's processes, which have no numpy, read trials from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.studies.documents import (
        ROUTING,
        TUNING,
        Studies,
        Trial,
        note_studies,
        read_trials,
        studies_of,
    )
    from praxi_tasks.learning.studies.routing_study import RoutingStudy
    from praxi_tasks.learning.studies.tuning import TRIAL_RELEASES, Tuning
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "documents": (
                "ROUTING",
                "TUNING",
                "Studies",
                "Trial",
                "note_studies",
                "read_trials",
                "studies_of",
            ),
            "routing_study": ("RoutingStudy",),
            "tuning": ("TRIAL_RELEASES", "Tuning"),
        },
    )

__all__ = [
    "ROUTING",
    "RoutingStudy",
    "Studies",
    "TRIAL_RELEASES",
    "TUNING",
    "Trial",
    "Tuning",
    "note_studies",
    "read_trials",
    "studies_of",
]

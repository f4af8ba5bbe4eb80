"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.studies") == {
        "ROUTING",
        "TRIAL_RELEASES",
        "TUNING",
        "RoutingStudy",
        "Studies",
        "Trial",
        "Tuning",
        "note_studies",
        "read_trials",
        "studies_of",
    }


def test_who_only_reads_trials_needs_no_numpy() -> None:
    assert not loaded_by("praxi_tasks.learning.studies", "read_trials") & {"numpy", "optuna"}

"""What other rooms may use of this one."""

from __future__ import annotations

from praxi_tasks.learning import run


def test_the_exported_names() -> None:
    assert sorted(run.__all__) == [
        "Approval",
        "Outcome",
        "PackPlan",
        "PackRun",
        "TrainingRun",
        "TrainingSettings",
        "build_pack",
        "close_training",
        "newest_to_keep",
        "prune",
        "read_settings",
        "register_pack",
        "register_with_packs",
        "unneeded_versions",
    ]
    assert all(getattr(run, name) is not None for name in run.__all__)

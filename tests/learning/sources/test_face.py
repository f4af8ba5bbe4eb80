"""What other rooms may use of this one."""

from __future__ import annotations

from praxi_tasks.learning import sources


def test_the_exported_names() -> None:
    assert sorted(sources.__all__) == [
        "Collected",
        "Collector",
        "IndexedSource",
        "SdistSource",
        "Source",
        "SuiteIndex",
        "amend_last_attempt",
        "check_wheel_name",
        "configured_sources",
        "list_wheel",
        "pack_source",
        "read_deb",
        "scratch",
    ]
    assert all(getattr(sources, name) is not None for name in sources.__all__)

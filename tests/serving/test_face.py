"""What the command line may use of the service, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.serving") == {"Certificate", "Options", "read_comparisons", "serve"}


def test_who_reads_comparisons_loads_no_server() -> None:
    heavy = {"uvicorn", "starlette", "numpy", "prometheus_client"}
    assert not loaded_by("praxi_tasks.serving", "read_comparisons") & heavy


def test_the_face_alone_loads_no_server() -> None:
    assert not loaded_by("praxi_tasks.serving") & {"uvicorn", "starlette", "numpy"}

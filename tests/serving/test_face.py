"""What the command line may use of the service, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.serving") == {"Certificate", "Options", "serve"}


def test_the_face_alone_loads_no_server() -> None:
    assert not loaded_by("praxi_tasks.serving") & {"uvicorn", "starlette", "numpy"}

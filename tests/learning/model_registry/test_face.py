"""What other rooms may use of this one."""

from __future__ import annotations

from praxi_tasks.learning import model_registry


def test_the_exported_names() -> None:
    assert sorted(model_registry.__all__) == [
        "ALIASED",
        "CHAMPION",
        "LOGGED_MODEL",
        "MlflowRegistry",
        "ModelRegistry",
        "ModelVersion",
        "ORIGIN_TAG",
        "Promotions",
        "ResolvedModel",
        "STARTER",
        "WITH_PACKS",
        "find_registry",
        "light_registry",
        "load_base",
        "open_registry",
        "read_versions",
        "resolve_for",
        "resolve_model",
        "resolve_once",
    ]
    assert all(getattr(model_registry, name) is not None for name in model_registry.__all__)

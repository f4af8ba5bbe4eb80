from __future__ import annotations

import sys

import pytest

from praxi_tasks import store
from praxi_tasks.lazy import lazy_exports


def test_a_name_is_what_its_module_defines() -> None:
    found = lazy_exports("praxi_tasks.store", {"opening": ("open_store",), "base": ("Store",)})
    assert found("open_store") is store.open_store
    assert found("Store") is store.Store


def test_a_module_is_imported_when_its_name_is_used() -> None:
    sys.modules.pop("json.tool", None)
    found = lazy_exports("json", {"tool": ("main",)})
    assert "json.tool" not in sys.modules
    found("main")
    assert "json.tool" in sys.modules


def test_another_name_is_an_attribute_error_of_the_package() -> None:
    found = lazy_exports("praxi_tasks.store", {"base": ("Store",)})
    with pytest.raises(AttributeError, match=r"module 'praxi_tasks\.store' has no attribute 'Shop'"):
        found("Shop")

"""What happens to tests whose programs are missing."""

from __future__ import annotations

import sys

import pytest

from tests.support.tools import REQUIRED, find, need


@pytest.fixture
def optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)


def test_what_is_here_is_found() -> None:
    need("sh", sys.executable)
    assert find("no-such-program", "sh").endswith("/sh")


@pytest.mark.usefixtures("optional")
@pytest.mark.parametrize("ask", [need, find])
def test_a_developer_may_do_without(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(pytest.skip.Exception, match="not installed: no-such-program"):
        ask("no-such-program")


@pytest.mark.parametrize("ask", [need, find])
def test_make_test_may_not(ask: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    assert callable(ask)
    with pytest.raises(pytest.fail.Exception, match="not installed: no-such-program"):
        ask("no-such-program")

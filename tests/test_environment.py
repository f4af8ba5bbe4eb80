"""Settings from environment variables: what they may say, and who is named when they say something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks import environment
from praxi_tasks.errors import UsageError

NAME = "PRAXI_SOME_SETTING"


def read(parse: Callable[[str], Any], text: str) -> Any:
    return environment.read(NAME, parse, "default", {NAME: text})


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_variable_that_says_nothing_leaves_the_default(text: str) -> None:
    assert read(environment.whole_number, text) == "default"
    assert environment.read(NAME, environment.whole_number, 3, {}) == 3
    assert environment.read_text(NAME, "default", {NAME: text}) == "default"


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (environment.whole_number, " 12\n", 12),
        (environment.whole_number, "007", 7),
        (environment.positive_number, "2.5", 2.5),
        (environment.positive_number, "1e3", 1000.0),
        (environment.boolean, "1", True),
        (environment.boolean, "True", True),
        (environment.boolean, "ON", True),
        (environment.boolean, "no", False),
        (environment.boolean, "0", False),
        (environment.words, "a, b c,,\td", ("a", "b", "c", "d")),
        (environment.words, ",", ()),
        (environment.web_url, "https://host.example:8443/simple//", "https://host.example:8443/simple"),
        (environment.web_url, "http://me:secret@host", "http://me:secret@host"),
        (environment.public_url, "http://[::1]:80/a", "http://[::1]:80/a"),
        (str, " text with spaces ", "text with spaces"),
    ],
)
def test_what_a_variable_may_say(parse: Callable[[str], object], text: str, value: object) -> None:
    assert read(parse, text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((environment.whole_number, text) for text in ("0", "-1", "+1", "1.5", "1e3", "²", "many")),
        *((environment.positive_number, text) for text in ("0", "-1", "inf", "nan", "soon")),
        *((environment.boolean, text) for text in ("2", "maybe", "y")),
        *((environment.web_url, text) for text in ("host", "ftp://x", "http://", "http://x:y", "http://a b")),
        (environment.web_url, "http://[::1"),
        (environment.public_url, "http://me@host"),
    ],
)
def test_nonsense_names_its_variable(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(UsageError, match=NAME) as caught:
        read(parse, text)
    assert caught.value.action


@pytest.mark.parametrize("parse", [environment.web_url, environment.public_url])
@pytest.mark.parametrize("url", ["ftp://me:hunter2@host", "http://me:hunter2@host:port", "me:hunter2"])
def test_a_password_is_never_shown(parse: Callable[[str], object], url: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(parse, url)
    assert "hunter2" not in str(caught.value)


def test_the_place_inside_a_variable_is_kept() -> None:
    def refuse(text: str) -> None:
        raise UsageError("not a rule", where=repr(text), action="write another")

    with pytest.raises(UsageError, match=r"not a rule \(PRAXI_SOME_SETTING: 'x'\); write another"):
        read(refuse, "x")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_a_value_or_a_usage_error(text: str) -> None:
    for parse in (environment.whole_number, environment.positive_number, environment.boolean):
        try:
            value = read(parse, text)
        except UsageError:
            continue
        assert value == "default" or value in {True, False} or float(str(value)) > 0


def test_fields_of_a_settings_class() -> None:
    parsers: dict[str, Callable[[str], Any]] = {
        "attempts": environment.whole_number,
        "name": str,
        "flag": environment.boolean,
    }
    given = {"PRAXI_ATTEMPTS": "3", "PRAXI_NAME": "", "PRAXI_FLAG": "off"}
    assert environment.read_fields("PRAXI_", parsers, given) == {"attempts": 3, "flag": False}


def test_the_process_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "7")
    monkeypatch.delenv("PRAXI_OTHER", raising=False)
    assert environment.read_text(NAME) == "7"
    assert environment.inherited({NAME, "PRAXI_OTHER"}.__contains__) == {NAME: "7"}
    environment.set_defaults({NAME: "8"})
    assert environment.read_text(NAME) == "7"

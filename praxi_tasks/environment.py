"""Settings from environment variables: one way to read them, one error that names the variable.

A variable that is unset, empty or blank leaves the default. Values may be secrets: no error shows one, but
for numbers and booleans.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, ClassVar, Final, Self, TypeVar
from urllib.parse import urlsplit

from praxi_tasks.errors import UsageError

T = TypeVar("T")

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})


def read(name: str, parse: Callable[[str], T], default: T, environment: Mapping[str, str] | None = None) -> T:
    """Return a variable's value.

    Parameters
    ----------
    name
        The variable.
    parse
        Turns its text, without white space around it, into the value: one of the functions below, or any
        other that raises ValueError with a message about the text.
    default
        Returned for a variable that says nothing.
    environment
        Read instead of the process's.

    Raises
    ------
    UsageError
        If ``parse`` refuses the text; it names the variable.
    """
    text = (os.environ if environment is None else environment).get(name, "").strip()
    return parsed(text, parse, name, "correct the variable or unset it") if text else default


def parsed(text: str, parse: Callable[[str], T], where: str, action: str = "correct it") -> T:
    """Return what ``parse`` makes of a text that came from ``where``, a variable or an option.

    Raises
    ------
    UsageError
        If ``parse`` refuses the text.
    """
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(str(error), where=where, action=action) from None
    except UsageError as error:
        place = f"{where}: {error.where}" if error.where else where
        raise UsageError(error.what, where=place, action=error.action) from None


def read_fields(
    prefix: str, parsers: Mapping[str, Callable[[str], Any]], environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the fields of a settings class that variables ``PREFIX_FIELD`` set; see :func:`read`."""
    found = {name: read(variable(prefix, name), parse, None, environment) for name, parse in parsers.items()}
    return {name: value for name, value in found.items() if value is not None}


def variable(prefix: str, field: str) -> str:
    """Return the variable that sets a field of a settings class."""
    return f"{prefix}{field.upper()}"


class Limits:
    """Limits, each a setting: the whole numbers of a dataclass, ``max_x`` set by ``PREFIX_MAX_X``."""

    __slots__ = ()
    prefix: ClassVar[str]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; what is not set keeps its default.

        Raises
        ------
        UsageError
            If a setting is no whole number greater than zero.
        """
        names = (one.name for one in fields(cls))  # type: ignore[arg-type]  # every subclass is a dataclass
        return cls(**read_fields(cls.prefix, dict.fromkeys(names, whole_number), environment))

    @classmethod
    def setting(cls, field: str) -> str:
        """Return the variable that sets a field."""
        return variable(cls.prefix, field)


def read_text(name: str, default: str = "", environment: Mapping[str, str] | None = None) -> str:
    """Return a variable's text without white space around it."""
    return read(name, str, default, environment)


def whole_number(text: str) -> int:
    """Parse a whole number greater than zero."""
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise ValueError(f"{_shown(text)} is not a whole number greater than zero")
    return int(text)


def positive_number(text: str) -> float:
    """Parse a finite number greater than zero."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{_shown(text)} is not a number greater than zero")
    return number


def boolean(text: str) -> bool:
    """Parse ``1``, ``true``, ``yes``, ``on`` or their opposites, in any case."""
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(f"{_shown(text)} is not true or false")


def words(text: str) -> tuple[str, ...]:
    """Split a list at commas and white space."""
    return tuple(text.replace(",", " ").split())


def web_url(text: str) -> str:
    """Check a URL of ``https`` or ``http`` and return it without slashes at its end."""
    try:
        parts = urlsplit(text)
        is_complete = bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError:
        is_complete = False
    if not is_complete or parts.scheme not in {"http", "https"} or not text.isprintable() or " " in text:
        raise ValueError("not a URL of https or http")
    return text.rstrip("/")


def public_url(text: str) -> str:
    """Check a URL as :func:`web_url` does that holds no user name and no password."""
    url = web_url(text)
    if "@" in urlsplit(url).netloc:
        raise ValueError("a URL with credentials, where it must have none")
    return url


def inherited(is_wanted: Callable[[str], object]) -> dict[str, str]:
    """Return the variables, by name and text, that a program started from here may see."""
    return {name: text for name, text in os.environ.items() if is_wanted(name)}


def set_defaults(variables: Mapping[str, str]) -> None:
    """Set the variables that are unset: how libraries without other settings are configured."""
    for name, text in variables.items():
        os.environ.setdefault(name, text)


@contextmanager
def variables(given: Mapping[str, str]) -> Iterator[None]:
    """Set variables while the block runs, for libraries that are told nothing any other way."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")

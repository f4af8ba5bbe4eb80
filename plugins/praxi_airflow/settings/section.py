"""Reading one section of Airflow's configuration, with errors that name the setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from airflow.sdk import conf
from airflow.sdk.exceptions import AirflowConfigException

from praxi_airflow.errors import SettingsError
from praxi_tasks.environment import public_url
from praxi_tasks.errors import PraxiError
from praxi_tasks.store import open_store

SECTION: Final = "praxi"
_PLATFORM: Final = re.compile(r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?")
_DNS_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_QUANTITY: Final = re.compile(r"[0-9]+(\.[0-9]+)?([KMGTP]i?|k)?")
_AMOUNT: Final = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|[KMGTPE]i?)?")
_PAIR: Final = re.compile(r"[^\s=,]+=[^\s=,]+")
_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

Choice = TypeVar("Choice", bound=str)


class Section:
    """The settings of one section, read by name and kind.

    Parameters
    ----------
    get
        Returns a setting's text, or the fallback.
    """

    def __init__(self, get: Callable[[str, str], str]) -> None:
        self._get = get

    @staticmethod
    def wrong(name: str, problem: str, action: str) -> SettingsError:
        """Return the error that says what is wrong with a setting."""
        variable = f"AIRFLOW__{SECTION.upper()}__{name.upper()}"
        return SettingsError(f"setting [{SECTION}] {name} {problem}", where=variable, action=action)

    def text(self, name: str, default: str) -> str:
        """Return the setting without blanks around it; an empty one counts as not set."""
        return self._get(name, default).strip() or default

    def choice(self, name: str, options: Sequence[Choice], default: Choice) -> Choice:
        """Return one of ``options``."""
        value = self.text(name, default)
        for option in options:
            if value == option:
                return option
        raise self.wrong(name, f"is {value!r}", f"use one of {', '.join(options)}")

    def integer(self, name: str, default: int, *, least: int, not_zero: bool = False) -> int:
        """Return a whole number of at least ``least``."""
        value = self.text(name, str(default))
        try:
            number = int(value)
        except ValueError:
            raise self.wrong(name, f"is {value!r}", "use a whole number") from None
        if number < least or (not_zero and number == 0):
            wanted = f"at least {least}" + (" and not 0" if not_zero else "")
            raise self.wrong(name, f"is {number}", f"use {wanted}")
        return number

    def share(self, name: str, default: float) -> float:
        """Return a number from 0 to 1."""
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise self.wrong(name, f"is {value!r}", "use a number from 0 to 1")
        return number

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.text(name, str(default)).lower()
        if value not in _BOOLEANS:
            raise self.wrong(name, f"is {value!r}", "use true or false")
        return _BOOLEANS[value]

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list that is separated by commas."""
        return tuple(part for part in (part.strip() for part in self.text(name, "").split(",")) if part)

    def pairs(self, name: str) -> tuple[str, ...]:
        """Return ``from=to`` pairs that are separated by commas."""
        pairs = self.names(name)
        for pair in pairs:
            if not _PAIR.fullmatch(pair):
                raise self.wrong(name, f"holds {pair!r}", "use name=value, separated by commas")
        return pairs

    def public_pairs(self, name: str) -> tuple[str, ...]:
        """Return ``name=URL`` pairs without credentials."""
        pairs = self.pairs(name)
        for pair in pairs:
            self._public(name, pair.partition("=")[2])
        return pairs

    def dns_name(self, name: str, default: str) -> str:
        """Return the name of a Kubernetes object, or an empty default."""
        return self._checked(name, self.text(name, default), _DNS_NAME, "use a Kubernetes object's name")

    def dns_names(self, name: str) -> tuple[str, ...]:
        """Return names of Kubernetes objects."""
        return tuple(
            self._checked(name, each, _DNS_NAME, "use Kubernetes objects' names") for each in self.names(name)
        )

    def dns_names_of(self, name: str, most: int = 0) -> dict[str, tuple[str, ...]]:
        """Return names of Kubernetes objects by key, at most ``most`` for each; 0 is any number."""
        action = 'use {"command": ["name", …]}' if most != 1 else 'use {"command": "name"}'
        found: dict[str, tuple[str, ...]] = {}
        for key, value in self.mapping(name).items():
            names = [value] if isinstance(value, str) else value
            sound = isinstance(names, list) and all(isinstance(each, str) and each for each in names)
            if not sound or (most and len(names) != most):
                raise self.wrong(name, f"has no names for {key!r}", action)
            found[key] = tuple(self._checked(name, each, _DNS_NAME, action) for each in names)
        return found

    def resources_of(self, name: str) -> dict[str, dict[str, dict[str, str]]]:
        """Return a pod's requests and limits by key, each a quantity by the resource's name."""
        action = 'use {"command": {"requests": {"cpu": "500m"}, "limits": {"memory": "4Gi"}}}'
        found: dict[str, dict[str, dict[str, str]]] = {}
        for key, sides in self.mapping(name).items():
            if not isinstance(sides, dict) or not sides.keys() <= {"requests", "limits"}:
                raise self.wrong(name, f"has no requests and limits for {key!r}", action)
            found[key] = {}
            for side, quantities in sides.items():
                if not isinstance(quantities, dict):
                    raise self.wrong(name, f"has no quantities in the {side} of {key!r}", action)
                found[key][side] = {
                    resource: self._checked(name, str(value), _AMOUNT, action)
                    for resource, value in quantities.items()
                }
        return found

    def platform(self, name: str, default: str) -> str:
        """Return a platform as an image index writes it."""
        action = "use os/architecture, such as linux/arm64"
        return self._checked(name, self.text(name, default), _PLATFORM, action)

    def quantity(self, name: str, default: str) -> str:
        """Return a Kubernetes quantity of bytes."""
        return self._checked(name, self.text(name, default), _QUANTITY, "use a quantity such as 10Gi")

    def file(self, name: str) -> str:
        """Return the path of a file that exists, or nothing."""
        path = self.text(name, "")
        if path and not Path(path).is_file():
            raise self.wrong(name, f"names {path!r}, which is no file", "give the path of a file")
        return path

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a JSON object; an empty one if the setting is not given."""
        value = self._json(name, "{}")
        if not isinstance(value, dict):
            raise self.wrong(name, "is no JSON object", 'use {"name": value}')
        return value

    def sequence(self, name: str) -> list[Any]:
        """Return a JSON list; an empty one if the setting is not given."""
        value = self._json(name, "[]")
        if not isinstance(value, list):
            raise self.wrong(name, "is no JSON list", "use [value, value]")
        return value

    def _json(self, name: str, default: str) -> object:
        try:
            return json.loads(self.text(name, default))
        except ValueError as error:
            raise self.wrong(name, f"is not JSON: {error}", "check quotes and brackets") from None

    def store_uri(self, name: str, default: str) -> str:
        """Return a URI that a store can be opened by; a bucket is looked at when a task opens it."""
        uri = self.text(name, default)
        bucket = urlsplit(uri)
        if bucket.scheme == "s3" and bucket.netloc and "@" not in bucket.netloc:
            return uri
        try:
            open_store(uri)
        except PraxiError as error:
            raise self.wrong(name, f"is no store: {error.what}", error.action) from None
        return uri

    def store_uris(self, name: str) -> tuple[str, ...]:
        """Return store URIs that are separated by commas."""
        uris = self.names(name)
        for uri in uris:
            if urlsplit(uri).scheme not in {"file", "s3"} or any(mark.isspace() for mark in uri):
                raise self.wrong(name, f"holds {uri!r}", "use file:///path or s3://bucket/prefix")
            self._public(name, uri)
        return uris

    def web_url(self, name: str) -> str:
        """Return a URL of https or http without credentials, or nothing."""
        url = self.text(name, "")
        try:
            return public_url(url) if url else ""
        except ValueError as error:
            raise self.wrong(name, f"is {error}", "use https://host or http://host:port") from None

    def public_url(self, name: str) -> str:
        """Return a URL without credentials, or nothing: settings are shown in the web interface."""
        return self._public(name, self.text(name, ""))

    def public_urls(self, name: str) -> str:
        """Return URLs without credentials, separated by white space."""
        return " ".join(self._public(name, url) for url in self.text(name, "").replace(",", " ").split())

    def _public(self, name: str, url: str) -> str:
        if "@" in urlsplit(url).netloc:
            raise self.wrong(name, "holds credentials", "keep them in a secret of pod_environment_secrets")
        return url

    def _checked(self, name: str, value: str, pattern: re.Pattern[str], action: str) -> str:
        if value and not pattern.fullmatch(value):
            raise self.wrong(name, f"is {value!r}", action)
        return value


def read_section() -> Section:
    """Return Praxi's section of Airflow's configuration."""

    def get(name: str, default: str) -> str:
        try:
            return str(conf.get(SECTION, name, fallback=default))
        except AirflowConfigException as error:
            raise Section.wrong(name, f"can't be read: {error}", "check Airflow's configuration") from None

    return Section(get)

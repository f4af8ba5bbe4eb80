"""Asks for an audit of images that were met and are not known."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import urllib3

from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.http import Connections, HttpSettings, explain

_TIMEOUT: Final = urllib3.Timeout(connect=5, read=20)
_MOST_REMEMBERED: Final = 10_000
_LOGIN: Final = "check the address, and that a login page before it lets this route through"


class Teller:
    """Posts the references of images to Airflow, each once.

    Parameters
    ----------
    url
        Airflow's route for images that are named: ``https://airflow.example/praxi/events/images``.
    secret
        The file of the secret that it wants; it is read each time.

    Raises
    ------
    UsageError
        If the URL is none, or holds credentials.
    """

    def __init__(self, url: str, secret: Path) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise UsageError(
                "not an address to tell of images", where="--admission-tell", action="give a URL"
            )
        self._url = url
        self._secret = secret
        self._pool = Connections(HttpSettings.from_environment()).pool(
            parts.scheme, parts.hostname, parts.port
        )
        self._told: dict[str, None] = {}
        self._lock = threading.Lock()

    def tell(self, images: Sequence[str]) -> None:
        """Ask for an audit of those that were not told of before.

        Raises
        ------
        NotifyError
            If that is not possible now: they are told of when they are met again.
        """
        with self._lock:
            new = [image for image in dict.fromkeys(images) if image not in self._told]
            self._told |= dict.fromkeys(new)
            while len(self._told) > _MOST_REMEMBERED:
                del self._told[next(iter(self._told))]
        if new:
            try:
                self._post(new)
            except NotifyError:
                with self._lock:
                    for image in new:
                        self._told.pop(image, None)
                raise

    def _post(self, images: list[str]) -> None:
        try:
            headers = {"Authorization": f"Bearer {self._secret.read_text().strip()}"}
            body = msgspec.json.encode({"images": images})
            answer = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=headers,
                timeout=_TIMEOUT,
                retries=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            failure = explain(error, "Airflow") if isinstance(error, urllib3.exceptions.HTTPError) else None
            raise NotifyError(failure.what if failure else str(error), where=self._url) from error
        if answer.status >= 300:
            raise NotifyError(f"Airflow answered {answer.status}", where=self._url, action="see its log")
        if answer.data.lstrip().startswith(b"<"):
            raise NotifyError("a web page answered in place of Airflow", where=self._url, action=_LOGIN)

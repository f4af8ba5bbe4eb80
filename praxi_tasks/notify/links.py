"""Links from alerts and messages to the pages; signed ones also open for who has no rights in Airflow.

A signed link is read-only, for one namespace or one image, and ends on a day. It says so itself: what it
shows and until when are in it, with an HMAC-SHA256 over both. Whoever has the link sees what it shows, so
nothing but the key is secret. Several keys may be believed while one is exchanged for another; the first of
them signs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, get_args
from urllib.parse import urlencode

import msgspec

from praxi_tasks.environment import public_url, read, read_text, whole_number
from praxi_tasks.errors import PraxiError, UsageError
from praxi_tasks.json_decoding import decode

KEYS: Final = "PRAXI_LINK_KEYS"
SHARED: Final = "shared"
"""The path below ``/praxi`` of what signed links open."""
LinkScope = Literal["off", "namespace", "image"]
_SHORTEST_KEY: Final = 32
_LONGEST_TOKEN: Final = 4_096
_PURPOSE: Final = b"praxi-link-1\0"


class LinkError(PraxiError):
    """A signed link that is none, or can't be used any more."""

    code = "link"


class SharedView(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """What a signed link shows: the images of a namespace, or one image, on one cluster; until when.

    Attributes
    ----------
    kind, name
        A namespace's name, or an image's reference as deployed.
    cluster
        The cluster; empty for the only one without a name.
    expires
        The second from which on it opens nothing, in Unix time.
    """

    kind: Literal["namespace", "image"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=1_024)]
    cluster: str
    expires: int


def sign(view: SharedView, keys: Sequence[str]) -> str:
    """Return the token of a signed link.

    Raises
    ------
    UsageError
        If there is no key, or one that can be guessed.
    """
    signer = _checked(keys)[0]
    content = msgspec.json.encode(view)
    return f"{_text(content)}.{_text(_mac(content, signer))}"


def verified(token: str, keys: Sequence[str], now: datetime) -> SharedView:
    """Return what a signed link shows.

    Raises
    ------
    LinkError
        If it was not signed with any of the keys, was changed, or has ended.
    UsageError
        If there is no key, or one that can be guessed.
    """
    believed = _checked(keys)
    content, signature = _parts(token)
    if not any(hmac.compare_digest(_mac(content, key), signature) for key in believed):
        raise LinkError("this link was not made here, or was changed", action="ask for a new one")
    try:
        view = decode(content, SharedView)
    except (ValueError, RecursionError) as error:
        raise LinkError("this link is of another version", action="ask for a new one") from error
    if now.timestamp() >= view.expires:
        raise LinkError("this link has ended", action="ask for a new one")
    return view


class PageLinks:
    """Where the pages are that alerts and messages lead to.

    Parameters
    ----------
    address
        Where people reach Airflow; without one there are no links.
    scope
        What a link shows to who has no rights in Airflow; ``off`` for links that ask for a login.
    keys
        What links are signed with, the first of them.
    ends
        When signed links end.
    """

    def __init__(
        self, address: str, scope: LinkScope = "off", keys: Sequence[str] = (), ends: datetime | None = None
    ) -> None:
        self._pages = f"{address.rstrip('/')}/praxi" if address else ""
        self._scope = scope
        self._keys = tuple(keys)
        self._expires = int(ends.timestamp()) if ends else 0
        if self._pages and scope != "off":
            _checked(self._keys)

    @classmethod
    def from_environment(cls, now: datetime) -> PageLinks:
        """Return the links that the settings ask for.

        Raises
        ------
        UsageError
            If links are to be signed, and there is no key for that.
        """
        address = read("PRAXI_PAGES_URL", public_url, "")
        scope: LinkScope = read("PRAXI_LINK_SCOPE", _scope, "off")
        days = read("PRAXI_LINK_DAYS", whole_number, 14)
        return cls(address, scope, read_text(KEYS).split(), now + timedelta(days))

    def overview(self) -> str:
        """Return the link to the newest audit; empty where there are no links."""
        return self._pages and f"{self._pages}/"

    def images(self, images: Sequence[tuple[str, str]], namespace: str) -> str:
        """Return the link to what an alert is about; empty where there are no links.

        Parameters
        ----------
        images
            The references, each with its cluster.
        namespace
            Where they run; empty where nobody knows.
        """
        if not self._pages or not images:
            return ""
        reference, cluster = images[0]
        if len(images) == 1:
            page = f"image?{_query(image=reference, cluster=cluster)}"
        else:
            page, reference = f"images?{_query(namespace=namespace)}", ""
        return f"{self._root(reference, namespace, cluster)}/{page}"

    def _root(self, reference: str, namespace: str, cluster: str) -> str:
        """Return the address that pages are below: of a signed link, where the scope has one for this."""
        name = {"namespace": namespace, "image": reference, "off": ""}[self._scope]
        if not name or self._scope == "off":
            return self._pages
        view = SharedView(self._scope, name, cluster, self._expires)
        return f"{self._pages}/{SHARED}/{sign(view, self._keys)}"


NO_LINKS: Final = PageLinks("")


def _scope(text: str) -> LinkScope:
    for scope in get_args(LinkScope):
        if text == scope:
            return scope  # type: ignore[no-any-return]  # one of the literals
    raise ValueError(f"not one of {', '.join(get_args(LinkScope))}")


def _query(**given: str) -> str:
    return urlencode({name: value for name, value in given.items() if value})


def _checked(keys: Sequence[str]) -> tuple[bytes, ...]:
    if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
        raise UsageError(
            f"a key of signed links is missing, or shorter than {_SHORTEST_KEY} characters",
            where=KEYS,
            action="make one with: openssl rand -base64 48; separate several by blanks, the newest first",
        )
    return tuple(key.encode() for key in keys)


def _mac(content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + content, hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(token: str) -> tuple[bytes, bytes]:
    content, _, signature = token[:_LONGEST_TOKEN].partition(".")
    try:
        return _bytes(content), _bytes(signature)
    except ValueError as error:
        raise LinkError("this is no whole link", action="copy all of it, or ask for a new one") from error


def _bytes(text: str) -> bytes:
    """Decode the one text that stands for these bytes: another that would give the same is refused."""
    data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(data) != text:
        raise ValueError(text)
    return data

"""Which hosts belong to one site: those between which credentials may travel."""

from __future__ import annotations

import ipaddress
from typing import Final

# Below these anybody may have a name: two hosts that share no more than that are two sites.
_SHARED: Final = frozenset(
    {
        *("amazonaws.com", "appspot.com", "azurecr.io", "azurewebsites.net", "cloudapp.net", "fly.dev"),
        *("cloudfront.net", "github.io", "gitlab.io", "googleusercontent.com", "herokuapp.com"),
        *("netlify.app", "onrender.com", "pages.dev", "pkg.dev", "run.app", "vercel.app", "web.app"),
        *("windows.net", "workers.dev"),
    }
)
_LONGEST_SECOND_LEVEL: Final = 3  # as in co.uk, com.au, gov.in


def same_site(first: str, second: str) -> bool:
    """Return whether two host names are one, one lies below the other, or both lie below one domain.

    Addresses and names of one label belong to no site but themselves.

    Examples
    --------
    >>> same_site("registry-1.docker.io", "auth.docker.io")
    True
    >>> same_site("registry.co.uk", "evil.co.uk")
    False
    """
    first, second = (name.strip("[]").rstrip(".").lower() for name in (first, second))
    if first == second:
        return bool(first)
    if _is_address(first) or _is_address(second):
        return False
    domain = _common(first, second)
    return bool(domain) and not _is_shared(domain)


def _common(first: str, second: str) -> str:
    """Return the domain below which both lie, at most one label above the lower of them."""
    shared: list[str] = []
    for one, other in zip(reversed(first.split(".")), reversed(second.split(".")), strict=False):
        if one != other:
            break
        shared.insert(0, one)
    return ".".join(shared)


def _is_shared(domain: str) -> bool:
    """Return whether strangers register names below a domain: a top level, or ``co.uk`` and its like."""
    labels = domain.split(".")
    if len(labels) < 2 or domain in _SHARED:
        return True
    return len(labels) == 2 and len(labels[1]) == 2 and len(labels[0]) <= _LONGEST_SECOND_LEVEL


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

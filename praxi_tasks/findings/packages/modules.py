"""Several lines of one package, each with its own fixes: module streams and flavours of Red Hat's relatives.

A modular package's release contains ``.module``, its header names ``name:stream:version:context``, and the
notices about it name ``name:stream`` in their summary: https://docs.fedoraproject.org/en-US/modularity/.
Oracle builds some packages again, for FIPS and for Ksplice, with versions beyond those of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MARK: Final = ".module"
_FLAVOUR: Final = re.compile(r"[._](fips|ksplice)\d*(?![A-Za-z])")
_STREAM: Final = re.compile(r"(?<![\w:.-])[A-Za-z][\w.+-]*:[\w.+-]+(?![\w:])")
_UNNAMED: Final = "*"
_MOST_STREAMS: Final = 16  # of one notice, which names one or two


def is_modular(version: str) -> bool:
    """Return whether a version is one of a module's builds."""
    return _MARK in version


def named_streams(text: str) -> tuple[str, ...]:
    """Return the streams that a notice's summary names.

    Examples
    --------
    >>> named_streams("Moderate: virt:rhel and virt-devel:rhel security update")
    ('virt:rhel', 'virt-devel:rhel')
    """
    return tuple(dict.fromkeys(_STREAM.findall(text)))


def filed_names(name: str, versions: Iterable[str], summary: str, module: str = "") -> tuple[str, ...]:
    """Return under which names what a notice says of a package's versions is filed: one for each stream.

    What names none, or more than a notice has, is about every stream.

    Parameters
    ----------
    module
        The stream, where the notice says it of this package; its summary is not asked then.
    """
    texts = tuple(versions)
    name = _flavoured(name, texts)
    if not module and not any(map(is_modular, texts)):
        return (name,)
    streams = (module,) if module else named_streams(summary)
    return tuple(f"{name} {one}" for one in (streams if 0 < len(streams) <= _MOST_STREAMS else (_UNNAMED,)))


def looked_up_names(name: str, version: str, module: str) -> tuple[str, ...]:
    """Return under which names the notices about an installed package are found.

    Parameters
    ----------
    module
        What its header says, ``name:stream`` and maybe more; empty for a package of no module.
    """
    name = _flavoured(name, (version,))
    if not module and not is_modular(version):
        return (name,)
    stream = ":".join(module.split(":")[:2])
    return (f"{name} {stream}", f"{name} {_UNNAMED}") if stream else (f"{name} {_UNNAMED}",)


def _flavoured(name: str, versions: Iterable[str]) -> str:
    """Return the name of a package's builds of a flavour, of which other builds' fixes say nothing."""
    found = next(filter(None, map(_FLAVOUR.search, versions)), None)
    return f"{name} {found[1]}" if found else name

"""Programs that nobody packaged, in the words of the advisories that know them: OSV's ecosystem Bitnami."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.ecosystems import GOLANG

# What Bitnami calls otherwise.
_NAMES: Final = {"go": GOLANG.purl_type, "openjdk": "java", "httpd": "apache"}
_JAVA_8: Final = re.compile(r"1\.8\.0_(\d+)(?:-.*)?")
_PATCHED: Final = re.compile(r"(\d+(?:\.\d+)+)p\d+")


def advised_name(name: str) -> str:
    """Return what the advisories about a program call it."""
    return _NAMES.get(name, name)


def advised_version(version: str) -> str:
    """Return a program's version as the advisories write it.

    Examples
    --------
    >>> advised_version("1.8.0_382-b05"), advised_version("17.0.11+9-Ubuntu")
    ('8.0.382', '17.0.11')
    """
    java = _JAVA_8.fullmatch(version)
    return f"8.0.{java[1]}" if java else version.partition("+")[0]


def same_release(left: str, right: str) -> bool:
    """Return whether two files of a program tell the same version, of which one may know more."""
    one, other = advised_version(left), advised_version(right)
    return one == other or _unpatched(one) == other or one == _unpatched(other)


def _unpatched(version: str) -> str:
    found = _PATCHED.fullmatch(version)
    return found[1] if found else version

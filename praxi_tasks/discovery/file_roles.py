"""What a file's name says of how its content comes to differ: by the version, by an installer, by people."""

from __future__ import annotations

import re
from typing import Final

_LIBRARY: Final = re.compile(r"\.(?:so(?:\.[0-9.]+)?|pyd|dylib|jar|node|wasm)$")

_BYTE_CODE: Final = (".pyc", ".pyo")

_CODE: Final = (".py", ".js", ".mjs", ".cjs", ".rb", ".php", ".pm", ".lua", ".jl")

_VERSION: Final = re.compile(r"[vV]ersion(?:Impl)?\.cmake$|^[._]*(?:versions?|VERSIONS?)_*(?:\.[A-Za-z]+)?$")

_WRITTEN: Final = (".dist-info/RECORD", ".dist-info/WHEEL")
"""An installer writes its own RECORD, and each interpreter's wheel has another WHEEL."""

# Files in which projects state their version: one that differs is of another version, however alike the rest.
_NAMED: Final = frozenset(
    """
    __about__.py _about.py about.py _version_info.py __pkginfo__.py release.py package.xml package.json
    bower.json composer.json DESCRIPTION METADATA PKG-INFO changelog.Debian.gz changelog.Debian.amd64.gz
    changelog.Debian.arm64.gz
    """.split()  # noqa: SIM905 - a table of words
)
_OFTEN: Final = frozenset(("__init__.py", "_meta.py", "__meta__.py"))
"""Files of which some state a version, and others do not."""

# What people edit in place: settings, certificates, pages, what a program writes for itself.
_EDITED: Final = re.compile(
    r"""
    ^(?:etc|var)/ | /etc/ | (?:^|/)s?bin/
    | \.(?:conf|cnf|ini|properties|env|local|pem|crt|cer|key|css|html?|tmpl|tpl|j2
         |dat|db|sqlite3?|cache|log|lock|service|desktop|rules|policy)$
    | rc$ | (?:config|settings)[^/]*\.(?:json|ya?ml|toml|cfg|xml)$
    """,
    re.VERBOSE,
)


def names_version(path: str) -> bool:
    """Return whether a file states the version, or may, by its name; byte code counts by its source."""
    name = path.rpartition("/")[2]
    return name in _NAMED or _VERSION.search(name) is not None


def states_version(path: str) -> bool:
    """Return whether a file states the version, or may, by its name; byte code counts by its source."""
    name = path.rpartition("/")[2]
    if name.endswith(_BYTE_CODE):
        name = f"{name.partition('.')[0]}.py"
    return name in _OFTEN or names_version(name)


def is_changed_by_versions(path: str) -> bool:
    """Return whether a file states a version or is code, but for scripts, into which installers write."""
    return (path.endswith(_CODE) and "bin/" not in path) or states_version(path)


def is_edited(path: str) -> bool:
    """Return whether people edit such files where they are installed, or installers write into them."""
    return _EDITED.search(path) is not None


def is_library(path: str) -> bool:
    """Return whether a file is compiled, by its name."""
    return _LIBRARY.search(path) is not None


def is_written(path: str) -> bool:
    """Return whether an installer writes a file anew."""
    return path.endswith(_WRITTEN)


def is_telling(path: str) -> bool:
    """Return whether a file that agrees shows the version: it states it, or is compiled."""
    return states_version(path) or is_library(path)

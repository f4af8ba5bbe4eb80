"""Runtimes and tools that come as folders, which no database lists: their own small files tell the version.

They are named as :mod:`praxi_tasks.inventory.binary.program_rules` names the programs themselves. What a
distribution's package installed is known as that package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_SEARCHED: Final = 1 << 18  # bytes; the largest of these files, Ruby's, has some thousand
_VERSION: Final = re.compile(r"\d+(?:\.\d+){0,3}[A-Za-z0-9.+~-]*")


@dataclass(frozen=True)
class _Told:
    """A runtime whose version is in a file: how the file's path ends and looks, and what it says.

    The groups of ``says`` are the version, or its numbers.
    """

    name: str
    ending: str
    path: re.Pattern[str]
    says: re.Pattern[bytes]

    def version(self, content: bytes) -> str:
        found = self.says.search(content[:_SEARCHED])
        return ".".join(map(text, filter(None, found.groups()))) if found else ""


@dataclass(frozen=True)
class _Named:
    """A runtime whose version is in the path of a file: how that ends, and the whole."""

    name: str
    ending: str
    path: re.Pattern[str]


def _defined(macro: str) -> re.Pattern[bytes]:
    return re.compile(rb'^#\s*define\s+%s\s+"([^"\n]+)"' % macro.encode(), re.MULTILINE)


_JAVA_HOME: Final = r"(?:.*/)?[^/]*(?:java|jdk|jre|jvm|graalvm|corretto|zulu|temurin|semeru)[^/]*/(?:[^/]+/)?"
_TOLD: Final = (
    _Told(
        "python",
        "/patchlevel.h",
        re.compile(r"(?:.*/)?include/python\d\.\d+[a-z]*/patchlevel\.h"),
        _defined("PY_VERSION"),
    ),
    _Told(
        "node",
        "/node_version.h",
        re.compile(r"(?:.*/)?include/node/node_version\.h"),
        re.compile(
            rb"^#define NODE_MAJOR_VERSION (\d+)\s+#define NODE_MINOR_VERSION (\d+)\s+"
            rb"#define NODE_PATCH_VERSION (\d+)",
            re.MULTILINE,
        ),
    ),
    _Told(
        "openjdk",
        "/release",
        re.compile(_JAVA_HOME + "release"),
        re.compile(rb'^JAVA_VERSION="(?:1\.(?=8))?([0-9.]+)(?:_([0-9]+))?[^"\n]*"', re.MULTILINE),
    ),
    _Told(
        "go",
        "/VERSION",
        re.compile(r"(?:.*/)?go(?:-?\d[\w.]*)?/VERSION"),
        re.compile(rb"\Ago(\d[\w.]*)\s"),
    ),
    _Told(
        "ruby",
        "/rbconfig.rb",
        re.compile(r"(?:.*/)?lib(?:64)?/ruby/\d[\d.]*/[^/]+/rbconfig\.rb"),
        re.compile(rb'^[ \t]*CONFIG\["RUBY_PROGRAM_VERSION"\]\s*=\s*"([^"\n]+)"', re.MULTILINE),
    ),
    _Told(
        "php",
        "/php_version.h",
        re.compile(r"(?:.*/)?include/php(?:/\d+)?/main/php_version\.h"),
        _defined("PHP_VERSION"),
    ),
    _Told(
        "matlab",
        "/VersionInfo.xml",
        re.compile(r"(?:.*/)?VersionInfo\.xml"),
        re.compile(rb"<MathWorks_version_info>.{0,400}?<version>(\d[\d.]{0,40})</version>", re.DOTALL),
    ),
    _Told(
        "google-cloud-sdk",
        "/google-cloud-sdk/VERSION",
        re.compile(r"(?:.*/)?google-cloud-sdk/VERSION"),
        re.compile(rb"\A(\d+\.\d+\.\d+)\s*\Z"),
    ),
    _Told(
        "quarto",
        "/share/version",
        re.compile(r"(?:.*/)?quarto[^/]*/share/version"),
        re.compile(rb"\A(\d+\.\d+\.\d+)\s*\Z"),
    ),
    _Told(
        "erlang",
        "/OTP_VERSION",
        re.compile(r"(?:.*/)?releases/\d+/OTP_VERSION"),
        re.compile(rb"\A(\d+(?:\.\d+)+)\s"),
    ),
)
_NAMED: Final = (
    _Named("node", "/bin/node", re.compile(r"(?:.*/)?node-v(\d+\.\d+\.\d+)-linux-[^/]+/bin/node")),
    _Named("aws-cli", "/dist/aws", re.compile(r"(?:.*/)?aws-cli/v2/(2\.\d+\.\d+)/dist/aws")),
    _Named("perl", "/strict.pm", re.compile(r"(?:.*/)?lib(?:64)?/perl5/(5\.\d+\.\d+)/strict\.pm")),
    _Named(
        "dotnet",
        "/System.Runtime.dll",
        re.compile(r"(?:.*/)?shared/Microsoft\.NETCore\.App/(\d+\.\d+\.\d+[^/]*)/System\.Runtime\.dll"),
    ),
    _Named(
        "aspnet-core",
        "/Microsoft.AspNetCore.dll",
        re.compile(
            r"(?:.*/)?shared/Microsoft\.AspNetCore\.App/(\d+\.\d+\.\d+[^/]*)/Microsoft\.AspNetCore\.dll"
        ),
    ),
)
_ENDINGS: Final = tuple(one.ending for one in _TOLD)
_NAME_ENDINGS: Final = tuple(one.ending for one in _NAMED)


def read_runtime(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the runtime of which a file tells the version; nothing where it tells none.

    Other software has files of such names as well, so one that says nothing is no damage.
    """
    for told in _TOLD:
        if told.path.fullmatch(path) and (version := told.version(view.kept[path])):
            yield from _claim(told.name, version, path)


def named_runtimes(view: LayerView) -> Iterator[Claim]:
    """Yield the runtimes that the paths of a layer's files name, but for those that a file tells of."""
    for path in sorted(path for path in view.members() if path.endswith(_NAME_ENDINGS)):
        for named in _NAMED:
            found = named.path.fullmatch(path)
            beside = path.removesuffix(named.ending) + "/include/node/node_version.h"
            if found and beside not in view.kept:
                yield from _claim(named.name, found[1], path)


def _claim(name: str, version: str, path: str) -> Iterator[Claim]:
    if _VERSION.fullmatch(version):
        yield Claim(GENERIC.purl_type, name, version, path, files=(path,))


def _is_told(path: str) -> bool:
    return any(path.endswith(told.ending) and told.path.fullmatch(path) for told in _TOLD)


READER: Final = Reader(
    ecosystem=GENERIC.purl_type,
    prepare=lambda view: partial(read_runtime, view),
    endings=_ENDINGS,
    accepts=_is_told,
    named=named_runtimes,
)

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
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.version_files import VersionFile, program_claim, read_version_file


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
    VersionFile(
        "python",
        "/patchlevel.h",
        re.compile(r"(?:.*/)?include/python\d\.\d+[a-z]*/patchlevel\.h"),
        _defined("PY_VERSION"),
    ),
    VersionFile(
        "node",
        "/node_version.h",
        re.compile(r"(?:.*/)?include/node/node_version\.h"),
        re.compile(
            rb"^#define NODE_MAJOR_VERSION (\d+)\s+#define NODE_MINOR_VERSION (\d+)\s+"
            rb"#define NODE_PATCH_VERSION (\d+)",
            re.MULTILINE,
        ),
    ),
    VersionFile(
        "openjdk",
        "/release",
        re.compile(_JAVA_HOME + "release"),
        re.compile(rb'^JAVA_VERSION="(?:1\.(?=8))?([0-9.]+)(?:_([0-9]+))?[^"\n]*"', re.MULTILINE),
    ),
    VersionFile(
        "go",
        "/VERSION",
        re.compile(r"(?:.*/)?go(?:-?\d[\w.]*)?/VERSION"),
        re.compile(rb"\Ago(\d[\w.]*)\s"),
    ),
    VersionFile(
        "ruby",
        "/rbconfig.rb",
        re.compile(r"(?:.*/)?lib(?:64)?/ruby/\d[\d.]*/[^/]+/rbconfig\.rb"),
        re.compile(rb'^[ \t]*CONFIG\["RUBY_PROGRAM_VERSION"\]\s*=\s*"([^"\n]+)"', re.MULTILINE),
    ),
    VersionFile(
        "php",
        "/php_version.h",
        re.compile(r"(?:.*/)?include/php(?:/\d+)?/main/php_version\.h"),
        _defined("PHP_VERSION"),
    ),
    VersionFile(
        "matlab",
        "/VersionInfo.xml",
        re.compile(r"(?:.*/)?VersionInfo\.xml"),
        re.compile(rb"<MathWorks_version_info>.{0,400}?<version>(\d[\d.]{0,40})</version>", re.DOTALL),
    ),
    VersionFile(
        "google-cloud-sdk",
        "/google-cloud-sdk/VERSION",
        re.compile(r"(?:.*/)?google-cloud-sdk/VERSION"),
        re.compile(rb"\A(\d+\.\d+\.\d+)\s*\Z"),
    ),
    VersionFile(
        "quarto",
        "/share/version",
        re.compile(r"(?:.*/)?quarto[^/]*/share/version"),
        re.compile(rb"\A(\d+\.\d+\.\d+)\s*\Z"),
    ),
    VersionFile(
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


def named_runtimes(view: LayerView) -> Iterator[Claim]:
    """Yield the runtimes that the paths of a layer's files name, but for those that a file tells of."""
    for path in sorted(path for path in view.members() if path.endswith(_NAME_ENDINGS)):
        for named in _NAMED:
            found = named.path.fullmatch(path)
            beside = path.removesuffix(named.ending) + "/include/node/node_version.h"
            if found and beside not in view.kept:
                yield from program_claim(named.name, found[1], path)


READER: Final = Reader(
    ecosystem=GENERIC.purl_type,
    prepare=lambda view: partial(read_version_file, _TOLD, view),
    endings=_ENDINGS,
    accepts=lambda path: any(told.is_at(path) for told in _TOLD),
    named=named_runtimes,
)

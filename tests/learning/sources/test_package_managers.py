"""Releases fetched by pip, npm and apt from the indexes that they are configured for."""

from __future__ import annotations

import subprocess

import pytest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.debian.apt import AptSource
from praxi_tasks.learning.sources.npm.cli import NpmCliSource
from praxi_tasks.learning.sources.pypi.pip import PipSource
from tests.support.tools import need

SHOP = parse_label("shop==1.0")


def deb_version(name: str) -> str:
    """Return the version of a Debian package that apt would install."""
    done = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    return next((words[1] for words in lines if words[:1] == ["Candidate:"]), "")


@pytest.mark.slow
@pytest.mark.server
class TestRealIndexes:
    @pytest.mark.parametrize(
        ("source", "tool", "label", "path"),
        [
            (PipSource(), "pip", "six==1.16.0", "site-packages/six.py"),
            (NpmCliSource(), "npm", "npm/left-pad@1.3.0", "usr/local/lib/node_modules/left-pad/index.js"),
            (AptSource(), "apt-get", "deb/tree@", "usr/bin/tree"),
        ],
    )  # fmt: skip
    def test_a_release_is_fetched_and_listed(self, source: Source, tool: str, label: str, path: str) -> None:
        need(tool)
        if label.endswith("@"):
            label += deb_version("tree") or pytest.skip("apt knows no packages here: run apt-get update")
        wanted = parse_label(label)
        assert source.offers(wanted)
        found = source.read(wanted).checked()
        assert path in found.paths
        assert found.sizes[found.paths.index(path)] > 0

    @pytest.mark.parametrize(
        ("source", "tool", "label", "version"),
        [
            (PipSource(), "pip", "six==*", "1.16.0"),
            (NpmCliSource(), "npm", "npm/left-pad@*", "1.3.0"),
            (AptSource(), "apt-cache", "deb/tree@*", ""),
        ],
    )  # fmt: skip
    def test_versions_are_told_the_newest_first(
        self, source: Source, tool: str, label: str, version: str
    ) -> None:
        need(tool)
        version = version or deb_version("tree") or pytest.skip("apt knows no packages here")
        found = list(source.versions(parse_label(label)))
        assert version in found
        assert found == list(dict.fromkeys(found))

    def test_a_release_that_is_not_there_is_told_with_the_tools_reason(self) -> None:
        need("pip")
        with pytest.raises(ReleaseNotFoundError, match=r"six==99\.0"):
            PipSource().read(parse_label("six==99.0"))


@pytest.mark.parametrize("name", ["-r", "--index-url=x", "../x", "git+https://x/y", "a b", ""])
def test_what_a_tool_would_take_for_an_option_or_address_is_refused(name: str) -> None:
    hostile = type(SHOP)("pkg:pypi/x@1", "pypi", name, "1.0")
    for source in (PipSource(), AptSource(), NpmCliSource()):
        with pytest.raises(ReleaseError):
            source.read(hostile)

"""The parameters of building a knowledge pack: the form of its Dag."""

from __future__ import annotations

from typing import Final

from airflow.sdk import Param

from praxi_tasks.ecosystems import CONDA, CRAN, MAVEN, NPM, PYPI, RPM

INDEXES: Final = (
    *("almalinux", "alpine", "centos", CONDA.purl_type, CRAN.purl_type, "debian", "fedora", MAVEN.purl_type),
    *(NPM.purl_type, PYPI.purl_type, "rocky", RPM.purl_type, "rubygems", "ubuntu"),
)
"""What packs are built of, as ``praxi packs build`` calls it."""


def packs_params() -> dict[str, Param]:
    """Return the Dag's parameters."""
    return {
        "ecosystem": Param(
            PYPI.purl_type,
            "Of what: an index of a language, a channel of conda, a repository of rpm packages, or a suite "
            "of a distribution.",
            title="Ecosystem",
            type="string",
            enum=list(INDEXES),
        ),
        "suite": Param(
            None,
            "Of a distribution: trixie of Debian, noble of Ubuntu, v3.22 of Alpine, 42 of Fedora, 9 of Rocky "
            "Linux.",
            title="Suite",
            type=["null", "string"],
            pattern="^[a-z0-9][a-z0-9.-]{0,40}$",
        ),
        "list": Param(
            None,
            "Names or name==version: paste lines, or give the URI of a text file in a store. Without a list "
            "it is the whole suite, or what the images of the last audit have.",
            title="List of packages",
            type=["null", "string"],
            format="multiline",
            maxLength=100_000,  # it becomes one argument of a command, and of those 128 KiB are allowed
        ),
        "popular": _count(
            "No more than so many packages, the most popular.", "Most packages", 5_000, 1_000_000
        ),
        "versions": _count("How many of the newest versions of each.", "Versions", 5, 100),
        "pods": _count("How many tasks collect them at a time.", "Tasks", 4, 64),
    }


def _count(description: str, title: str, default: int, most: int) -> Param:
    return Param(default, description, title=title, type=["null", "integer"], minimum=1, maximum=most)

"""Which packages a knowledge pack is made of: those of a list, of a suite, or that the cluster runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from praxi_tasks.cli.echo import echo
from praxi_tasks.ecosystems import APK, CONDA, CRAN, DEB, GEM, MAVEN, NPM, PYPI, RPM, ecosystem_of
from praxi_tasks.errors import DataError, KeyNotFoundError
from praxi_tasks.store import Store, keys

if TYPE_CHECKING:
    from praxi_tasks.learning.data import NewPackage
    from praxi_tasks.learning.sources import Source

ECOSYSTEMS: Final = {
    "almalinux": RPM.purl_type,
    "alpine": APK.purl_type,
    "centos": RPM.purl_type,
    CONDA.purl_type: CONDA.purl_type,
    CRAN.purl_type: CRAN.purl_type,
    "debian": DEB.purl_type,
    "fedora": RPM.purl_type,
    MAVEN.purl_type: MAVEN.purl_type,
    NPM.purl_type: NPM.purl_type,
    PYPI.purl_type: PYPI.purl_type,
    "rocky": RPM.purl_type,
    RPM.purl_type: RPM.purl_type,
    "rubygems": GEM.purl_type,
    "ubuntu": DEB.purl_type,
}
"""What a person calls an index that packs are built of, and its ecosystem's name in package URLs."""


def pack_packages(
    store: Store, source: Source, ecosystem: str, listed: str | None, popular: int | None
) -> Iterator[NewPackage]:
    """Yield the packages wanted, the most popular first.

    Parameters
    ----------
    ecosystem
        As in package URLs.
    listed
        The text of a list, names or ``name==version``, one a line; without one it is all of a suite, or what
        the images of the last audit have. Lines that are neither are passed over, and their numbers printed.
    popular
        No more than this; without it all.
    """
    if listed is not None:
        found: Iterable[NewPackage] = _listed(listed, ecosystem)
    else:
        from praxi_tasks.learning.sources import SuiteIndex

        names: Iterable[str] = _of_last_audit(store, ecosystem)
        if isinstance(source, SuiteIndex):
            # What the cluster runs, those first that most images have; then the suite's own order.
            all_of_suite = dict.fromkeys(source.packages())
            names = dict.fromkeys([*(name for name in names if name in all_of_suite), *all_of_suite])
        found = [_named(name, ecosystem) for name in names]
    for number, package in enumerate(found):
        if popular is not None and number >= popular:
            return
        yield package


def pack_name(index: str, suite: str) -> str:
    """Return the name of the pack of an index or of one of its suites: ``pypi``, ``alpine/3.22``.

    It is spelled as ``os-release`` spells it, by which audits know of which suite an image is.
    """
    return f"{index}/{suite.lower().removeprefix('v')}" if suite else index


def _listed(text: str, ecosystem: str) -> list[NewPackage]:
    from praxi_tasks.learning.data import list_lines, name_lines

    read = [(number, _package(label, ecosystem)) for number, label in list_lines(text)]
    odd = [number for number, package in read if package is None]
    if odd:  # what stands there is not told: it may be an address with a password
        lines = f"praxi: passed over of the list: {name_lines(odd)}, no package of {ecosystem}"
        echo(f"{lines}; write a name or name==version", err=True)
    return [package for _, package in read if package is not None]


def _package(label: str, ecosystem: str) -> NewPackage | None:
    """Return what a line names, with or without its ecosystem and a version; None if it names none."""
    from praxi_tasks.learning.data import parse_label

    own = f"{ecosystem}/{label}"
    for written in (f"{own}==*", own, f"{label}==*", label):
        with suppress(DataError):
            package = parse_label(written)
            return package if package.ecosystem == ecosystem else None
    return None


def _named(name: str, ecosystem: str) -> NewPackage:
    from praxi_tasks.learning.data import NewPackage

    spelled = ecosystem_of(ecosystem).normalise(name)
    return NewPackage(f"pkg:{ecosystem}/{spelled}", ecosystem, spelled, "")


def _of_last_audit(store: Store, ecosystem: str) -> list[str]:
    """Return the packages in the images of the Dag's last audit, those first that most images have."""
    from praxi_tasks.findings.report import popular_packages

    for key in sorted(store.list(keys.history("dag")), reverse=True):
        try:
            table = store.get(keys.run(keys.run_of_history(key), "tables/software.parquet"))
        except KeyNotFoundError:
            continue
        return popular_packages(table, ecosystem)
    return []

"""``praxi feeds``: mirror advisories and other feeds into the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial

import click

from praxi_tasks.audit import UnfinishedError, is_last_try
from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.options import store_option
from praxi_tasks.errors import DataError, UsageError
from praxi_tasks.findings.advisories import check_vendor_feed
from praxi_tasks.findings.feeds import (
    NPM,
    OSV_URL,
    PACKAGES,
    PYPI,
    VENDORS,
    DistributionPackages,
    Mirror,
    Outcome,
    PackageIndex,
    StoreFeeds,
    audited_packages,
    end_of_life_sources,
    osv_sources,
    release_file,
    renewed_lists,
    sighted_releases,
)
from praxi_tasks.findings.packages import MIRRORED_ECOSYSTEMS, distribution_namespace
from praxi_tasks.store import Store, documents, keys, open_store

_EPSS = "epss/epss_scores-current.csv.gz"
_KEV = "kev/known_exploited_vulnerabilities.json"


@click.command()
@store_option()
@click.option(
    "--feeds",
    "feeds_uri",
    envvar="PRAXI_FEEDS",
    show_envvar=True,
    help="Where the feeds go; by default the store's folder feeds.",
)
@click.option(
    "--osv",
    envvar="PRAXI_FEEDS_OSV",
    show_envvar=True,
    default=OSV_URL,
    show_default=True,
    help="Base URL (or directory) of OSV's archives: <BASE>/<ecosystem>/all.zip.",
)
@click.option(
    "--ecosystem",
    "ecosystems",
    multiple=True,
    default=MIRRORED_ECOSYSTEMS,
    show_default=True,
    help="An ecosystem of OSV; can be repeated.",
)
@click.option(
    "--epss",
    envvar="PRAXI_FEEDS_EPSS",
    show_envvar=True,
    help="URL of the scores of FIRST's EPSS (CSV, gzipped).",
)
@click.option(
    "--kev",
    envvar="PRAXI_FEEDS_KEV",
    show_envvar=True,
    help="URL of CISA's list of exploited vulnerabilities (JSON).",
)
@click.option(
    "--index",
    envvar=("PRAXI_FEEDS_INDEX", "PIP_INDEX_URL"),
    show_envvar=True,
    help="A simple index of Python packages, for the release lists of those that the last audit met.",
)
@click.option(
    "--npm",
    envvar=("PRAXI_FEEDS_NPM", "NPM_CONFIG_REGISTRY"),
    show_envvar=True,
    help="An npm registry, for the same of npm's packages.",
)
@click.option(
    "--end-of-life",
    envvar="PRAXI_FEEDS_END_OF_LIFE",
    show_envvar=True,
    help="Base URL (or directory) of release cycles in the form of endoflife.date: <BASE>/<product>.json.",
)
@click.option(
    "--packages",
    multiple=True,
    metavar="DISTRIBUTION=URL",
    envvar="PRAXI_FEEDS_PACKAGES",
    show_envvar=True,
    help="An index of a distribution's packages, such as debian-12=https://.../binary-amd64/Packages.xz or"
    " alpine-3.20=https://.../x86_64/APKINDEX.tar.gz; for source packages and release lists; repeatable.",
)
@click.option(
    "--advisories",
    multiple=True,
    metavar="DISTRIBUTION=URL",
    envvar="PRAXI_FEEDS_ADVISORIES",
    show_envvar=True,
    help="A vendor's own advisories of one release, such as amzn-2023=https://.../updateinfo.xml.gz:"
    " updateinfo, secdb, Debian's tracker, OVAL or CSAF, compressed or not; repeatable.",
)
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="NAME=URL",
    envvar="PRAXI_FEEDS_FILES",
    show_envvar=True,
    help="Any other file of the feeds folder, such as distro-info/debian.csv=file:///usr/share/...",
)
@click.option("--run", "run_id", help="The run under which to note the outcome.")
def feeds(
    store_uri: str,
    feeds_uri: str | None,
    osv: str,
    ecosystems: tuple[str, ...],
    epss: str | None,
    kev: str | None,
    index: str | None,
    npm: str | None,
    end_of_life: str | None,
    packages: tuple[str, ...],
    advisories: tuple[str, ...],
    files: tuple[str, ...],
    run_id: str | None,
) -> None:
    """Fetch each feed, check it, and replace the previous copy; what fails keeps that copy.

    For a feed that was not renewed, the age of the copy in use is printed.
    Every URL may be https, http, file or a plain path, for sites without a way out. The exit code is 75 if
    something was not renewed and another try may help (with PRAXI_LAST_TRY=1 that is recorded instead), 1 or
    75 if a feed that never had a copy could not be fetched, 2 if a path names no file.
    """
    sources = osv_sources(osv, ecosystems)
    sources |= {name: url for name, url in ((_EPSS, epss), (_KEV, kev)) if url}
    sources |= end_of_life_sources(end_of_life) if end_of_life else {}
    sources |= dict(_pair(text, "--file") for text in files)
    indexes = [_pair(text, "--packages") for text in packages]
    sources |= {release_file(PACKAGES, distribution, url): url for distribution, url in indexes}
    sources |= dict(_vendors(advisories))
    store = open_store(store_uri)
    mirrored = open_store(feeds_uri or f"{store.uri}/feeds")
    mirror = Mirror(mirrored, checks={VENDORS: check_vendor_feed})
    now = datetime.now(UTC).isoformat(timespec="seconds")
    outcomes = (
        *mirror.fetch(sources, now),
        *_release_lists(store, mirror, {PYPI: index, NPM: npm}, now),
        *_sighted(mirrored, mirror, dict.fromkeys(name for name, _ in indexes), now),
    )
    for outcome in outcomes:
        echo(outcome.line(date.fromisoformat(now[:10])))
    if run_id:
        documents.write(store, keys.run(run_id, "feeds.json"), outcomes)
    _conclude(outcomes)


def _conclude(outcomes: Sequence[Outcome]) -> None:
    """Fail for a feed of which there is no copy at all; ask for another try for what was not renewed."""
    missing = [outcome for outcome in outcomes if outcome.state == "missing"]
    kept = [outcome for outcome in outcomes if outcome.state == "kept"]
    if missing:
        names = ", ".join(outcome.name for outcome in missing)
        what = f"never fetched: {len(missing)} of {len(outcomes)} feeds ({names}): {missing[0].reason}"
        if any(one.retryable for one in missing):
            raise UnfinishedError(what)
        raise UsageError(what) if any(one.usage for one in missing) else DataError(what)
    if kept and not is_last_try():
        what = f"not renewed: {len(kept)} of {len(outcomes)} feeds, the first: {kept[0].reason}"
        raise UsageError(what) if all(one.usage for one in kept) else UnfinishedError(what)


def _release_lists(
    store: Store, mirror: Mirror, indexes: dict[PackageIndex, str | None], now: str
) -> Iterator[Outcome]:
    """Ask the package indexes that are configured about what the last audit met."""
    for index, base in indexes.items():
        if base:
            make = partial(renewed_lists, index, base, audited_packages(store, index.ecosystem))
            yield mirror.keep(index.file, make, base, now)


def _sighted(feeds: Store, mirror: Mirror, distributions: Iterable[str], now: str) -> Iterator[Outcome]:
    """Note which versions the distributions offer since when."""
    known = DistributionPackages(StoreFeeds(feeds))
    for distribution in distributions:
        offers = [offer for several in known.of(distribution).values() for offer in several]
        name = f"releases/{distribution}.json"
        make = partial(sighted_releases, offers, day=now[:10], where=name)
        yield mirror.keep(name, make, f"{feeds.uri}/packages/{distribution}", now)


def _vendors(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name in the feeds folder and the URL of each vendor's file.

    Repositories of one release are told apart by the middle of their URLs.
    """
    for text in texts:
        distribution, url = _pair(text, "--advisories")
        if distribution_namespace(distribution) is None:
            raise click.BadParameter(
                f"{distribution!r} names no release of a distribution, as debian-14 does",
                param_hint="--advisories",
            )
        yield release_file(VENDORS, distribution, url, parts=12), url


def _pair(text: str, option: str) -> tuple[str, str]:
    name, separator, url = text.partition("=")
    if not separator or not name or not url:
        raise click.BadParameter(f"{text!r} is not NAME=URL", param_hint=option)
    return name, url

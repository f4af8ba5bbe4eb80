"""A repository of R's packages: sources, their archive, and packages that were installed already."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping

import pytest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import SuiteIndex, pack_source
from praxi_tasks.learning.sources.cran import CranRepository
from tests.support.gems import tar
from tests.support.site import Answer, Site, site

HOME = "usr/local/lib/R/site-library/tidyr"
SOURCE = {
    "DESCRIPTION": b"Package: tidyr\nVersion: 1.3.1\n",
    "NAMESPACE": b"export(a)\n" * 9,
    "LICENSE": b"YEAR: 2024\n",
    "R/a.R": b"a <- 1\n",
    "man/a.Rd": b"\\name{a}",
    "R/sysdata.rda": b"data",
    "man/figures/logo.svg": b"<svg>" * 9,
    "man/figures/README/x.svg": b"<svg>",
    "demo/show.R": b"show(1)" * 9,
    "src/a.c": b"int a;",
    "inst/doc/tidyr.html": b"<html>" * 9,
    "inst/CITATION": b"citation\n" * 9,
    "inst/extdata/x.csv": b"1,2\n" * 9,
    "tests/testthat.R": b"library(testthat)",
}
BUILT = {
    "DESCRIPTION": b"Package: tidyr\nBuilt: R 4.3.1; ; 2024; unix\n",
    "Meta/package.rds": b"rds" * 9,
    "R/tidyr.rdb": b"code" * 99,
    "libs/tidyr.so": b"\x7fELF" * 99,
}


def archive(name: str, files: Mapping[str, bytes]) -> bytes:
    return gzip.compress(tar({f"{name}/{path}": data for path, data in files.items()}), mtime=0)


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:cran/{name}", "cran", name, version)


def publish(server: Site, files: Mapping[str, bytes], present: str = "1.3.1") -> None:
    data = archive("tidyr", files)
    index = (
        f"Package: tidyr\nVersion: {present}\nDepends: R (>= 3.6)\nImports: rlang (>= 1.1),\n        vctrs\n"
        f"MD5sum: {hashlib.md5(data).hexdigest()}\n\n"  # noqa: S324 - what CRAN lists
        "Package: rlang\nVersion: 1.1.4\n\nPackage: vctrs\nVersion: 0.6\nImports: rlang\n\nnonsense\n"
    )
    server.answers["/cran/src/contrib/PACKAGES.gz"] = Answer(gzip.compress(index.encode()))
    server.answers[f"/cran/src/contrib/tidyr_{present}.tar.gz"] = Answer(data)


@pytest.fixture
def repository() -> Iterator[Site]:
    with site() as server:
        publish(server, SOURCE)
        old = archive("tidyr", {"NAMESPACE": b"export(old)\n" * 9})
        links = "".join(f'<a href="tidyr_{version}.tar.gz">' for version in ("0.9-2", "1.2.10", "1.2.9"))
        server.answers["/cran/src/contrib/Archive/tidyr/"] = Answer(links.encode(), "text/html")
        server.answers["/cran/src/contrib/Archive/tidyr/tidyr_1.2.10.tar.gz"] = Answer(old)
        yield server


def test_packages_and_versions_are_those_of_index_and_archive(repository: Site) -> None:
    source = CranRepository(f"{repository.url}/cran")
    assert isinstance(source, SuiteIndex)
    assert list(source.packages()) == ["rlang", "vctrs", "tidyr"]
    assert list(source.versions(wanted("tidyr"))) == ["1.3.1", "1.2.10", "1.2.9", "0.9-2"]
    assert list(source.versions(wanted("rlang"))) == ["1.1.4"]
    assert list(source.versions(wanted("lost"))) == []
    with pytest.raises(ReleaseNotFoundError):
        source.versions(wanted("../x"))


def test_of_sources_what_is_copied_has_contents_and_what_is_made_paths(repository: Site) -> None:
    source = pack_source("cran", address=f"{repository.url}/cran")
    found = source.read(wanted("tidyr", "1.3.1")).checked()
    known = {path for path, value in zip(found.paths, found.hashes.tolist(), strict=True) if value}
    copied = ("NAMESPACE", "LICENSE", "CITATION", "extdata/x.csv", "doc/tidyr.html", "demo/show.R")
    assert known == {f"{HOME}/{path}" for path in (*copied, "help/figures/logo.svg")}
    made = {path.removeprefix(f"{HOME}/") for path in found.paths} - {
        path.removeprefix(f"{HOME}/") for path in known
    }
    assert made >= {"Meta/vignette.rds", "R/sysdata.rdx"}
    assert made >= {"DESCRIPTION", "R/tidyr.rdb", "help/tidyr.rdx", "Meta/package.rds", "libs/tidyr.so"}
    assert not found.measured[[found.paths.index(f"{HOME}/{path}") for path in made]].any()
    old = source.read(wanted("tidyr", "1.2.10")).checked()
    assert f"{HOME}/libs/tidyr.so" not in old.paths
    with pytest.raises(ReleaseNotFoundError, match="has it not"):
        source.read(wanted("tidyr", "7"))


def test_a_package_that_was_installed_already_is_listed_as_it_is(repository: Site) -> None:
    publish(repository, BUILT)
    found = CranRepository(f"{repository.url}/cran").read(wanted("tidyr", "1.3.1")).checked()
    assert found.paths == sorted(f"{HOME}/{path}" for path in BUILT)
    assert (found.hashes != 0).all()


def test_what_is_another_or_damaged_is_told(repository: Site) -> None:
    source = CranRepository(f"{repository.url}/cran")
    assert source.packages()
    repository.answers["/cran/src/contrib/tidyr_1.3.1.tar.gz"] = Answer(archive("tidyr", BUILT))
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(wanted("tidyr", "1.3.1"))
    repository.answers["/cran/src/contrib/PACKAGES.gz"] = Answer(gzip.compress(b"x" * 99)[:-9])
    with pytest.raises(ReleaseError, match="can't be read"):
        CranRepository(f"{repository.url}/cran").packages()


def test_an_archive_of_another_package_is_refused(repository: Site) -> None:
    publish(repository, {})
    data = archive("other", SOURCE)
    repository.answers["/cran/src/contrib/Archive/tidyr/tidyr_1.2.10.tar.gz"] = Answer(data)
    with pytest.raises(ReleaseRefusedError, match="another package"):
        CranRepository(f"{repository.url}/cran").read(wanted("tidyr", "1.2.10"))

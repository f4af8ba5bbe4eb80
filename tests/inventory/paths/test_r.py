from __future__ import annotations

from tests.inventory.paths.named import found, named


def test_a_folder_with_rs_own_metadata_is_a_package() -> None:
    library = "usr/lib/R/site-library"
    paths = [f"{library}/Rcpp/Meta/package.rds", f"{library}/Rcpp/R/Rcpp.rdb", f"{library}/Rcpp2/x"]
    (package,) = found(paths)
    assert (package.ecosystem, package.name, package.version) == ("cran", "Rcpp", "")
    assert list(package.paths) == paths[:2]


def test_another_folder_is_none() -> None:
    assert not named(["usr/lib/R/library/Rcpp/R/Rcpp.rdb", "opt/1x/Meta/package.rds", "Meta/package.rds"])

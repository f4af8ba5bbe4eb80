"""Releases out of image layers: what the databases list, with the layer's own sizes and hashes."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.inventory import Claim
from praxi_tasks.learning.data.requests import NewPackage
from praxi_tasks.learning.sources.image_layer import LayerSource
from praxi_tasks.store import Store
from tests.learning.conftest import SITE, claim, installed, put_layer, put_package


def wanted(name: str, *digests: str, ecosystem: str = "pypi", version: str = "1.0") -> NewPackage:
    return NewPackage(f"pkg:{ecosystem}/{name}@{version}", ecosystem, name, version, digests)


def test_a_release_is_what_its_database_lists_and_the_layer_holds(store: Store) -> None:
    package = put_package(store, 1, "shop")
    found = LayerSource(store).read(package).checked()
    assert found.identity == ("pypi", "shop", "1.0")
    assert found.paths == [f"site-packages/shop/part{n}.py" for n in range(8)]
    assert found.measured.all()
    assert found.hashes.all()


def test_files_of_others_in_the_layer_are_not_the_releases(store: Store) -> None:
    contents = installed("shop") | installed("other")
    digest = put_layer(store, 1, contents, [claim("shop", "1.0", list(installed("shop")))])
    assert len(LayerSource(store).read(wanted("shop", digest)).paths) == 8


def test_byte_code_is_the_machines_and_not_the_releases(store: Store) -> None:
    compiled = {f"{SITE}/shop/__pycache__/part{n}.cpython-311.pyc": b"code" for n in range(8)}
    contents = installed("shop") | compiled
    digest = put_layer(store, 1, contents, [claim("shop", "1.0", list(contents))])
    assert LayerSource(store).read(wanted("shop", digest)).paths == list(installed("shop"))


def test_the_layer_that_holds_most_is_taken(store: Store) -> None:
    whole = installed("shop")
    slim = dict(list(whole.items())[:3])
    digests = [
        put_layer(store, n, c, [claim("shop", "1.0", list(whole))]) for n, c in ((1, slim), (2, whole))
    ]
    assert len(LayerSource(store).read(wanted("shop", *digests)).paths) == 8


def test_a_layer_that_lost_part_of_the_release_shows_it_incomplete(store: Store) -> None:
    whole = installed("shop")
    digest = put_layer(store, 1, dict(list(whole.items())[:5]), [claim("shop", "1.0", list(whole))])
    with pytest.raises(ReleaseNotFoundError, match="62%"):
        LayerSource(store).read(wanted("shop", digest))


def test_manuals_that_were_deleted_do_not_matter(store: Store) -> None:
    files = {"usr/bin/tool": b"1", "usr/lib/tool/a": b"2", "usr/lib/tool/b": b"3"}
    listed = [*files, "usr/share/doc/tool/copyright", "usr/share/man/man1/tool.1.gz"]
    tool = Claim("deb", "tool", "1.0", "var/lib/dpkg/status", files=tuple(listed))
    digest = put_layer(store, 1, files, [tool])
    assert len(LayerSource(store).read(wanted("tool", digest, ecosystem="deb")).paths) == 3


def test_merged_folders_are_found_under_their_other_name(store: Store) -> None:
    tool = Claim("deb", "tool", "1.0", "var/lib/dpkg/status", files=("bin/tool", "lib/tool/a"))
    digest = put_layer(store, 1, {"usr/bin/tool": b"1", "usr/lib/tool/a": b"2"}, [tool])
    found = LayerSource(store).read(wanted("tool", digest, ecosystem="deb"))
    assert found.paths == ["usr/bin/tool", "usr/lib/tool/a"]


@pytest.mark.parametrize(
    "stolen", ["etc/passwd", "usr/share-of-others/x", f"{SITE}x/other.py", "opt/app/main.py"]
)
def test_a_record_that_claims_foreign_files_owns_them_not(store: Store, stolen: str) -> None:
    contents = installed("shop") | {stolen: b"secret"}
    digest = put_layer(store, 1, contents, [claim("shop", "1.0", list(contents))])
    assert stolen not in LayerSource(store).read(wanted("shop", digest)).paths


def test_commands_below_the_same_prefix_are_the_releases(store: Store) -> None:
    contents = installed("shop") | {"usr/local/bin/shop": b"#!"}
    digest = put_layer(store, 1, contents, [claim("shop", "1.0", list(contents))])
    assert "usr/local/bin/shop" in LayerSource(store).read(wanted("shop", digest)).paths


def test_another_version_or_package_is_not_it(store: Store) -> None:
    package = put_package(store, 1, "shop")
    for other in (wanted("shop", *package.layers, version="2.0"), wanted("shops", *package.layers)):
        with pytest.raises(ReleaseNotFoundError):
            LayerSource(store).read(other)


def test_a_layer_that_the_store_does_not_know_is_passed_over(store: Store) -> None:
    with pytest.raises(ReleaseNotFoundError):
        LayerSource(store).read(wanted("shop", "sha256:" + "f" * 64))


def test_a_release_of_nothing_but_metadata_is_refused(store: Store) -> None:
    files = {f"{SITE}/shop-1.0.dist-info/{name}": b"x" for name in ("METADATA", "RECORD")}
    digest = put_layer(store, 1, files, [claim("shop", "1.0", list(files))])
    with pytest.raises(ReleaseRefusedError, match="metadata"):
        LayerSource(store).read(wanted("shop", digest)).checked()

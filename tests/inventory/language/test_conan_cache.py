from __future__ import annotations

import sqlite3

import pytest

from tests.inventory.layers import inventory_of, only
from tests.support.conan import conan_cache

CACHE = "root/.conan2/p"
DATABASE = f"{CACHE}/cache.sqlite3"


def test_a_package_of_the_cache_owns_what_was_packed() -> None:
    folder = f"{CACHE}/b/tinym430d08d07da98"
    others = [f"{folder}/p/include/tinymath.h", f"{folder}/b/conanbuild.sh"]
    data = conan_cache(("tinymath/1.4.2", "b/tinym430d08d07da98"))
    claim = only(inventory_of({DATABASE: data}, dict.fromkeys(others, "f")))
    assert (claim.ecosystem, claim.name, claim.version) == ("conan", "tinymath", "1.4.2")
    assert claim.files == (others[0],)


def test_a_reference_may_have_a_user_and_a_channel() -> None:
    data = conan_cache(("zlib/1.3.1@me/stable", "zlib1"), ("openssl/3.2.0", "opens2"))
    names = {(claim.name, claim.version) for claim in inventory_of({DATABASE: data}).claims}
    assert names == {("zlib", "1.3.1"), ("openssl", "3.2.0")}


@pytest.mark.parametrize(
    ("reference", "path"),
    [("zlib", "z"), (b"zlib/1", "z"), (None, "z"), ("zlib/1", "../../../etc"), ("../etc/1", "z")],
)
def test_a_row_that_names_no_package_is_told(reference: object, path: str) -> None:
    inventory = inventory_of({DATABASE: conan_cache((reference, path), ("fmt/10.2.1", "fmt3"))})
    assert [claim.name for claim in inventory.claims] == ["fmt"]
    assert "without name or version" in inventory.problems[0]


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", conan_cache()[:700], b"x" * 2000])
def test_a_damaged_database_is_told(data: bytes) -> None:
    inventory = inventory_of({DATABASE: data})
    assert not inventory.claims
    assert len(inventory.problems) == 1


def test_a_view_instead_of_the_table_is_refused() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIEW packages AS SELECT 'a/1' AS reference, 'b' AS path")
    connection.commit()
    inventory = inventory_of({DATABASE: connection.serialize()})
    connection.close()
    assert "no plain table of packages" in inventory.problems[0]

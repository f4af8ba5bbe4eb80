"""Copies that packages of Python carry, by the lists of those who made them."""

from __future__ import annotations

import pytest

from tests.inventory.layers import inventory_of

SITE = "usr/lib/python3.12/site-packages"
VENDORED = b"""CacheControl==0.14.0  # https://example.org
requests[x]==2.32.3
    urllib3==1.26.20
typing_extensions==4.12.2
setuptools==70.3.0
gone==1.0
ranged>=2
"""


@pytest.mark.parametrize("place", ["pip/_vendor/vendor.txt", "pkg_resources/_vendor/vendored.txt"])
def test_a_copy_is_one_that_is_there(place: str) -> None:
    folder = f"{SITE}/{place.rpartition('/')[0]}"
    others = (
        "cachecontrol/a.py",
        "requests/a.py",
        "urllib3/a.py",
        "typing_extensions.py",
        "pkg_resources/a.py",
    )
    inventory = inventory_of({f"{SITE}/{place}": VENDORED}, {f"{folder}/{name}": "f" for name in others})
    assert [(claim.name, claim.version, claim.files) for claim in inventory.claims] == [
        ("cachecontrol", "0.14.0", (f"{folder}/cachecontrol/a.py",)),
        ("requests", "2.32.3", (f"{folder}/requests/a.py",)),
        ("urllib3", "1.26.20", (f"{folder}/urllib3/a.py",)),
        ("typing-extensions", "4.12.2", (f"{folder}/typing_extensions.py",)),
        ("setuptools", "70.3.0", (f"{folder}/pkg_resources/a.py",)),
    ]
    assert {claim.relation for claim in inventory.claims} == {"vendored"}
    assert inventory.problems == ()


def test_a_list_elsewhere_is_somebody_elses() -> None:
    files = {"srv/app/_vendor/vendor.txt": b"a==1\n", "srv/app/_vendor/a/b.py": b""}
    assert inventory_of(files).claims == ()

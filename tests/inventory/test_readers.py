"""Whatever a layer holds where a database should be, its inventory is read, and soon."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.inventory import Inventory
from tests.inventory.language import test_python, test_python_sboms, test_runtimes, test_web_applications
from tests.inventory.language import test_records as language_records
from tests.inventory.layers import inventory_of
from tests.inventory.manager import test_header_libraries, test_texlive
from tests.inventory.manager import test_records as manager_records
from tests.inventory.os import (
    test_apk,
    test_chisel,
    test_dpkg,
    test_os_release,
    test_other_distributions,
    test_rpm_manifest,
)

SITE = "usr/lib/python3/dist-packages"
SEEDS = {
    "var/lib/dpkg/status": test_dpkg.STATUS,
    "var/lib/dpkg/status.d/x": test_dpkg.STATUS,
    "usr/share/doc/libpq5/copyright": b"Format: x\n\nFiles: *\nLicense: MIT\n\nLicense: MIT\n text\n",
    "var/lib/dpkg/info/libpq5:amd64.list": b"/.\n/usr\n/usr/lib/x\n",
    f"{SITE}/x.dist-info/METADATA": test_python.METADATA,
    f"{SITE}/x.dist-info/RECORD": b'a,b,1\n"c",,\n',
    f"{SITE}/y.egg-info/PKG-INFO": test_python.METADATA,
    f"{SITE}/y.egg-info/SOURCES.txt": b"a.py\nb.py\n",
    "srv/node_modules/x/package.json": b'{"name": "x", "version": "1.0.0"}',
    "usr/local/include/python3.12/patchlevel.h": test_runtimes.PYTHON,
    "opt/java/openjdk/release": test_runtimes.JAVA,
    "usr/src/joomla/libraries/src/Version.php": test_web_applications.JOOMLA,
    "etc/centos-release": b"CentOS release 6.10 (Final)\n",
    "srv/.pnp.cjs": b'"packageLocation": "./.yarn/cache/x.zip/node_modules/x/"',
    "var/lib/chisel/manifest.wall": test_chisel.MANIFEST,
    "var/lib/rpmmanifest/container-manifest-2": test_rpm_manifest.OPENSSL,
    "lib/apk/db/installed": test_apk.INSTALLED,
    "etc/os-release": test_os_release.DEBIAN,
    "var/lib/rpm/Packages": bytes(12) + b"\x61\x15\x06\x00" + bytes(4) + b"\x00\x02\x00\x00" + bytes(1000),
    "var/lib/rpm/Packages.db": b"RpmP" + bytes(8) + b"\x01" + bytes(5000),
    "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + bytes(4080),
    **{path: data for path, (data, _) in language_records.RECORDS.items()},
    "app/app.deps.json": language_records.DOTNET,
    "usr/local/lib/perl/5.36.0/auto/Try/Tiny/.packlist": language_records.PACKLIST,
    "opt/conda/conda-meta/numpy-1.26.4-py312_0.json": manager_records.CONDA,
    "opt/spack/hdf5/.spack/spec.json": manager_records.SPACK.encode(),
    "usr/include/pybind11/detail/common.h": test_header_libraries.PYBIND11,
    "apps/x/1/easybuild/x-1.eb": manager_records.EASYBUILD,
    "opt/TinyTeX/tlpkg/texlive.tlpdb": test_texlive.LIST,
    f"{test_python_sboms.FOLDER}/sbom.json": json.dumps(test_python_sboms.BY_HAND).encode(),
    "snap/manifest.yaml": manager_records.SNAP_MANIFEST,
    "snap/core22/1/meta/snap.yaml": manager_records.SNAP,
    "opt/bitnami/.bitnami_components.json": manager_records.COMPONENTS,
    "opt/bitnami/postgresql/.spdx-postgresql.spdx": manager_records.BITNAMI,
    "var/lib/pacman/local/bash-5/desc": test_other_distributions.PACMAN,
    "var/db/xbps/pkgdb-0.38.plist": test_other_distributions.XBPS,
    "var/db/xbps/.bash-files.plist": test_other_distributions.XBPS_FILES,
    "var/lib/pkgtools/packages/a-1-x86_64-1": test_other_distributions.SLACKWARE,
    "var/lib/eopkg/package/nano-8.0-187/metadata.xml": test_other_distributions.EOPKG,
    "var/lib/eopkg/package/nano-8.0-187/files.xml": test_other_distributions.EOPKG_FILES,
    "etc/cos-package-info.json": test_other_distributions.COS,
    f"{manager_records.FLATPAK}/metadata": b"[Application]\n",
    f"{manager_records.FLATPAK}/files/share/metainfo/org.gimp.GIMP.metainfo.xml": manager_records.METAINFO,
    "root/.vscode-server/extensions/extensions.json": manager_records.EXTENSIONS,
    f"root/Extensions/{'a' * 32}/1_0/manifest.json": manager_records.BROWSER_EXTENSION,
    "var/lib/pacman/local/bash-5/files": test_other_distributions.FILES,
    "var/db/pkg/app-shells/bash-5.2/CONTENTS": test_other_distributions.CONTENTS,
    "usr/lib/opkg/status": test_other_distributions.OPKG,
}


@given(st.dictionaries(st.sampled_from(sorted(SEEDS)), st.binary(max_size=400)))
def test_any_bytes_give_an_inventory_that_can_be_stored(contents: dict[str, bytes]) -> None:
    inventory = inventory_of(contents)
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory


@given(st.data())
@settings(max_examples=300)
def test_damaged_databases_give_an_inventory_that_can_be_stored(data: st.DataObject) -> None:
    contents = {path: damage(data, seed) for path, seed in SEEDS.items()}
    inventory = inventory_of(contents)
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory
    assert all(line.isprintable() for line in inventory.problems)


def damage(data: st.DataObject, seed: bytes) -> bytes:
    """Overwrite, repeat and cut a few places."""
    result = bytearray(seed)
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, max(len(result) - 1, 0)))
        result[start : start + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    return bytes(result)


@pytest.mark.parametrize("path", sorted(SEEDS))
@pytest.mark.parametrize("filler", [b"\0", b"\n", b"x", b"\xff", b'"', b"P:\n\n", b"{", b"Package: x\n\n"])
def test_megabytes_of_one_thing_end(path: str, filler: bytes) -> None:
    for head in (b"", SEEDS[path][:24]):
        inventory = inventory_of({path: head + filler * (2_000_000 // len(filler))})
        assert len(inventory.problems) <= 20


def test_one_broken_database_leaves_the_others() -> None:
    inventory = inventory_of({**SEEDS, f"{SITE}/x.dist-info/METADATA": b"\xff", "var/lib/rpm/Packages": b"?"})
    assert {"libpq5", "musl", "ssl_client", "x"} <= {claim.name for claim in inventory.claims}
    assert any("x.dist-info" in line for line in inventory.problems)
    assert any("rpm/Packages:" in line for line in inventory.problems)


def test_random_garbage_in_every_rpm_container_is_a_problem() -> None:
    noise = np.random.default_rng(7).bytes(20_000)
    for name in ("Packages", "Packages.db", "rpmdb.sqlite"):
        path = f"var/lib/rpm/{name}"
        for head in (b"", SEEDS[path][:32]):
            assert inventory_of({path: head + noise}).problems


def test_claims_do_not_depend_on_the_order_of_the_archive() -> None:
    assert inventory_of(SEEDS) == inventory_of(dict(reversed(SEEDS.items())))

"""What images say of their suite reaches the model: a renamed package is named as in the image's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from praxi_tasks.audit.deployed import DeployedImage
from praxi_tasks.audit.layer_suites import LayerSuites, suite_named
from praxi_tasks.audit.plan import Plan, PlannedImage, PlannedLayer
from praxi_tasks.audit.predict import predict_layers
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.discovery import Catalogue, DecisionRule, Model
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.inventory import Distribution, Inventory
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.store import Store, keys, open_store
from tests.support import world

SSL = ("usr/lib/x86_64-linux-gnu/libssl.so.3", "usr/lib/x86_64-linux-gnu/libcrypto.so.3")
BOOKWORM = Distribution("debian", "12", "bookworm")
TRIXIE = Distribution("debian", "13", "trixie")
BASE, TOP = "sha256:" + "1" * 64, "sha256:" + "2" * 64
OTHER = "sha256:" + "3" * 64
SUITES = ("debian/bookworm", "debian/trixie")


def model() -> Model:
    """Know two suites, in which the same files are of packages of other names."""

    def suite(pack: str, *packages: tuple[str, tuple[str, ...]]) -> Catalogue:
        releases = [
            make_release(ReleaseLine(name, "", [ReleaseFile(path) for path in paths], "deb"))
            for name, paths in packages
        ]
        return replace(build_catalogue(releases), pack=pack)

    parts = [
        suite(SUITES[0], ("libssl3", SSL), ("icu72", ("usr/lib/libicu.so.72",))),
        suite(SUITES[1], ("libssl3t64", SSL), ("icu76", ("usr/lib/libicu.so.76", "usr/lib/libicui.so.76"))),
    ]
    rule = DecisionRule("threshold", threshold=1e-6)
    return Model(parts, world.model().scorer, decision_rule=rule)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def put(store: Store, digest: str, paths: tuple[str, ...], distribution: Distribution | None = None) -> None:
    store.put(keys.layer_tagset(digest), Tagset.from_paths(digest, paths).to_bytes())
    store.put(keys.layer_inventory(digest), Inventory(digest, distribution=distribution).to_bytes())


def plan(*images: tuple[str, ...]) -> Plan:
    digests = list(dict.fromkeys(digest for image in images for digest in image))
    return Plan(
        tuple(
            PlannedImage(DeployedImage(str(number)), layers=tuple(map(digests.index, image)))
            for number, image in enumerate(images)
        ),
        tuple(PlannedLayer(digest, 1, "tar", 0) for digest in digests),
        0,
    )


def named(store: Store, wanted: Plan, digest: str) -> set[str]:
    known = model()
    outcome = predict_layers(wanted, store, known)
    assert not outcome.failures
    stored = StoredLayers(store, outcome.model, suites=outcome.suites)
    found = stored.prediction(digest).releases
    return {name for each in found for name in (each.name, *(tie.rpartition("/")[2] for tie in each.ties))}


@pytest.mark.parametrize(("distribution", "name"), [(BOOKWORM, "libssl3"), (TRIXIE, "libssl3t64")])
def test_os_release_below_tells_whose_a_library_is(
    store: Store, distribution: Distribution, name: str
) -> None:
    put(store, BASE, ("etc/os-release",), distribution)
    put(store, TOP, SSL)
    assert named(store, plan((BASE, TOP)), TOP) == {name}


def test_the_images_other_layers_tell_where_os_release_is_gone(store: Store) -> None:
    put(store, BASE, ("usr/lib/libicu.so.76", "usr/lib/libicui.so.76"))
    put(store, TOP, SSL)
    assert named(store, plan((BASE, TOP)), TOP) == {"libssl3t64"}


def test_nothing_is_told_of_a_layer_of_two_suites_or_of_none(store: Store) -> None:
    put(store, BASE, ("etc/os-release",), BOOKWORM)
    put(store, OTHER, ("etc/os-release",), TRIXIE)
    put(store, TOP, SSL)
    both = {"libssl3", "libssl3t64"}
    assert named(store, plan((BASE, TOP), (OTHER, TOP)), TOP) == both
    assert named(store, plan((TOP,)), TOP) == both


def test_an_inventory_that_is_damaged_tells_nothing_and_stops_nobody(store: Store) -> None:
    put(store, TOP, SSL)
    store.put(keys.layer_tagset(BASE), Tagset.from_paths(BASE, ("usr/bin/x",)).to_bytes())
    store.put(keys.layer_inventory(BASE), b"damaged")
    assert LayerSuites(plan((BASE, TOP)), store, SUITES).of == {}


def test_a_model_without_suites_needs_no_telling(store: Store) -> None:
    put(store, BASE, ("etc/os-release",), TRIXIE)
    assert LayerSuites(plan((BASE,)), store, ()).of == {}
    assert LayerSuites(plan((BASE,)), store, SUITES).of == {BASE: "debian/trixie"}


@pytest.mark.parametrize(
    ("distribution", "kind"),
    [
        (Distribution("alpine", "3.22.1"), "apk"),
        (Distribution("fedora", "42"), "rpm"),
        (Distribution("centos", "7", like=("rhel", "fedora")), "rpm"),
        (Distribution("arch"), "alpm"),
        (Distribution("manjaro", like=("arch",)), "alpm"),
        (Distribution("debian", "11", "bullseye"), "deb"),
        (Distribution("kali", like=("debian",)), "deb"),
        (Distribution("nobodys"), None),
    ],
)
def test_of_no_suite_of_the_model_the_kind_of_packages_is_told(
    store: Store, distribution: Distribution, kind: str | None
) -> None:
    put(store, BASE, ("etc/os-release",), distribution)
    put(store, TOP, SSL)
    told = LayerSuites(plan((BASE, TOP)), store, SUITES).of
    assert told == (dict.fromkeys((BASE, TOP), kind) if kind else {})
    names = named(store, plan((BASE, TOP)), TOP)
    assert names == ({"libssl3", "libssl3t64"} if kind in ("deb", None) else set())


@pytest.mark.parametrize(
    ("distribution", "pack"),
    [
        (TRIXIE, "debian/trixie"),
        (Distribution("fedora", "42"), "fedora/42"),
        (Distribution("alpine", "3.22.1"), "alpine/3.22"),
        (Distribution("rocky", "9.6"), "rocky/9"),
        (
            Distribution("linuxmint", "22", "xia", like=("ubuntu", "debian"), base_codename="noble"),
            "ubuntu/noble",
        ),
        (Distribution("debian", "", "forky"), ""),
        (Distribution("arch"), ""),
    ],
)
def test_os_release_names_packs(distribution: Distribution, pack: str) -> None:
    known = ("debian/trixie", "fedora/42", "alpine/3.22", "rocky/9", "ubuntu/noble")
    assert suite_named(distribution, known) == pack

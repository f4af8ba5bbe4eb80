"""From a deployed image to the image that ran."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.audit.deployed import DeployedImage
from praxi_tasks.audit.resolve import ImageResolver
from praxi_tasks.errors import NotFoundError, PlatformError
from praxi_tasks.oci.image import Image, Platform
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.store import Store
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, hostile

__all__ = ["hostile"]

AMD64, ARM64 = Platform(), Platform("linux", "arm64")
SETTINGS = RegistrySettings(attempts=1)


def made(architecture: str) -> images.Manifest:
    return images.image([images.layer({"architecture": architecture.encode()})], architecture=architecture)


AMD, ARM, IBM = made("amd64"), made("arm64"), made("s390x")
BOTH, ONLY, FOREIGN = images.index([AMD, ARM]), images.index([ARM]), images.index([ARM, IBM])


def resolve(
    store: Store, deployed: DeployedImage, platform: Platform = AMD64
) -> tuple[Image, tuple[str, ...]]:
    return ImageResolver(store, SETTINGS, platform)(deployed)


def test_each_image_is_read_as_its_nodes_ran_it(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", BOTH)
    deployed = DeployedImage(reference, BOTH.digest, "manifest")
    on_arm = msgspec.structs.replace(deployed, platform="linux/arm64")
    for _ in range(2):  # from the registry, then from the store
        assert [resolve(store, one)[0].digest for one in (deployed, on_arm)] == [AMD.digest, ARM.digest]


def test_an_index_of_one_platform_is_what_ran(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", ONLY)
    for _ in range(2):
        image, (doubt,) = resolve(store, DeployedImage(reference, ONLY.digest, "manifest"))
        assert image.digest == ARM.digest
        assert doubt == "read as linux/arm64: the image has nothing for linux/amd64"


def test_of_several_foreign_platforms_none_is_guessed(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", FOREIGN)
    with pytest.raises(PlatformError, match="linux/arm64, linux/s390x"):
        resolve(store, DeployedImage(reference, FOREIGN.digest, "manifest"))


@pytest.mark.parametrize("ran", [AMD, ARM])
def test_a_configuration_tells_the_variant_that_ran(
    hostile: HostileRegistry, store: Store, ran: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", BOTH)
    for platform in (AMD64, ARM64):
        image, doubts = resolve(store, DeployedImage(reference, ran.config_digest, "config"), platform)
        assert (image.digest, doubts) == (ran.digest, ())


def test_a_configuration_beside_a_pinned_index_tells_the_variant(
    hostile: HostileRegistry, store: Store
) -> None:
    reference = hostile.serve("shop", "1", BOTH)
    deployed = DeployedImage(reference, BOTH.digest, "manifest", config=ARM.config_digest)
    assert resolve(store, deployed)[0].digest == ARM.digest


def test_a_configuration_that_was_met_outlives_its_tag(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", AMD)
    deployed = DeployedImage(reference, AMD.config_digest, "config")
    assert resolve(store, deployed)[0].digest == AMD.digest
    hostile.serve("shop", "1", ARM)
    asked = len(hostile.asked)
    image, doubts = resolve(store, deployed)
    assert (image.digest, doubts) == (AMD.digest, ())
    assert len(hostile.asked) == asked


def test_a_configuration_of_another_image_is_doubted(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", BOTH)
    image, (doubt,) = resolve(store, DeployedImage(reference, IBM.config_digest, "config"))
    assert image.digest == AMD.digest
    assert "names another image than the one that ran" in doubt


def test_a_manifests_digest_that_was_told_as_an_id_is_read(hostile: HostileRegistry, store: Store) -> None:
    hostile.serve("shop", "old", ARM)
    reference = hostile.serve("shop", "1", AMD)
    image, doubts = resolve(store, DeployedImage(reference, ARM.digest, "config"))
    assert (image.digest, doubts) == (ARM.digest, ())


def test_a_tag_that_is_gone_is_not_found(hostile: HostileRegistry, store: Store) -> None:
    with pytest.raises(NotFoundError):
        resolve(store, DeployedImage(f"{hostile.host}/shop:1", AMD.config_digest, "config"))


def test_the_digest_of_a_mirror_is_asked_of_the_mirror(hostile: HostileRegistry, store: Store) -> None:
    hostile.serve("copy/shop", "x", AMD)
    deployed = DeployedImage("registry.invalid/shop:1", AMD.digest, "manifest")
    deployed = msgspec.structs.replace(deployed, repository=f"{hostile.host}/copy/shop")
    image, _ = resolve(store, deployed)
    assert (image.digest, image.reference) == (AMD.digest, f"{hostile.host}/copy/shop@{AMD.digest}")


def test_what_an_index_lists_and_nobody_has_is_passed_over(hostile: HostileRegistry, store: Store) -> None:
    reference = hostile.serve("shop", "1", BOTH)
    hostile.remove(f"/v2/shop/manifests/{AMD.digest}")
    image, _ = resolve(store, DeployedImage(reference, ARM.config_digest, "config"))
    assert image.digest == ARM.digest


def test_the_variant_of_an_index_counts_where_the_configuration_has_none(
    hostile: HostileRegistry, store: Store
) -> None:
    layer = images.layer({"a": b"6"})
    old = images.image([layer], architecture="arm", variant="v6", config={"variant": ""})
    new = images.image([layer], architecture="arm", variant="v7", config={"variant": "", "author": "x"})
    reference = hostile.serve("shop", "1", images.index([new, old]))
    image, doubts = resolve(store, DeployedImage(reference, platform="linux/arm/v6"))
    assert (image.digest, str(image.platform), doubts) == (old.digest, "linux/arm/v6", ())

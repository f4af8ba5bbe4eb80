"""Linux by its image, its modules and its files' paths."""

from __future__ import annotations

import gzip
import lzma

import pytest
import zstandard

from praxi_tasks.inventory import program_cpe
from praxi_tasks.inventory.binary.inspect import part_to_read
from tests.inventory.binary.programs import inspect, named, releases
from tests.inventory.layers import inventory_of
from tests.support.programs import elf

KERNEL = "generic/linux-kernel@6.1.0-47-cloud-amd64"
VERMAGIC = b"vermagic=6.1.0-47-cloud-amd64 SMP preempt mod_unload modversions \0"
MODULE = elf({".modinfo": b"license=GPL\0intree=Y\0name=af_key\0" + VERMAGIC})
NVIDIA = elf({".modinfo": b"license=NVIDIA\0version=535.104.05\0name=nvidia\0" + VERMAGIC})


def boot(head: bytes, version: bytes = b"6.1.0-47-cloud-amd64 (debian@x) #1 SMP\0") -> bytes:
    """Return an image for x86."""
    data = bytearray(head.ljust(0x400, b"\0") + version)
    data[0x202:0x206] = b"HdrS"
    data[0x20E:0x210] = (0x200).to_bytes(2, "little")
    return bytes(data)


@pytest.mark.parametrize("head", [b"MZ", b"\xea\x05\x00\xc0\x07\x8c"])
def test_an_image_says_its_version_by_the_boot_protocol(head: bytes) -> None:
    path, data = "boot/vmlinuz-6.1.0-47-cloud-amd64", boot(head)
    assert part_to_read(path.encode(), data[:64])
    if head != b"MZ":
        assert releases(data, path) == [KERNEL]
        assert releases(boot(head, b"no number\0"), path) == []


BANNER = b"Linux version 6.1.0-47-cloud-amd64 (debian@x) (gcc-12) #1 SMP\n"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("boot/vmlinux", elf({".rodata": BANNER})),
        ("boot/Image.gz", gzip.compress(BANNER)),
        ("boot/vmlinux.gz", gzip.compress(elf({".rodata": BANNER}))),
    ],
    ids=["vmlinux", "Image.gz", "vmlinux.gz"],
)
def test_other_images_have_a_line_of_text(path: str, data: bytes) -> None:
    assert part_to_read(path.encode(), data[:64])
    assert releases(data, path) == [KERNEL]


FOLDER = "lib/modules/6.1.0-47-cloud-amd64"


@pytest.mark.parametrize(
    ("ending", "pack"),
    [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress), (".zst", zstandard.compress)],
)
def test_modules_are_their_kernels_or_their_own(ending: str, pack: type[bytes]) -> None:
    path = f"{FOLDER}/kernel/af_key.ko{ending}"
    assert part_to_read(path.encode(), pack(MODULE)[:64])
    assert releases(pack(MODULE), path) == [KERNEL]
    (claim,) = inspect(pack(NVIDIA), f"{FOLDER}/updates/dkms/nvidia.ko{ending}").claims
    assert named(claim) == "generic/nvidia@535.104.05"
    assert claim.licences == ("NVIDIA",)


def test_modules_that_say_little() -> None:
    path = f"{FOLDER}/extra/a.ko"
    assert releases(elf({".modinfo": b"srcversion=ABCDEF\0" + VERMAGIC}), path) == ["generic/a@ABCDEF"]
    assert releases(elf({".modinfo": b"intree=Y\0vermagic=\xff\0"}), path) == []
    assert releases(elf({".modinfo": VERMAGIC}), path) == []
    assert inspect(gzip.compress(MODULE)[:-20], f"{path}.gz").problems


def test_paths_name_a_kernel() -> None:
    files = [
        f"boot/System.map-{FOLDER[12:]}",
        f"usr/{FOLDER}/modules.builtin",
        f"{FOLDER}/modules.dep",
        "boot/grub",
    ]
    inventory = inventory_of(dict.fromkeys(files, b""))
    assert [named(claim) for claim in inventory.claims] == [KERNEL, KERNEL]
    assert not inventory.problems


def test_a_kernel_is_an_operating_system_by_its_cpe_name() -> None:
    assert program_cpe("generic", "linux-kernel", "6.1.0").startswith("cpe:2.3:o:linux:linux_kernel:6.1.0:")
    assert program_cpe("generic", "cuda-toolkit", "12.4.1").startswith(
        "cpe:2.3:a:nvidia:cuda_toolkit:12.4.1:"
    )

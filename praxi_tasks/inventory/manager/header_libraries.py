"""Libraries of C++ that are headers alone: other packages bring them, and no record of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.c_macros import defined_numbers
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_HEAD: Final = 1 << 17  # bytes; the longest of these headers, pybind11's, has 60,000
# How a header's path ends, whose it is, and what it defines its version by.
_HEADERS: Final[Mapping[str, tuple[str, tuple[bytes, ...]]]] = {
    "/Eigen/src/Core/util/Macros.h": (
        "eigen",
        (b"EIGEN_WORLD_VERSION", b"EIGEN_MAJOR_VERSION", b"EIGEN_MINOR_VERSION"),
    ),
    "/pybind11/detail/common.h": (
        "pybind11",
        (b"PYBIND11_VERSION_MAJOR", b"PYBIND11_VERSION_MINOR", b"PYBIND11_VERSION_PATCH"),
    ),
    "/nlohmann/detail/abi_macros.hpp": (
        "nlohmann-json",
        (b"NLOHMANN_JSON_VERSION_MAJOR", b"NLOHMANN_JSON_VERSION_MINOR", b"NLOHMANN_JSON_VERSION_PATCH"),
    ),
    "/boost/version.hpp": ("boost", (b"BOOST_VERSION",)),
}
_OF_NUMBER: Final = (100_000, 100)  # what Boost's minor version and its patch are multiplied by


def read_header(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the library of a header; nothing of one between two releases, which defines no numbers."""
    for ending, (name, macros) in _HEADERS.items():
        if path.endswith(ending) and (numbers := defined_numbers(view.kept[path][:_HEAD], macros)):
            version = ".".join(number.decode() for number in numbers)
            if len(numbers) == 1:
                version = _spelt(int(numbers[0]))
            yield Claim(GENERIC.purl_type, name, version, path, files=(path,))


def _spelt(number: int) -> str:
    """Return the version that is written as one number: 107400 is 1.74.0."""
    major, patch = _OF_NUMBER
    return f"{number // major}.{number // patch % (major // patch)}.{number % patch}"


READER: Final = Reader(
    ecosystem=GENERIC.purl_type,
    prepare=lambda view: partial(read_header, view),
    endings=tuple(_HEADERS),
)

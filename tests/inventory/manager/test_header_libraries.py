"""Libraries of C++ that are headers alone are told by what these define."""

from __future__ import annotations

import pytest

from tests.inventory.layers import inventory_of, only

EIGEN = b"""#ifndef EIGEN_MACROS_H
#define EIGEN_MACROS_H

#define EIGEN_WORLD_VERSION 3
#define EIGEN_MAJOR_VERSION 4
#define EIGEN_MINOR_VERSION 0

#define EIGEN_VERSION_AT_LEAST(x,y,z) (EIGEN_WORLD_VERSION>x)
"""
PYBIND11 = b"""#pragma once

#define PYBIND11_VERSION_MAJOR 2
#define PYBIND11_VERSION_MINOR 10
#define PYBIND11_VERSION_PATCH 3
"""
JSON = b"""#define NLOHMANN_JSON_VERSION_MAJOR 3   // NOLINT(modernize-macro-to-enum)
#define NLOHMANN_JSON_VERSION_MINOR 11  // NOLINT(modernize-macro-to-enum)
#define NLOHMANN_JSON_VERSION_PATCH 2   // NOLINT(modernize-macro-to-enum)
"""
BOOST = b"""#ifndef BOOST_VERSION_HPP
#define BOOST_VERSION_HPP

#define BOOST_VERSION 107400
#define BOOST_LIB_VERSION "1_74"
"""


@pytest.mark.parametrize(
    ("path", "header", "name", "version"),
    [
        ("usr/local/include/eigen3/Eigen/src/Core/util/Macros.h", EIGEN, "eigen", "3.4.0"),
        ("opt/x/site-packages/torch/include/pybind11/detail/common.h", PYBIND11, "pybind11", "2.10.3"),
        ("usr/local/include/nlohmann/detail/abi_macros.hpp", JSON, "nlohmann-json", "3.11.2"),
        ("opt/boost/include/boost/version.hpp", BOOST, "boost", "1.74.0"),
        ("opt/boost/include/boost/version.hpp", b"#define BOOST_VERSION 108601\n", "boost", "1.86.1"),
    ],
)
def test_a_header_tells_its_library(path: str, header: bytes, name: str, version: str) -> None:
    claim = only(inventory_of({path: header}))
    assert (claim.ecosystem, claim.name, claim.version, claim.files) == ("generic", name, version, (path,))


@pytest.mark.parametrize("header", [b"", PYBIND11.replace(b"PATCH 3", b"PATCH 0.dev1"), b"\xff#define"])
def test_a_header_between_releases_tells_nothing(header: bytes) -> None:
    inventory = inventory_of({"usr/include/pybind11/detail/common.h": header})
    assert not inventory.claims
    assert not inventory.problems

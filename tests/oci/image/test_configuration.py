"""What an image's configuration says: platform, the history's line of each layer, the base image."""

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.errors import ManifestError
from praxi_tasks.oci.image.configuration import (
    LONGEST_COMMAND,
    Configuration,
    declared_base,
    parse_configuration,
)
from praxi_tasks.oci.image.model import DeclaredBase, Platform

DIGEST = "sha256:" + "1" * 64
BASE = "org.opencontainers.image.base."


def parse(layers: int, **fields: Any) -> Configuration:
    return parse_configuration(json.dumps(fields).encode(), "x", layers)


def lines(*commands: str) -> tuple[str, ...]:
    return parse(len(commands), history=[{"created_by": text} for text in commands]).commands


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"os": "linux", "architecture": "arm", "variant": "v7"}, Platform("linux", "arm", "v7")),
        ({"os": "windows", "architecture": "amd64", "os.version": "10"}, Platform("windows", "amd64")),
        ({"architecture": None}, Platform()),
        ({"os": 5, "architecture": ["amd64"], "variant": {}}, Platform()),
    ],
)
def test_the_platform(fields: dict[str, Any], expected: Platform) -> None:
    assert parse(0, **fields).platform == expected


def test_each_layer_has_the_line_that_made_it() -> None:
    history = [
        {"created_by": "ADD rootfs.tar / # buildkit"},
        {"created_by": 'CMD ["bash"]', "empty_layer": True},
        {"created_by": "RUN /bin/sh -c apt-get update &&\n   apt-get install curl", "empty_layer": False},
    ]
    found = parse(2, history=history).commands
    assert found == ("ADD rootfs.tar / # buildkit", "RUN /bin/sh -c apt-get update && apt-get install curl")


@pytest.mark.parametrize(
    "history",
    [
        None,
        [],
        {},
        "RUN x",
        [{"created_by": "a"}],
        [{"created_by": "a"}] * 3,
        [{"created_by": 3}] * 2,
        [[], 7],
    ],
)
def test_a_history_that_says_nothing_of_the_layers(history: object) -> None:
    assert parse(2, history=history).commands == ()


def test_a_layer_whose_line_is_odd_keeps_no_other_from_being_read() -> None:
    odd = {"created_by": ["x"], "comment": "Imported from -"}
    assert parse(3, history=[odd, {"created_by": "RUN b"}, {"empty_layer": "yes"}]).commands == (
        "Imported from -",
        "RUN b",
        "",
    )


def test_hostile_lines_are_short_and_printable() -> None:
    (red, long, turned) = lines("RUN \x1b[31mred", "x" * 100_000, "RUN \u202eevil\x00")
    assert red == "RUN \\x1b[31mred"
    assert len(long) == LONGEST_COMMAND
    assert turned.isprintable()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("RUN |1 TOKEN=s3 cret /bin/sh -c npm ci # buildkit", "RUN |1 … /bin/sh -c npm ci # buildkit"),
        ("|2 A=s3cret B=x /bin/bash -ec make", "|2 … /bin/bash -ec make"),
        ("RUN |1 TOKEN=s3cret", "RUN |1 …"),
        ("RUN git clone https://me:s3cret@git.example/x", "RUN git clone https://…@git.example/x"),
        ("RUN echo a |1 b", "RUN echo a |1 b"),
    ],
)
def test_values_of_build_arguments_and_passwords_of_urls_are_left_out(line: str, shown: str) -> None:
    assert lines(line) == (shown,)


@pytest.mark.parametrize(
    ("rootfs", "expected"),
    [
        ({"diff_ids": [DIGEST, DIGEST]}, (DIGEST, DIGEST)),
        ({"diff_ids": [DIGEST]}, ()),
        ({"diff_ids": [DIGEST, "../x"]}, ()),
        ({"diff_ids": None}, ()),
        (None, ()),
    ],
)
def test_digests_of_the_uncompressed_layers(rootfs: object, expected: tuple[str, ...]) -> None:
    assert parse(2, rootfs=rootfs).diff_ids == expected


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({f"{BASE}name": "debian:12", f"{BASE}digest": DIGEST}, DeclaredBase("debian:12", DIGEST)),
        ({f"{BASE}name": "debian:12", f"{BASE}digest": "latest"}, DeclaredBase("debian:12")),
        ({f"{BASE}digest": DIGEST}, DeclaredBase("", DIGEST)),
        ({f"{BASE}name": "scratch"}, None),
        ({f"{BASE}name": 3, f"{BASE}digest": []}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_base_that_is_declared(annotations: object, expected: DeclaredBase | None) -> None:
    assert declared_base(annotations) == expected
    assert parse(0, config={"Labels": annotations}).base == expected


def test_a_declared_name_is_short_and_printable() -> None:
    found = declared_base({f"{BASE}name": "\x1b[2J" + "x" * 9_000})
    assert found is not None
    assert found.name.isprintable()
    assert len(found.name) < 400


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff"])
def test_what_is_no_configuration_is_an_error(data: bytes) -> None:
    with pytest.raises(ManifestError, match="configuration is malformed"):
        parse_configuration(data, "x", 0)

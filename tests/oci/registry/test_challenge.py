"""WWW-Authenticate headers, as registries write them and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.oci.registry.challenge import Challenge, parse_challenges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
            [
                Challenge(
                    "bearer",
                    {
                        "realm": "https://auth.docker.io/token",
                        "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    },
                )
            ],
        ),
        ('Basic realm="Registry Realm"', [Challenge("basic", {"realm": "Registry Realm"})]),
        ("BASIC", [Challenge("basic")]),
        ("bearer Realm=http://x , SERVICE = z", [Challenge("bearer", {"realm": "http://x", "service": "z"})]),
        ('Negotiate, Basic realm="a", Bearer realm="b"', [
            Challenge("negotiate"), Challenge("basic", {"realm": "a"}), Challenge("bearer", {"realm": "b"}),
        ]),
        (r'Basic realm="a \"b\" \\c"', [Challenge("basic", {"realm": r'a "b" \c'})]),
        ('Bearer realm="first",realm="second"', [Challenge("bearer", {"realm": "first"})]),
        ('realm="nobody asked"', []),
        ("", []),
        ("  ,,, ", []),
        ('Bearer realm="never closed', [Challenge("bearer", {"realm": ""})]),
    ],
)  # fmt: skip
def test_parses(header: str, expected: list[Challenge]) -> None:
    assert parse_challenges(header) == expected


@given(st.text(alphabet='Basic= ,"\\\n;', max_size=60))
def test_any_header_is_read_to_some_end(header: str) -> None:
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower() != ""

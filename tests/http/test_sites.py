from __future__ import annotations

import pytest

from praxi_tasks.http import same_site


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("ghcr.io", "ghcr.io", True),
        ("GHCR.io.", "ghcr.io", True),
        ("registry-1.docker.io", "auth.docker.io", True),
        ("registry.gitlab.com", "gitlab.com", True),
        ("quay.io", "auth.quay.io", True),
        ("registry.example.co.uk", "auth.example.co.uk", True),
        ("registry.co.uk", "evil.co.uk", False),
        ("registry.example", "evil.example2", False),
        ("registry.com", "auth.com", False),
        ("mine.azurecr.io", "yours.azurecr.io", False),
        ("notdocker.io", "auth.docker.io", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("1.10.0.1", "10.0.0.1", False),
        ("registry", "auth", False),
        ("registry", "registry", True),
        ("", "", False),
        ("registry.example.com", "", False),
    ],
)
def test_who_may_share_credentials(first: str, second: str, expected: bool) -> None:
    assert same_site(first, second) is expected
    assert same_site(second, first) is expected

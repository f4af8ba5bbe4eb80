"""Mirrors rewrite whole path components, the longest rule first."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.mirrors import Mirrors

RULES = Mirrors.parse(
    "docker.io=mirror:5000/hub, docker.io/library=mirror:5000/official\nsvc:5000=route.example"
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nginx:1.27", "mirror:5000/official/nginx:1.27"),
        ("grafana/grafana:11", "mirror:5000/hub/grafana/grafana:11"),
        ("libraryx/app:1", "mirror:5000/hub/libraryx/app:1"),
        ("svc:5000/team/app:1", "route.example/team/app:1"),
        ("svc:50000/team/app:1", "svc:50000/team/app:1"),
        ("quay.io/app:1", "quay.io/app:1"),
        (f"svc:5000/app@sha256:{'0' * 64}", f"route.example/app@sha256:{'0' * 64}"),
    ],
)
def test_rewrites(asked: str, found: str) -> None:
    assert str(RULES.rewrite(Reference.parse(asked))) == found


@pytest.mark.parametrize(
    "text", ["docker.io", "docker.io=", "=mirror:5000", "a.b=http://c.d", "x=mirror:5000", "a.b=c"]
)
def test_refuses_what_is_no_rule(text: str) -> None:
    with pytest.raises(UsageError):
        Mirrors.parse(text)

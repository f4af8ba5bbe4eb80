"""What Terraform's providers are called: as their registry does, with its host where that is another."""

from __future__ import annotations

from typing import Final

_REGISTRIES: Final = ("registry.terraform.io", "registry.opentofu.org")


def provider_name(host: str, namespace: str, kind: str) -> str:
    """Return what a provider is called."""
    name = f"{namespace}/{kind}".lower()
    return name if host in _REGISTRIES else f"{host}/{name}"

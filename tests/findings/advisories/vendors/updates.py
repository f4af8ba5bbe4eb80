"""Makes the XML of an ``updateinfo``."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr


def package(name: str, version: str, release: str, epoch: str = "0", arch: str = "x86_64") -> str:
    return (
        f'<package name="{name}" version="{version}" release="{release}" epoch="{epoch}" arch="{arch}">'
        f"<filename>{name}.rpm</filename></package>"
    )


def update(
    identifier: str,
    *packages: str,
    kind: str = "security",
    severity: str = "Important",
    references: Iterable[tuple[str, str, str]] = (),
    module: str = "",
    title: str = "an update",
    description: str = "",
    status: str = "final",
) -> str:
    """Make a notice; a reference is its type, id and title."""
    listed = "".join(
        f"<reference type={quoteattr(of)} id={quoteattr(name)} title={quoteattr(told)} href='https://x'/>"
        for of, name, told in references
    )
    name, _, stream = module.partition(":")
    of_module = f'<module name="{name}" stream="{stream}" version="1" context="c" arch="x86_64"/>'
    return (
        f'<update from="a" status="{status}" type="{kind}" version="1"><id>{identifier}</id>'
        f'<title>{title}</title><issued date="2026-01-02 03:04:05"/><severity>{severity}</severity>'
        f"<description>{description}</description><references>{listed}</references>"
        f'<pkglist><collection short="c"><name>c</name>{of_module if module else ""}{"".join(packages)}'
        "</collection></pkglist></update>"
    )


def updateinfo(*updates: str) -> bytes:
    """Make the document."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n{"".join(updates)}\n</updates>\n'.encode()

"""Where a finding came from: the image that another one was built on, or the layers that were put on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from praxi_tasks.findings.finding import Finding

# By its own word, by an image that is known to consist of these layers, or by what several images share.
KnownBy = Literal["declared", "image", "shared-layers"]


class BaseImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """The image that another one was built on.

    Parameters
    ----------
    name, digest
        What it is called, and the digest of its manifest; empty where that is not known.
    layers
        How many of the image's layers, from the bottom, are its; 0 where that is not known.
    known_by
        Whether the image's annotations or labels name it (``declared``), an ``image`` is known that consists
        of these layers, or only other repositories have these layers in common with it (``shared-layers``).
    """

    name: str = ""
    digest: str = ""
    layers: int = 0
    known_by: KnownBy = "image"

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.digest or "the base image"


def with_origin(
    findings: Iterable[Finding], layers: Sequence[str], commands: Sequence[str], base: BaseImage | None
) -> tuple[Finding, ...]:
    """Return findings with the line of the history that brought each in, and whether that is of the base.

    Parameters
    ----------
    layers
        The image's layers, bottom first.
    commands
        The line of each; none where they are not known.
    """
    numbers = {digest: number for number, digest in reversed([*enumerate(layers)])}
    below = base.layers if base else 0
    found = []
    for finding in findings:
        number = numbers.get(finding.layer)
        if number is not None:
            finding = msgspec.structs.replace(  # noqa: PLW2901 - the same finding
                finding,
                origin=("base" if number < below else "own") if below else "",
                created_by=commands[number] if commands else "",
            )
        found.append(finding)
    return tuple(found)


def origin_message(finding: Finding, base: BaseImage | None) -> str:
    """Return in words which image's layers brought a finding in, and how; empty where that is not known."""
    called = f" {base.title}" if base and (base.name or base.digest) else ""
    whose = {"base": f"the base image{called}", "own": "the image's own layers"}.get(finding.origin, "")
    told = " with: ".join(part for part in (whose, finding.created_by) if part)
    return f"brought in by {told}" if told else ""

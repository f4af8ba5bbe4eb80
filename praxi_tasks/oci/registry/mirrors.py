"""Rewrites references to mirrors: of Docker Hub, or a route instead of the in-cluster service."""

from __future__ import annotations

import msgspec

from praxi_tasks.errors import InvalidReferenceError, UsageError
from praxi_tasks.oci.image.reference import Reference


class Mirrors(msgspec.Struct, frozen=True):
    """A map from prefixes of ``registry/repository`` to the prefixes to ask instead.

    Examples
    --------
    >>> mirrors = Mirrors.parse("docker.io=mirror.example:5000/hub")
    >>> str(mirrors.rewrite(Reference.parse("nginx:1.27")))
    'mirror.example:5000/hub/library/nginx:1.27'
    """

    rules: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Mirrors:
        """Parse rules ``from=to``, separated by commas or white space.

        Raises
        ------
        UsageError
            If a rule has another form.
        """
        return cls(tuple(_rule(rule) for rule in text.replace(",", " ").split()))

    def rewrite(self, reference: Reference) -> Reference:
        """Return the reference under the longest prefix that matches whole path components."""
        name = reference.name
        matching = [rule for rule in self.rules if f"{name}/".startswith(f"{rule[0]}/")]
        if not matching:
            return reference
        source, target = max(matching, key=lambda rule: len(rule[0]))
        moved = Reference.parse(target + name[len(source) :])
        return msgspec.structs.replace(moved, tag=reference.tag, digest=reference.digest)


def _rule(text: str) -> tuple[str, str]:
    source, _, target = text.partition("=")
    if not (_is_prefix(source) and _is_prefix(target)):
        raise UsageError(
            "not a mirror rule",
            where=repr(source),
            action="write it as host[/path]=host[/path]; Docker Hub's host is docker.io",
        )
    return source, target


def _is_prefix(text: str) -> bool:
    try:
        return Reference.parse(f"{text}/any/repository").name == f"{text}/any/repository"
    except InvalidReferenceError:
        return False

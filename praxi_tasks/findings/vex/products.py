"""Whether an identifier of an OpenVEX statement names an image, or a component of one."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from packageurl import PackageURL

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.findings.packages import Component, described_purl
from praxi_tasks.oci.image import Reference

_PURL: Final = "pkg:"
_OCI: Final = "oci"
_DOCKER: Final = "docker"
_SHA256: Final = "sha256:"


@dataclass(frozen=True)
class ImageNames:
    """An image by all that documents may call it.

    Parameters
    ----------
    written
        The reference as deployed.
    reference
        The same, taken apart; None where it is a file or folder.
    digests
        Those of its manifest and of its index, as far as they are known.
    platform
        As ``os/architecture``, maybe with a variant; empty where it is not known.
    """

    written: str
    reference: Reference | None
    digests: frozenset[str]
    platform: str = ""

    @classmethod
    def of(cls, image: str, digest: str, platform: str) -> ImageNames:
        """Return the names of an image, given its reference as deployed and its digest."""
        try:
            reference = Reference.parse(image)
        except InvalidReferenceError:
            reference = None
        digests = {digest, reference.digest if reference else ""}
        return cls(image, reference, frozenset(filter(None, digests)), platform)

    def is_named(self, names: Iterable[str]) -> bool:
        """Return whether one of a product's identifiers names the image."""
        return any(self._is(name) for name in names)

    def _is(self, name: str) -> bool:
        if not name.startswith(_PURL):
            if name == self.written or name in self.digests or f"{_SHA256}{name}" in self.digests:
                return True
            return self.reference is not None and _is_reference(name, self.reference, self.digests)
        purl = _parsed(name)
        if purl is None or purl.type not in {_OCI, _DOCKER}:
            return False
        if purl.version in self.digests:
            return True  # wherever it was pulled from, and whatever it is called there
        return (
            self.reference is not None
            and self._has_path(purl, self.reference)
            and purl.version in {None, self.reference.tag}
            and all(self._has(key, str(value)) for key, value in dict(purl.qualifiers).items())
        )

    def _has_path(self, purl: PackageURL, reference: Reference) -> bool:
        if purl.type == _OCI:
            return purl.name == reference.repository.rpartition("/")[2].lower()
        given = f"{purl.namespace or 'library'}/{purl.name}"
        return given == reference.repository

    def _has(self, qualifier: str, value: str) -> bool:
        """Return whether a qualifier of a package URL holds; one that is not known does not."""
        system, _, architecture = self.platform.partition("/")
        known = {
            "tag": self.reference.tag if self.reference else "",
            "arch": architecture.partition("/")[0],
            "os": system,
            "platform": self.platform if value == self.platform else "/".join(self.platform.split("/")[:2]),
        }
        if qualifier != "repository_url":
            return bool(value) and known.get(qualifier) == value
        return self.reference is not None and _is_repository(value, self.reference)


def _is_reference(name: str, reference: Reference, digests: Container[str]) -> bool:
    """Return whether a reference with a tag or digest means the image, though it is written otherwise."""
    try:
        named = Reference.parse(name)
    except InvalidReferenceError:
        return False
    if named.name != reference.name:
        return False
    return named.digest in digests if named.digest else name.endswith(f":{reference.tag}")


def _is_repository(url: str, reference: Reference) -> bool:
    """Return whether a qualifier names the image's repository, or the registry of one of Docker's."""
    text = url.removeprefix("https://").rstrip("/")
    try:
        named = Reference.parse(text)
    except InvalidReferenceError:
        return text == reference.registry
    return named.name == reference.name or text == reference.registry


class ComponentNames:
    """A component by its package URL with all qualifiers."""

    def __init__(self, component: Component) -> None:
        self._purl = _parsed(described_purl(component))
        self._versions = component.versions

    def is_named(self, names: Iterable[str]) -> bool:
        """Return whether one of some identifiers names the component.

        What an identifier leaves out (version, qualifiers) holds for any; what it gives has to be the same.
        """
        return any(name.startswith(_PURL) and self._is(name) for name in names)

    def _is(self, name: str) -> bool:
        purl, own = _parsed(name), self._purl
        if purl is None or own is None:
            return False
        given, known = dict(purl.qualifiers), dict(own.qualifiers)
        return (
            (purl.type, purl.namespace, purl.name) == (own.type, own.namespace, own.name)
            and (not purl.version or purl.version == own.version)
            and all(known.get(key) == value for key, value in given.items())
        )


@lru_cache(maxsize=20_000)
def _parsed(purl: str) -> PackageURL | None:
    """Return a package URL; None where a document's identifier only begins like one."""
    try:
        return PackageURL.from_string(purl)
    except ValueError:
        return None

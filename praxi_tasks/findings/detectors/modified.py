"""Modified: files that are not as the database that claims them, or as any known release, has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from praxi_tasks.discovery import LookAlike
from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind, listed
from praxi_tasks.findings.image import Altered, Contradicted, FusedImage, altered_files
from praxi_tasks.findings.packages import FINGERPRINT, INVENTORY, package_key, release_purl
from praxi_tasks.printable import printable

_NAMED: Final = 3


class Modified(Detector):
    """Reports packages whose files are there with other content than their database or any release has."""

    kind: ClassVar[Kind] = "modified"
    summary: ClassVar[str] = (
        "files are not as the database lists them that claims them (dpkg, rpm, apk, conda, Python), settings"
        " excepted; or lie where a known package has its own, and none is as any known release has it:"
        " another version, or other software under its name; one finding for each layer; or are not of the"
        " version that one of them states"
    )
    default_severity: ClassVar[str] = "medium where a database lists them, else low"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each layer that has such files, which lists the packages."""
        yield from self._altered(image)
        yield from self._look_alikes(image)
        yield from (_contradicted(image, each) for each in image.contradicted)

    def _altered(self, image: FusedImage) -> Iterator[Finding]:
        changes = [layer.changes for layer in image.layers]
        found = altered_files(image.claims, image.tree, changes, image.placement)
        for number in sorted({each.layer for each in found}):
            yield _altered(image, number, [each for each in found if each.layer == number])

    def _look_alikes(self, image: FusedImage) -> Iterator[Finding]:
        said = {
            package_key(component.ecosystem, component.name)
            for component in image.components
            if component.present and not component.hidden
        }
        for number, layer in enumerate(image.layers):
            found = [
                each
                for each in (layer.prediction.look_alikes if layer.prediction else ())
                if package_key(each.ecosystem, each.name) not in said and _left(image, each, number)
            ]
            if found:
                yield _finding(image, number, found)


def _altered(image: FusedImage, layer: int, found: Sequence[Altered]) -> Finding:
    one = len(found) == 1
    files = sum(len(each.files) for each in found)
    families = {each.claim.ecosystem for each in found}
    packages = tuple(
        _package(image, each.claim.ecosystem, each.claim.name, each.claim.version, each.files)
        for each in found
    )
    names = listed([each.claim.name for each in found], _NAMED)
    evidence = [path for each in found for path in each.files[: SHOWN_PATHS if one else 1]]
    told = f"{files:,} files of {names} are" if files > 1 else f"a file of {names} is"
    return Finding(
        kind="modified",
        id="PRAXI-ALTERED",
        title=printable(f"{told} not as the package database lists"),
        severity="medium",
        action="find out who changed them; install the package again if it was not you",
        purl=packages[0].purl if one else "",
        package=f"{families.pop() if len(families) == 1 else ''}/{found[0].claim.name if one else ''}",
        packages=() if one else packages,
        layer=image.digests[layer],
        evidence=tuple(map(printable, evidence[:SHOWN_PATHS])),
        sources=(INVENTORY,),
    )


def _left(image: FusedImage, each: LookAlike, layer: int) -> bool:
    """Return whether most of its files are still the layer's, and no database lists them."""
    tree = image.tree
    here = [path for path in each.evidence if tree.layer_of(path) == layer]
    unlisted = [path for path in here if tree.place(path) not in image.claimed]
    return 2 * len(unlisted) > len(each.evidence)


def _finding(image: FusedImage, layer: int, found: Sequence[LookAlike]) -> Finding:
    one = len(found) == 1
    names = listed([each.name for each in found], _NAMED)
    files = sum(each.files for each in found)
    families = {each.ecosystem for each in found}
    packages = tuple(_package(image, each.ecosystem, each.name, "", each.evidence) for each in found)
    evidence = [path for each in found for path in each.evidence[: SHOWN_PATHS if one else 1]]
    return Finding(
        kind="modified",
        id="PRAXI-MODIFIED",
        title=printable(
            f"{files:,} files lie where {names} {'has its' if one else 'have their'} own, "
            "and none is as any known release has it"
        ),
        severity="low",
        action="find out who put them there; if it is a version that the model has not learned, train it",
        purl=packages[0].purl if one else "",
        package=f"{found[0].ecosystem if len(families) == 1 else ''}/{found[0].name if one else ''}",
        packages=() if one else packages,
        layer=image.digests[layer],
        evidence=tuple(map(printable, evidence[:SHOWN_PATHS])),
        sources=(FINGERPRINT,),
    )


def _contradicted(image: FusedImage, each: Contradicted) -> Finding:
    file = printable(each.file)
    return Finding(
        kind="modified",
        id="PRAXI-MODIFIED",
        title=printable(
            f"{each.name} says that it is {each.version}, and files of it are not as that has them"
        ),
        severity="low",
        action="find out who changed them; install the package again if it was not you",
        purl=_package(image, each.ecosystem, each.name, "", (file,)).purl,
        package=f"{each.ecosystem}/{each.name}",
        layer=each.layer,
        evidence=(file,),
        sources=(FINGERPRINT,),
    )


def _package(
    image: FusedImage, ecosystem: str, name: str, version: str, evidence: Sequence[str]
) -> FoundPackage:
    owner = image.distribution if ecosystem_of(ecosystem).of_distribution else None
    purl = release_purl(ecosystem, name, version, owner.id if owner else "", "")
    return FoundPackage(f"{ecosystem}/{name}", printable(name), purl, tuple(map(printable, evidence[:1])))

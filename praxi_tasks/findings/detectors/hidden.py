"""Hidden: packages whose files are there and that no package database knows; a finding for each cause."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final, NamedTuple

from praxi_tasks.ecosystems import Family, ecosystem_of
from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind, listed
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import Component
from praxi_tasks.printable import printable

_PACKAGES_SHOWN: Final = 3
# The folder of a language's packages; of a distribution's, what stands before the root of its paths.
_LIBRARY: Final = re.compile(r"(.*?(?:^|/)(?:site-packages|dist-packages|node_modules))/")
_ROOTS: Final = (
    re.compile(r"(?:(.*?)/)?usr/"),
    re.compile(r"(?:(.*?)/)?(?:etc|bin|sbin|lib|lib32|lib64|var)/"),
)
# Folders in which each thing that was put there has a folder of its own.
_SHELVES: Final = frozenset(
    (
        *("", "usr", "usr/lib", "usr/lib64", "usr/share", "usr/local", "usr/local/lib", "usr/local/share"),
        *("lib", "lib64", "opt", "srv", "home", "root", "mnt", "tmp", "var", "var/lib", "var/opt", "var/www"),
    )
)


class _Cause(NamedTuple):
    """Why packages are hidden: what put them into a folder, or that nothing in the image keeps records.

    ``layer`` is None where the image has no database that could know them.
    """

    layer: str | None
    folder: str = ""


class Hidden(Detector):
    """Reports components that only their files name, those of one cause together."""

    kind: ClassVar[Kind] = "hidden"
    summary: ClassVar[str] = (
        "the files are there and no package database knows them; one finding for each cause: a folder that"
        " was copied or moved, an image without any database"
    )
    default_severity: ClassVar[str] = "medium"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each cause, which lists its packages."""
        causes: defaultdict[_Cause, list[Component]] = defaultdict(list)
        cause_of = _Causes(image)
        for component in image.components:
            if _is_hidden(component) and not (component.owner or _owned(component, image)):
                causes[cause_of(component)].append(component)
        for cause, components in causes.items():
            yield _finding(cause, components)


def _is_hidden(component: Component) -> bool:
    """Return whether a package manager could know a component, and none does."""
    manageable = ecosystem_of(component.ecosystem).family is not Family.PROGRAM
    return component.present and component.hidden and manageable


class _Causes:
    """Tells the cause of each hidden component of an image."""

    def __init__(self, image: FusedImage) -> None:
        claimed = {tracked.claim.ecosystem for tracked in image.claims}
        self._none = not claimed
        self._of_distribution = any(ecosystem_of(ecosystem).of_distribution for ecosystem in claimed)

    def __call__(self, component: Component) -> _Cause:
        of_distribution = ecosystem_of(component.ecosystem).of_distribution
        if self._none or (of_distribution and not self._of_distribution):
            return _Cause(None)
        roots = Counter(_root(path, of_distribution=of_distribution) for path in component.evidence)
        root = max(sorted(roots), key=lambda each: roots[each], default="")
        return _Cause(component.layers[0], _top(root))


def _root(path: str, *, of_distribution: bool) -> str:
    """Return the folder into which a package with a path was put."""
    if not of_distribution:
        library = _LIBRARY.match(path)
        return library[1] if library else path.rpartition("/")[0]
    found = next((match for pattern in _ROOTS if (match := pattern.match(path))), None)
    return (found[1] or "") if found else ""


def _top(folder: str) -> str:
    """Return the upper folder that was copied or moved as a whole, of which a folder is a part."""
    parts = folder.split("/")
    tops = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((top for top in tops if top not in _SHELVES), folder)


def _finding(cause: _Cause, components: Sequence[Component]) -> Finding:
    (layer, _), *_ = Counter(component.layers[0] for component in components).most_common(1)
    families = {component.ecosystem for component in components}
    family = families.pop() if len(families) == 1 else ""
    return Finding(
        kind="hidden",
        id="PRAXI-HIDDEN",
        title=_title(cause, components),
        severity="medium",
        action=(
            "keep the package database in the image, or build it from packages that have one"
            if cause.layer is None
            else "install it with its package manager, or find out who put it there"
        ),
        purl=components[0].purl if len(components) == 1 else "",
        package=f"{family}/" + (f"/{printable(cause.folder)}" if cause.folder else ""),
        packages=tuple(map(_found, components)),
        layer=layer,
        evidence=tuple(_evidence(components)),
        sources=tuple(dict.fromkeys(source for component in components for source in component.sources)),
        confidence=min(component.confidence for component in components),
    )


def _evidence(components: Sequence[Component]) -> Iterable[str]:
    if len(components) == 1:
        return components[0].evidence
    firsts = (path for component in components for path in component.evidence[:1])
    return [*dict.fromkeys(firsts)][:SHOWN_PATHS]


def _found(component: Component) -> FoundPackage:
    return FoundPackage(
        component.package,
        printable(_called(component)),
        component.purl,
        component.evidence[:1],
        component.confidence,
    )


def _title(cause: _Cause, components: Sequence[Component]) -> str:
    names = listed([_called(component) for component in components], _PACKAGES_SHOWN)
    one = len(components) == 1
    what = f"{names} is" if one else f"{len(components):,} packages ({names}) are"
    where = f"in /{cause.folder}" if cause.folder else "there"
    why = "the image has no package database" if cause.layer is None else "no package database knows"
    end = "" if cause.layer is None else " it" if one else " them"
    return printable(f"{what} {where} and {why}{end}")


def _owned(component: Component, image: FusedImage) -> bool:
    """Return whether a database lists most of the evidence under another name.

    Distributions package Python's and npm's releases: what dpkg installed, dpkg knows.
    """
    listed = sum(image.tree.place(path) in image.claimed for path in component.evidence)
    return 2 * listed > len(component.evidence)


def _called(component: Component) -> str:
    if component.ties:
        return f"one of {', '.join(component.one_of)}"
    return f"{component.name} {' or '.join(component.versions)}".rstrip()

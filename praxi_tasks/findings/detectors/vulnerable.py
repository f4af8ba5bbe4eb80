"""Which components of an image have known vulnerabilities, and which version fixes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, Final

from praxi_tasks.ecosystems import RPM, Family, ecosystem_of
from praxi_tasks.findings.advisories import Advisory, AdvisoryIndex, Hit
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.detectors.detector import GIVE_FEEDS, RENEW_FEEDS, Detector, Knowledge
from praxi_tasks.findings.detectors.same_cause import one_cause
from praxi_tasks.findings.feeds import archive_name, vendor_files
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import (
    Component,
    FiledBy,
    advised_name,
    advised_version,
    component_namespace,
    component_subject,
    distribution_namespace,
    extended_names,
    filed_by,
    is_modular,
    looked_up_names,
    newest_version,
    osv_name,
    package_key,
    parse_version,
    version_type,
)

# Components of shared layers come again with every image; one with its findings is about a kilobyte.
_REMEMBERED: Final = 1 << 16
_ASPECT: Final = Aspect.VULNERABILITIES


class Vulnerabilities:
    """Matches components against an index; a component that images share is matched once."""

    def __init__(self, index: AdvisoryIndex) -> None:
        self._index = index
        self._known = lru_cache(_REMEMBERED)(self._of)

    def findings(self, components: Iterable[Component]) -> Iterator[Finding]:
        """Yield one finding per component and vulnerability, however many names the vulnerability has.

        A language's release that a distribution's package installed is skipped: it is matched as that
        package, because advisories of the language's index do not know of the distribution's fixes. What a
        package and something that it brought have in common is one finding.

        Where versions tie, a vulnerability of some of them is a finding with the condition under which it
        holds; where the version is not known at all, so is every vulnerability of the package.
        """
        matched = (one for one in components if one.present and not one.held_by_distribution)
        yield from one_cause((one, self._known(one)) for one in matched)

    def _of(self, component: Component) -> tuple[Finding, ...]:
        namespace = component_namespace(component)
        if namespace is None:
            return ()
        found: dict[str, Finding] = {}
        for name, versions in self._names(component, namespace):
            for hit, condition in _hits(self._index, namespace, name, versions):
                found.setdefault(hit.advisory.id, _finding(component, hit, condition))
            if len(versions) == 1 and ecosystem_of(component.ecosystem).epoch_qualifier:
                self._ask_extended_release(component, namespace, name, versions[0], found)
        return tuple(found.values())

    def _ask_extended_release(
        self, component: Component, namespace: str, name: str, version: str, found: dict[str, Finding]
    ) -> None:
        """Let what was fixed for an installed build's own minor release decide, where that is known."""
        decided: set[str] = set()
        for filed in extended_names(name, version):
            affecting = {hit.advisory.id: hit for hit in self._index.find(namespace, filed, version)}
            known = {hit.advisory.id for hit in self._index.all_of(namespace, filed)}
            for identifier in known - decided:
                main = found.pop(identifier, None)
                if (hit := affecting.get(identifier)) is not None:
                    fixed = tuple(dict.fromkeys((*hit.fixed, *(main.fixed if main else ()))))
                    found[identifier] = _finding(component, Hit(hit.advisory, fixed), "")
            decided |= known

    def _names(self, component: Component, namespace: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the names under which advisories about a component are filed, with its versions under each.

        The binary's own name is used, too, where no database names the source.
        """
        _, name = package_key(component.ecosystem, component.name)
        if _is_program(component):
            yield advised_name(name), tuple(dict.fromkeys(map(advised_version, component.versions)))
            return
        filed = filed_by(namespace)
        if component.source and filed is not FiledBy.BINARY:
            versions = self._source_versions(component, namespace)
            yield from _by_stream(component.source, versions, component.module)
        if not component.source or filed is not FiledBy.SOURCE:
            yield from _by_stream(name, component.versions, component.module)

    def _source_versions(self, component: Component, namespace: str) -> tuple[str, ...]:
        """Return the versions of the source package with their epoch.

        An rpm names its source without one. It is that of a binary of the same version; for another, such as
        a module that counts by itself, the one that the advisories use.
        """
        versions = component.source_versions
        if not ecosystem_of(component.ecosystem).epoch_qualifier:
            return versions
        epochs = {
            epoch for epoch, _, rest in (v.rpartition(":") for v in component.versions) if rest in versions
        } or self._index.epochs(namespace, component.source)
        epoch = next(iter(epochs)) if len(epochs) == 1 else ""
        return tuple(f"{epoch}:{v}" if epoch not in {"", "0"} and ":" not in v else v for v in versions)


class Vulnerable(Detector):
    """Matches an image's components against the advisory index."""

    kind: ClassVar[Kind] = "vulnerable"
    summary: ClassVar[str] = (
        "an advisory covers the version; one finding for its CVE, GHSA, PYSEC and the notices that fix it"
    )
    default_severity: ClassVar[str] = "by CVSS"

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__(knowledge)
        self._vulnerabilities = Vulnerabilities(knowledge.advisories)

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield one finding per component and vulnerability."""
        yield from self._vulnerabilities.findings(image.components)

    def coverage(self, image: FusedImage) -> Iterator[Coverage]:
        """Yield how far the packages of each distribution and language are matched with advisories."""
        subjects: dict[tuple[str | None, str, bool], list[Component]] = {}
        for component in image.components:
            if component.present and not component.held_by_distribution:
                namespace = component_namespace(component)
                unspoken = namespace is None and component.by_others
                subject = component_subject(component)
                subjects.setdefault((namespace, subject, unspoken), []).append(component)
        for (namespace, subject, _), components in subjects.items():
            yield self._matched(namespace, subject, components)
            yield from _without_order(namespace, components)
            yield from _without_stream(components)

    def _matched(self, namespace: str | None, subject: str, components: Sequence[Component]) -> Coverage:
        packages = f"{len(components)} packages"
        if components[0].relative:
            packages += f" of {components[0].distribution}"
        if self.knowledge.feeds is None:
            return not_checked(_ASPECT, subject, f"{packages}: no advisories were given", GIVE_FEEDS)
        name = osv_name(namespace or subject)
        problem = self._broken(name, namespace)
        if namespace is None and components[0].by_others:
            return _of_others(subject, components)
        if namespace is None or not self.knowledge.advisories.covers(namespace):
            feed = name if name != subject and not self.knowledge.has_feed(name) else ""
            reason, action = _unknown(subject, components[0], feed)
            return not_checked(_ASPECT, subject, f"{packages}: {problem or reason}", action)
        named = subject if _is_program(components[0]) else namespace
        if problem:
            return partial(_ASPECT, named, f"{packages}: {problem}", RENEW_FEEDS)
        if _is_program(components[0]) and (unnamed := self._unnamed(namespace, components)):
            reason = f"{len(unnamed)} of {packages}: no feed has an advisory about them"
            return partial(_ASPECT, subject, reason, "look them up by their CPE names", unnamed)
        feeds = self.knowledge.feeds_of(namespace)
        called = f"the advisories of {', '.join(feed.name for feed in feeds) or name}"
        if not feeds or not all(feed.has_age for feed in feeds):
            return partial(_ASPECT, named, f"{packages}: {called} are of unknown age", RENEW_FEEDS)
        age = max(feed.age_days for feed in feeds)
        if age >= self.knowledge.stale_days:
            return partial(_ASPECT, named, f"{packages}: {called} are {age} days old", RENEW_FEEDS)
        return checked(_ASPECT, named, f"{packages}, by {called}, {age} days old")

    def _unnamed(self, namespace: str, components: Iterable[Component]) -> tuple[str, ...]:
        """Return the programs that no advisory names: who tells of some may know nothing of others."""
        advisories = self.knowledge.advisories
        named = {one.package: advised_name(one.name) for one in components}
        return tuple(sorted(one for one, name in named.items() if not advisories.knows(namespace, name)))

    def _broken(self, osv: str, namespace: str | None) -> str:
        """Return what is wrong with a feed that has a namespace's advisories; empty where nothing is."""
        for problem in self.knowledge.advisories.broken:
            vendors = vendor_files([problem.name]).get(problem.name)
            if problem.name == archive_name(osv) or (
                vendors and distribution_namespace(vendors) == namespace
            ):
                return problem.message
        return ""


def _is_program(component: Component) -> bool:
    """Return whether it is a program that nobody packaged."""
    return ecosystem_of(component.ecosystem).family is Family.PROGRAM


def _of_others(subject: str, components: Sequence[Component]) -> Coverage:
    """Return that packages were not checked which others than the distribution made."""
    distribution = components[0].distribution or "the distribution"
    reason = (
        f"{len(components)} packages: others made them, the advisories of {distribution} are not about them"
    )
    action = "ask those who made them; what they have inside is checked by itself"
    return not_checked(_ASPECT, subject, reason, action, sorted({one.package for one in components}))


def _unknown(subject: str, example: Component, feed: str) -> tuple[str, str]:
    """Return why there are no advisories for packages such as this one, and what to do.

    ``feed`` is OSV's name of the feed that would have them and is not there; empty where none is known.
    """
    if ecosystem_of(example.ecosystem).of_distribution:
        if not example.distribution:
            reason = "no os-release in the image says which distribution they are of"
            return reason, "restore /etc/os-release"
        if subject == example.ecosystem:
            reason = f"the advisories of {example.distribution} are not about {subject} packages"
            return reason, "see what they were copied from"
    action = f"mirror OSV's feed for {subject}, if there is one"
    if feed:
        action = f"mirror OSV's feed {feed}: run praxi_feeds, or praxi feeds"
    elif ecosystem_of(example.ecosystem).of_distribution:
        action = f"mirror its vendor's advisories: praxi feeds --advisories {subject}=URL"
    return f"no feed has advisories for {subject}", action


def _without_order(namespace: str | None, components: Iterable[Component]) -> Iterator[Coverage]:
    """Yield the packages whose version no rule can compare with those of advisories."""
    kind = version_type(namespace) if namespace else ""
    for component in components:
        versions = map(advised_version, component.versions) if _is_program(component) else component.versions
        odd = [text for text in versions if kind and parse_version(kind, text) is None]
        if odd:
            reason = f"its version {odd[0]!r} can't be compared with those of advisories"
            yield not_checked(_ASPECT, component.package, reason, "look the package up by hand")


def _without_stream(components: Iterable[Component]) -> Iterator[Coverage]:
    """Yield the packages of modules whose stream is not known: notices are filed by it."""
    for component in components:
        rpm = component.ecosystem == RPM.purl_type
        if rpm and not component.module and any(map(is_modular, component.versions)):
            reason = "its record does not say of which module's stream it is, as the advisories do"
            yield not_checked(_ASPECT, component.package, reason, "look the package up by hand")


def _by_stream(name: str, versions: tuple[str, ...], module: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for filed in looked_up_names(name, versions[0] if versions else "", module):
        yield filed, versions


def _hits(
    index: AdvisoryIndex, namespace: str, name: str, versions: tuple[str, ...]
) -> Iterator[tuple[Hit, str]]:
    if len(versions) == 1:
        yield from ((hit, "") for hit in index.find(namespace, name, versions[0]))
    elif not versions:
        for hit in index.all_of(namespace, name):
            yield hit, f"< {hit.fixed[-1]}" if hit.fixed else "any version with this vulnerability"
    else:
        yield from _tied(index, namespace, name, versions)


def _tied(
    index: AdvisoryIndex, namespace: str, name: str, versions: tuple[str, ...]
) -> Iterator[tuple[Hit, str]]:
    """Yield what affects some of the versions; a fix is one for each of them, so it is of the newest."""
    affected: dict[str, dict[str, Hit]] = {}
    for version in versions:
        for hit in index.find(namespace, name, version):
            affected.setdefault(hit.advisory.id, {})[version] = hit
    kind = version_type(namespace)
    for hits in affected.values():
        some = tuple(hits)
        hit = hits[newest_version(kind, some) or some[0]]
        yield hit, "" if len(some) == len(versions) else _condition(kind, some, versions)


def _condition(kind: str, affected: tuple[str, ...], versions: tuple[str, ...]) -> str:
    """Say which of several tied versions are affected."""
    top = newest_version(kind, affected)
    below = {version for version in versions if newest_version(kind, (version, top)) == top or version == top}
    return f"≤ {top}" if top and below == set(affected) else " or ".join(affected)


def _finding(component: Component, hit: Hit, condition: str) -> Finding:
    advisory = hit.advisory
    called = f"{component.name} {' or '.join(component.versions)}".rstrip()
    return Finding(
        kind="vulnerable",
        id=advisory.id,
        title=f"{called}: {advisory.summary or advisory.id}",
        severity=advisory.severity,
        action=_action(advisory, hit.fixed) + _whose(component),
        aliases=advisory.aliases,
        purl=component.purl,
        package=component.package,
        fixed=hit.fixed,
        layer=component.layers[0] if component.layers else "",
        evidence=component.evidence,
        affected_if=condition,
        sources=component.sources,
        confidence=component.confidence,
        score=advisory.score,
        epss=advisory.epss,
        exploited=advisory.exploited,
        vector=advisory.vector,
    )


def _whose(component: Component) -> str:
    """Return what else to know before something is upgraded that is not installed by itself."""
    if component.is_archived:
        return "; it is in an archive and not installed"
    return f"; {component.owner} brought it" if component.is_bundled else ""


def _action(advisory: Advisory, fixed: tuple[str, ...]) -> str:
    urgency = "; it is exploited in the wild" if advisory.exploited else ""
    if not fixed:
        return f"no fixed version is known: replace or contain it{urgency}"
    nearest, *later = fixed
    branches = f" (later branches: {', '.join(later)})" if later else ""
    return f"upgrade to {nearest}{branches}{urgency}"

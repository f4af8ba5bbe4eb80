"""Building the advisory index from records: OSV's, and what vendors' own forms are read into."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.environment import read, whole_number
from praxi_tasks.findings.advisories import severity as severities
from praxi_tasks.findings.advisories.aliases import AliasGroups, Names, is_notice, names_of
from praxi_tasks.findings.advisories.index import (
    PROTOCOL,
    Advisory,
    AdvisoryIndex,
    Affects,
    Contents,
    Entry,
)
from praxi_tasks.findings.advisories.last_known import closed
from praxi_tasks.findings.advisories.osv import Affected, Record, is_name
from praxi_tasks.findings.advisories.ranges import Boundaries, Interval, evaluate, listed, merged
from praxi_tasks.findings.feeds import AdvisorySource, Exploitation, FeedProblem
from praxi_tasks.findings.finding import Severity, severity_rank
from praxi_tasks.findings.packages import (
    ecosystem_distribution,
    ecosystem_extension,
    ecosystem_namespace,
    extended_name,
    filed_names,
    package_key,
    version_type,
)

_SUMMARY: Final = 160
_MOST_PROBLEMS: Final = 1000
# Each vulnerability that a record names is kept with each event and version of it. Notices about kernels name
# some hundreds, for some hundreds of packages.
SETTING: Final = "PRAXI_ADVISORY_MAX_PAIRS"
_MOST_PAIRS: Final = 2_000_000
MOST_ALIASES: Final = 200
"""Other names of a vulnerability that a finding carries, the best known first."""


class _Said(NamedTuple):
    """What a record says of a package, for each of its vulnerabilities.

    A record of several vulnerabilities, and a notice, count where no record of the one alone is at hand.
    ``severity`` is what a distribution says by a word of the one vulnerability that its record is about.
    """

    vulnerabilities: tuple[str, ...]
    record: str
    affected: Affected
    is_secondary: bool
    severity: Severity | None = None


class _Meaning(NamedTuple):
    """What a record says of a package, over the package's boundaries."""

    spans: list[Interval]
    fixes: list[int]
    versions: tuple[str, ...]


@dataclass
class _Summary:
    """What is kept of the records of one vulnerability until the index is written."""

    text: str = ""
    rating: severities.Rating = severities.UNRATED

    @property
    def rank(self) -> tuple[bool, bool, int, float]:
        """The order among records of one vulnerability; the least one rates it."""
        return _rank(self.rating)

    def learn(self, rating: severities.Rating, text: str) -> None:
        if _rank(rating) < self.rank:
            self.rating = rating
        self.text = self.text or text


@dataclass
class IndexBuilder:
    """Collects records and writes the index; withdrawn records are left out."""

    exploitation: Exploitation = field(default_factory=Exploitation)
    _groups: AliasGroups = field(default_factory=AliasGroups)
    _packages: defaultdict[tuple[str, str], list[_Said]] = field(default_factory=lambda: defaultdict(list))
    _together: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _summaries: dict[str, _Summary] = field(default_factory=dict)
    _sources: list[AdvisorySource] = field(default_factory=list)
    _broken: list[FeedProblem] = field(default_factory=list)
    _problems: list[str] = field(default_factory=list)

    def add_feed(self, name: str, records: Iterable[Record | str], file: str, namespace: str = "") -> None:
        """Take in one feed's records; a string in place of a record is noted as a problem.

        Parameters
        ----------
        file
            The feed's name in the feeds folder.
        namespace
            Of a vendor's feed: whose packages it is about. What it says of others is left out.

        Raises
        ------
        DataError
            If the feed breaks off; what came before stays in.
        """
        count, newest, tomorrow = 0, "", (datetime.now(UTC) + timedelta(days=1)).isoformat()
        namespaces: set[str] = set()
        try:
            for record in records:
                if isinstance(record, str):
                    self.add_problem(record)
                else:
                    count += 1
                    if record.modified < tomorrow:  # a date of times to come says nothing of the feed's age
                        newest = max(newest, record.modified)
                    namespaces |= self._add(record, namespace)
        finally:
            self._sources.append(AdvisorySource(name, count, newest, file, tuple(sorted(namespaces))))

    def add_broken(self, problem: FeedProblem) -> None:
        """Note a feed that could not be read."""
        self._broken.append(problem)

    def add_problem(self, sentence: str) -> None:
        """Note what of a feed could not be used."""
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append(sentence)

    def finish(self) -> AdvisoryIndex:
        """Fold aliases, sort boundaries and return the index."""
        self._spread()
        groups = self._groups.groups()
        numbers: dict[str, int] = {}
        for name in sorted(self._summaries):
            numbers.setdefault(self._groups.find(name), len(numbers))
        packages: dict[str, dict[str, msgspec.Raw]] = defaultdict(dict)
        for (namespace, name), affected in sorted(self._packages.items()):
            entry = self._entry(namespace, name, affected, numbers)
            packages[namespace][name] = msgspec.Raw(msgspec.msgpack.encode(entry))
        advisories = [msgspec.Raw(msgspec.msgpack.encode(self._advisory(groups[root]))) for root in numbers]
        sources = tuple(sorted(self._sources, key=lambda source: source.name))
        return AdvisoryIndex(
            Contents(
                PROTOCOL, sources, tuple(self._broken), tuple(self._problems), advisories, dict(packages)
            )
        )

    def _spread(self) -> None:
        """File what is said of no release of a distribution under all its releases that are known."""
        releases: defaultdict[str, set[str]] = defaultdict(set)
        for namespace, _ in self._packages:
            releases[namespace.rpartition("-")[0]].add(namespace)
        for (namespace, name), said in list(self._packages.items()):
            for release in releases.get(namespace, ()):
                self._packages[release, name] += said

    def _add(self, record: Record, namespace: str) -> set[str]:
        """File what a record says, and return the namespaces whose packages it is about."""
        if record.withdrawn:
            return set()
        names = self._names_of(record)
        several = len(names.subjects) > 1
        filed, namespaces = [], set[str]()
        for entry in map(closed, record.affected if names.subjects else ()):
            word = None if several else _own_word(record, entry)
            said = _Said(names.subjects, record.id, entry, several or is_notice(record.id), word)
            keys = tuple(_keys(entry, record.summary, namespace))
            for key in keys:
                self._packages[key].append(said)
            namespaces.update(key[0] for key in keys)
            filed += [entry] if keys else []
        if filed:
            rating, text = _rating(record, filed), _first_line(record)
            for subject in names.subjects:
                self._groups.join(subject, names.others)
                self._summaries.setdefault(subject, _Summary()).learn(rating, text)
                if several:
                    self._together[subject].add(record.id)
        return namespaces

    def _names_of(self, record: Record) -> Names:
        """Return what a record is about; one that would take too much room is told under its own name."""
        others = (filter(is_name, some) for some in (record.aliases, record.upstream, record.related))
        names = names_of(record.id, *others)
        told = sum(
            1 + len(entry.versions) + sum(len(part.events) for part in entry.ranges)
            for entry in record.affected
        )
        if len(names.subjects) < 2 or len(names.subjects) * told <= read(SETTING, whole_number, _MOST_PAIRS):
            return names
        self.add_problem(
            f"{record.id} names {len(names.subjects)} vulnerabilities for {told} packages, events and "
            f"versions: too many to tell apart, so it counts as one: raise {SETTING}"
        )
        return Names((record.id,))

    def _entry(self, namespace: str, name: str, said: list[_Said], numbers: Mapping[str, int]) -> Entry:
        boundaries = Boundaries.of(version_type(namespace), [item.affected for item in said])
        known: defaultdict[int, list[int]] = defaultdict(list)
        for place, item in enumerate(said):
            for vulnerability in item.vulnerabilities:
                known[numbers[self._groups.find(vulnerability)]].append(place)
        counting = {number: _primary(places, said) for number, places in known.items()}
        meant = {
            place: self._meaning(name, said[place], boundaries)
            for place in sorted({place for places in counting.values() for place in places})
        }
        of_distribution = not ecosystem_of(namespace).of_language
        words = {
            number: _worst_word(said[place] for place in places) if of_distribution else None
            for number, places in counting.items()
        }
        return Entry(
            tuple(boundaries.texts),
            tuple(
                _affects(number, [meant[place] for place in counting[number]], words[number])
                for number in sorted(counting)
            ),
        )

    def _meaning(self, name: str, said: _Said, boundaries: Boundaries) -> _Meaning:
        found = [evaluate(part, boundaries) for part in said.affected.ranges]
        for problem in (problem for one in found for problem in one.problems):
            self.add_problem(f"{said.record} on {name}: part of a range is left out: {problem}")
        spans = merged(span for one in found for span in one.spans)
        fixes = [place for one in found for place in one.fixes]
        return _Meaning(spans, fixes, listed(said.affected.versions, spans, boundaries))

    def _advisory(self, names: tuple[str, ...]) -> Advisory:
        known = [self._summaries[name] for name in names if name in self._summaries]
        best = min(known, key=operator.attrgetter("rank"))
        notices = {one for name in names for one in self._together.get(name, ())}
        return Advisory(
            id=names[0],
            aliases=(*names[1:], *sorted(notices))[:MOST_ALIASES],
            summary=next((item.text for item in known if item.text), ""),
            severity=best.rating.severity,
            score=best.rating.score,
            vector=best.rating.vector,
            epss=self.exploitation.probability(names),
            exploited=self.exploitation.known(names),
        )


def _rank(rating: severities.Rating) -> tuple[bool, bool, int, float]:
    """Order ratings: a score before a word, a word before none, then the more severe one."""
    severity, score, _ = rating
    return score < 0, severity == "unknown", severity_rank(severity), -score


def _rating(record: Record, about: list[Affected]) -> severities.Rating:
    """Return how severe a record says that it is, about some of its packages."""
    scores = [*record.severity, *(score for entry in about for score in entry.severity)]
    notes = [record.database_specific]
    for entry in about:
        notes += [entry.ecosystem_specific, entry.database_specific]
    rating = severities.rate(scores, notes)
    if rating.severity != "unknown":
        return rating
    word = severities.of_summary(record.summary)
    return severities.Rating(word if word != "unknown" else severities.of_identifier(record.id))


def _primary(places: list[int], said: list[_Said]) -> list[int]:
    """Return the places of what counts of a vulnerability: its own records, or all if there are none."""
    return [place for place in places if not said[place].is_secondary] or places


def _own_word(record: Record, about: Affected) -> Severity | None:
    """Return how severe a record says by a word that it is, about one of its packages."""
    notes = [record.database_specific, about.ecosystem_specific, about.database_specific]
    word = severities.own_word([*record.severity, *about.severity], notes, record.summary)
    return None if word == "unknown" else word


def _worst_word(said: Iterable[_Said]) -> Severity | None:
    words = (one.severity for one in said)
    return min((word for word in words if word is not None), key=severity_rank, default=None)


def _affects(number: int, meant: list[_Meaning], severity: Severity | None) -> Affects:
    return Affects(
        number,
        tuple(merged(span for one in meant for span in one.spans)),
        tuple(dict.fromkeys(version for one in meant for version in one.versions)),
        tuple(sorted({fix for one in meant for fix in one.fixes})),
        severity,
    )


def _keys(entry: Affected, summary: str, feed: str) -> Iterator[tuple[str, str]]:
    """Yield the namespace and names under which what a record says of a package is filed.

    ``feed`` is the namespace that a vendor's feed is about; empty for OSV's, whose records say it.
    """
    ecosystem = entry.package.ecosystem if entry.package else ""
    namespace = ecosystem_namespace(ecosystem) or ecosystem_distribution(ecosystem) if ecosystem else feed
    if not namespace or entry.package is None or feed not in {"", namespace}:
        return
    _, name = package_key(namespace, entry.package.name)
    extension = ecosystem_extension(ecosystem)
    versions = (version for part in entry.ranges for event in part.events for version in event.values())
    for filed in filed_names(name, (*versions, *entry.versions), summary, entry.module):
        yield namespace, extended_name(filed, extension) if extension else filed


def _first_line(record: Record) -> str:
    text = " ".join((record.summary or record.details[: 4 * _SUMMARY]).split())
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"

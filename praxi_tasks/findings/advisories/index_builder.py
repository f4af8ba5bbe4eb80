"""Building the advisory index from OSV records."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.findings.advisories import severity as severities
from praxi_tasks.findings.advisories.aliases import AliasGroups, is_notice, names_of
from praxi_tasks.findings.advisories.index import (
    PROTOCOL,
    Advisory,
    AdvisoryIndex,
    Affects,
    Contents,
    Entry,
)
from praxi_tasks.findings.advisories.osv import Affected, Record
from praxi_tasks.findings.advisories.ranges import Boundaries, Interval, evaluate, listed
from praxi_tasks.findings.feeds import AdvisorySource, Exploitation, FeedProblem
from praxi_tasks.findings.finding import severity_rank
from praxi_tasks.findings.packages import ecosystem_namespace, filed_names, package_key, version_type

_SUMMARY: Final = 160
_MOST_PROBLEMS: Final = 1000


class _Said(NamedTuple):
    """What a record says of a package, for one vulnerability.

    A record of several vulnerabilities, and a notice, count where no record of the one alone is at hand.
    """

    vulnerability: str
    record: str
    affected: Affected
    is_secondary: bool


@dataclass
class _Summary:
    """What is kept of the records of one vulnerability until the index is written."""

    text: str = ""
    rating: severities.Rating = severities.UNRATED

    @property
    def rank(self) -> tuple[bool, bool, int, float]:
        """The order among records of one vulnerability; the least one rates it."""
        return _rank(self.rating)

    def learn(self, record: Record, about: list[Affected]) -> None:
        scores = [*record.severity, *(score for entry in about for score in entry.severity)]
        notes = [record.database_specific]
        for entry in about:
            notes += [entry.ecosystem_specific, entry.database_specific]
        rating = severities.rate(scores, notes)
        if rating.severity == "unknown":
            rating = severities.Rating(severities.of_summary(record.summary))
        if _rank(rating) < self.rank:
            self.rating = rating
        self.text = self.text or _first_line(record)


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

    def add_feed(self, name: str, records: Iterable[Record | str]) -> None:
        """Take in one feed's records; a string in place of a record is noted as a problem.

        Raises
        ------
        DataError
            If the feed breaks off; what came before stays in.
        """
        count, newest = 0, ""
        try:
            for record in records:
                if isinstance(record, str):
                    self.add_problem(record)
                else:
                    count, newest = count + 1, max(newest, record.modified)
                    self._add(record)
        finally:
            self._sources.append(AdvisorySource(name, count, newest))

    def add_broken(self, problem: FeedProblem) -> None:
        """Note a feed that could not be read."""
        self._broken.append(problem)

    def add_problem(self, sentence: str) -> None:
        """Note what of a feed could not be used."""
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append(sentence)

    def finish(self) -> AdvisoryIndex:
        """Fold aliases, sort boundaries and return the index."""
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

    def _add(self, record: Record) -> None:
        names = names_of(record.id, record.aliases, record.upstream, record.related)
        if record.withdrawn or not names.subjects:
            return
        several = len(names.subjects) > 1
        filed = []
        for entry in record.affected:
            for key in _keys(entry, record.summary):
                self._packages[key] += [
                    _Said(subject, record.id, entry, several or is_notice(record.id))
                    for subject in names.subjects
                ]
                filed.append(entry)
        if filed:
            for subject in names.subjects:
                self._groups.join(subject, names.others)
                self._summaries.setdefault(subject, _Summary()).learn(record, filed)
                if several:
                    self._together[subject].add(record.id)

    def _entry(self, namespace: str, name: str, said: list[_Said], numbers: Mapping[str, int]) -> Entry:
        boundaries = Boundaries.of(version_type(namespace), [item.affected for item in said])
        known: defaultdict[int, list[_Said]] = defaultdict(list)
        for item in said:
            known[numbers[self._groups.find(item.vulnerability)]].append(item)
        return Entry(
            tuple(boundaries.texts),
            tuple(self._affects(number, name, known[number], boundaries) for number in sorted(known)),
        )

    def _affects(self, number: int, name: str, said: list[_Said], boundaries: Boundaries) -> Affects:
        spans: list[Interval] = []
        fixes: set[int] = set()
        versions: list[str] = []
        for item in [item for item in said if not item.is_secondary] or said:
            found = [evaluate(part, boundaries) for part in item.affected.ranges]
            known = [span for one in found for span in one.spans]
            spans += known
            fixes.update(place for one in found for place in one.fixes)
            versions += listed(item.affected.versions, known, boundaries)
            for problem in (problem for one in found for problem in one.problems):
                self.add_problem(f"{item.record} on {name}: part of a range is left out: {problem}")
        return Affects(
            number, tuple(dict.fromkeys(spans)), tuple(dict.fromkeys(versions)), tuple(sorted(fixes))
        )

    def _advisory(self, names: tuple[str, ...]) -> Advisory:
        known = [self._summaries[name] for name in names if name in self._summaries]
        best = min(known, key=operator.attrgetter("rank"))
        return Advisory(
            id=names[0],
            aliases=(*names[1:], *sorted({one for name in names for one in self._together.get(name, ())})),
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


def _keys(entry: Affected, summary: str) -> Iterator[tuple[str, str]]:
    """Yield the namespace and names under which what a record says of a package is filed."""
    namespace = ecosystem_namespace(entry.package.ecosystem) if entry.package else None
    if namespace is None or entry.package is None:
        return
    _, name = package_key(namespace, entry.package.name)
    versions = (version for part in entry.ranges for event in part.events for version in event.values())
    for filed in filed_names(name, (*versions, *entry.versions), summary):
        yield namespace, filed


def _first_line(record: Record) -> str:
    text = " ".join((record.summary or record.details[: 4 * _SUMMARY]).split())
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"

"""OVAL definitions of packages that are earlier than a version: Oracle, SUSE, Mariner and Azure Linux.

https://ovalproject.github.io: a definition's criteria name tests; a test compares what an object names with a
state. What matters here is which package has to be older than which version, on which release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.aliases import is_notice
from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors.content import Content
from praxi_tasks.findings.advisories.vendors.notices import Fix, cves_in, record_of
from praxi_tasks.findings.feeds import read_elements
from praxi_tasks.xml_stream import Element

ROOT: Final = "oval_definitions"
_PARTS: Final = ("rpminfo_test", "rpminfo_object", "rpminfo_state")
_EARLIER: Final = {"less than": False, "less than or equal": True}
_RELEASE_PACKAGE: Final = "-release"  # ends the name of the package by which a release is known
_MODULE: Final = re.compile(r"Module ([\w.+-]+:[\w.+-]+) is enabled")
_RELEASE: Final = re.compile(r"\^?(\d[\d.\\]*)\$?")
# What is true of any installed package of the distribution's, and where nothing is to be compared.
_TRUE: Final = re.compile(r"is signed with|arch is ")
_NAME: Final = re.compile(r"[A-Za-z]+(?:[-:][A-Za-z0-9]+)+(?=:?\s)")
_CLASSES: Final = frozenset({"patch", "vulnerability"})


class _State(NamedTuple):
    """What a state compares: an ``evr`` or a ``version``, how, and with what."""

    entity: str = ""
    operation: str = ""
    value: str = ""


class _Test(NamedTuple):
    """A package, and what its version is compared with."""

    package: str
    state: _State


@dataclass
class _Tests:
    """The tests of a document by id, with what they refer to."""

    _tests: dict[str, tuple[str, str]] = field(default_factory=dict)
    _objects: dict[str, str] = field(default_factory=dict)
    _states: dict[str, _State] = field(default_factory=dict)

    def add(self, element: Element) -> None:
        identifier = element.attributes.get("id", "")
        if element.tag == "rpminfo_test":
            thing, state = element.first("object"), element.first("state")
            self._tests[identifier] = (
                thing.attributes.get("object_ref", "") if thing else "",
                state.attributes.get("state_ref", "") if state else "",
            )
        elif element.tag == "rpminfo_object":
            self._objects[identifier] = element.text_of("name")
        else:
            self._states[identifier] = _state_of(element)

    def get(self, identifier: str) -> _Test | None:
        thing, state = self._tests.get(identifier, ("", ""))
        package = self._objects.get(thing, "")
        return _Test(package, self._states.get(state, _State())) if package else None


def _state_of(element: Element) -> _State:
    """Return the only comparison of a state; one with several has none that is understood."""
    told = [child for child in element.children if child.tag != "arch"]
    if len(told) != 1:
        return _State("several")
    (one,) = told
    return _State(one.tag, one.attributes.get("operation", "equals"), one.text.strip())


class _Conditions(NamedTuple):
    """What has to hold beside a comparison: the module that is enabled, and whether it can hold at all."""

    module: str = ""
    holds: bool = True

    def joined(self, other: _Conditions) -> _Conditions:
        return _Conditions(other.module or self.module, self.holds and other.holds)


def read_oval(data: bytes, where: str, release: str) -> Iterator[Record | str]:
    """Yield a record for each definition, and a sentence for each that can't be used.

    Parameters
    ----------
    release
        The number of the distribution's release, ``9`` or ``15.6``: criteria about another are left out.

    Raises
    ------
    DataError
        If it is no such document, or is cut short.
    """
    tests = _Tests()
    for element in read_elements(Content(data, where).pieces(), _PARTS, ROOT, where):
        tests.add(element)
    definitions = 0
    for element in read_elements(Content(data, where).pieces(), ("definition",), ROOT, where):
        definitions += 1
        criteria = element.first("criteria")
        if criteria is not None and element.attributes.get("class") in _CLASSES:
            record = _record(element, tuple(_Criteria(tests, release).fixes(criteria, _Conditions())))
            if record is not None:
                yield f"{where}, line {element.line}: {record}" if isinstance(record, str) else record
    if not definitions:
        raise DataError("it has no definition", where=where, action="mirror the feed again")


class _Criteria:
    """Walks the criteria of a definition."""

    def __init__(self, tests: _Tests, release: str) -> None:
        self._tests, self._release = tests, release

    def fixes(self, criteria: Element, given: _Conditions) -> Iterator[Fix]:
        """Yield what has to be older than a version, where everything else that must hold can hold."""
        if criteria.attributes.get("negate") == "true":
            return
        must = given
        if criteria.attributes.get("operator", "AND") == "AND":
            for child in criteria.children:
                must = must.joined(self._condition(child))
        if not must.holds:
            return
        for child in criteria.children:
            if child.tag == "criteria":
                yield from self.fixes(child, must)
            elif (fix := self._fix(child, must)) is not None:
                yield fix

    def _condition(self, child: Element) -> _Conditions:
        """Return what one part of an AND demands of the system; a comparison with a fix demands nothing."""
        if child.tag == "criteria":
            return self._of_alternatives(child)
        told = child.attributes.get("comment", "")
        if module := _MODULE.search(told):
            return _Conditions(module[1])
        if child.attributes.get("negate") == "true":
            return _Conditions(holds=False)
        if _TRUE.search(told):
            return _Conditions()
        test = self._tests.get(child.attributes.get("test_ref", ""))
        if test is None or test.state.operation in _EARLIER:
            return _Conditions(holds=test is not None)
        return _Conditions(holds=self._is_of_release(test))

    def _of_alternatives(self, criteria: Element) -> _Conditions:
        """Return whether alternatives that are releases alone name this one; others are looked at later."""
        tests = [self._tests.get(one.attributes.get("test_ref", "")) for one in criteria.all("criterion")]
        known = [test for test in tests if test is not None and test.package.endswith(_RELEASE_PACKAGE)]
        if criteria.attributes.get("operator") != "OR" or not known or len(known) < len(criteria.children):
            return _Conditions()
        return _Conditions(holds=any(map(self._is_of_release, known)))

    def _is_of_release(self, test: _Test) -> bool:
        """Return whether a test asks for this release; what else it may ask for can't be answered."""
        value = _RELEASE.fullmatch(test.state.value)
        if not test.package.endswith(_RELEASE_PACKAGE) or value is None:
            return False
        wanted = value[1].replace("\\", "").rstrip(".")
        return self._release == wanted or (
            test.state.operation == "pattern match" and self._release.startswith(f"{wanted}.")
        )

    def _fix(self, criterion: Element, must: _Conditions) -> Fix | None:
        test = self._tests.get(criterion.attributes.get("test_ref", ""))
        if test is None or test.state.entity != "evr" or test.state.operation not in _EARLIER:
            return None
        version = test.state.value.removeprefix("0:")
        return Fix(test.package, version, must.module, through=_EARLIER[test.state.operation])


def _record(definition: Element, fixes: tuple[Fix, ...]) -> Record | str | None:
    """Return a definition as a record; None where it is about no version of this release."""
    if not fixes:
        return None
    metadata = definition.first("metadata") or definition
    title = metadata.text_of("title")
    advisory = metadata.first("advisory")
    named = [one.attributes.get("ref_id", "") for one in metadata.all("reference")]
    named += [one.text for one in (advisory.all("cve") if advisory else ())]
    cves = cves_in(title, *named)
    first = _NAME.match(title)
    notice = first[0] if first and is_notice(first[0]) else ""
    identifier = notice or next(iter(cves), definition.attributes.get("id", ""))
    return record_of(
        identifier,
        fixes,
        vulnerabilities=cves,
        severity=metadata.text_of("advisory", "severity"),
        summary=title,
        modified=_date(metadata),
    )


def _date(metadata: Element) -> str:
    places: Mapping[str, str] = {"updated": "date", "issued": "date", "advisory_date": ""}
    for tag, attribute in places.items():
        found = metadata.first("advisory", tag)
        if found is not None:
            return (found.attributes.get(attribute, "") if attribute else found.text).strip()
    return ""

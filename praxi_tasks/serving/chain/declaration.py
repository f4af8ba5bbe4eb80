"""A chain: the steps of an audit, who does each, and which documents go from one to the next.

A chain is checked as a whole before anything runs: whatever a step takes, an earlier one gives, and in the
end there are the report and the findings.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from praxi_tasks.environment import public_url
from praxi_tasks.errors import UsageError
from praxi_tasks.findings.strict_yaml import parse_yaml
from praxi_tasks.printable import printable

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MOST_STEPS: Final = 20
_MOST_SECONDS: Final = 86_400


class Document(enum.StrEnum):
    """What steps hand on. ``images``, what the audit is asked for, is there before the first."""

    IMAGES = "images"
    PLAN = "plan"
    FINGERPRINTS = "fingerprints"
    PREDICTIONS = "predictions"
    REPORT = "report"
    FINDINGS = "findings"


class BuiltIn(enum.StrEnum):
    """Praxi's own steps."""

    PLAN = "plan"
    FINGERPRINT = "fingerprint"
    PREDICT = "predict"
    FINDINGS = "findings"


_READ: Final = (Document.PLAN, Document.FINGERPRINTS)
_PORTS: Final = {
    BuiltIn.PLAN: ((Document.IMAGES,), (Document.PLAN,)),
    BuiltIn.FINGERPRINT: ((Document.PLAN,), (Document.FINGERPRINTS,)),
    BuiltIn.PREDICT: (_READ, (Document.PREDICTIONS,)),
    BuiltIn.FINDINGS: ((*_READ, Document.PREDICTIONS), (Document.REPORT, Document.FINDINGS)),
}
"""What each of Praxi's own steps takes and gives."""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service of the Open Inference Protocol that predicts, as ``praxi serve`` does.

    Attributes
    ----------
    url
        What comes before ``/v2``.
    model, version
        Of the service; without a version it chooses.
    token_file
        The file of the bearer token that it wants, if it wants one.
    """

    url: str
    model: str = "praxi-fingerprints"
    version: str = ""
    token_file: str = ""

    def __post_init__(self) -> None:
        url = public_url(self.url)
        if urlsplit(url).query or urlsplit(url).fragment:
            raise ValueError("a service's url has no query")


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step, which one of ``run``, ``service`` and ``command`` does.

    Attributes
    ----------
    run
        A step of Praxi's own.
    model
        With ``run: predict``, the model instead of the service's own.
    policy, feeds
        With ``run: findings``, the same.
    command
        A program and its arguments, which takes and gives documents as files.
    takes, gives
        Of a command; all others have theirs.
    seconds
        How long it may take; 0 for as long as the audit may.
    """

    name: str
    run: BuiltIn | None = None
    model: str = ""
    policy: str = ""
    feeds: str = ""
    service: Service | None = None
    command: tuple[str, ...] = ()
    takes: tuple[Document, ...] = ()
    gives: tuple[Document, ...] = ()
    seconds: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name[:70]!r} is no name: use letters, digits and hyphens")
        if problem := self._problem():
            raise ValueError(f"step {self.name}: {problem}")

    def _problem(self) -> str:
        """Return what is wrong with the step by itself."""
        if sum(map(bool, (self.run, self.service, self.command))) != 1:
            return "it has not one of run, service and command"
        if self.model and self.run is not BuiltIn.PREDICT:
            return "model goes with run: predict alone"
        if (self.policy or self.feeds) and self.run is not BuiltIn.FINDINGS:
            return "policy and feeds go with run: findings alone"
        if not self.command and (self.takes or self.gives):
            return "takes and gives are a command's"
        if self.command and not (self.gives and self.command[0]):
            return "a command gives a document"
        if Document.IMAGES in self.gives:
            return "images are what the audit is asked for: no step gives them"
        if not 0 <= self.seconds <= _MOST_SECONDS:
            return f"seconds are 0 to {_MOST_SECONDS}"
        return ""

    @property
    def inputs(self) -> tuple[Document, ...]:
        """The documents that it takes."""
        return _PORTS[self._like][0] if self._like else self.takes

    @property
    def outputs(self) -> tuple[Document, ...]:
        """The documents that it gives."""
        return _PORTS[self._like][1] if self._like else self.gives

    @property
    def _like(self) -> BuiltIn | None:
        return BuiltIn.PREDICT if self.service else self.run


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps of an audit, in order."""

    name: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name[:70]!r} is no name: use letters, digits and hyphens")
        if len(self.steps) > _MOST_STEPS:
            raise ValueError(f"more than {_MOST_STEPS} steps")
        _require_connected(self.steps)

    @classmethod
    def parse(cls, data: bytes, where: str) -> Self:
        """Read a chain's document, YAML or JSON.

        Raises
        ------
        UsageError
            If it is not valid; it names the step.
        """
        document: Any = None
        try:
            document = _named(parse_yaml(data))
            return msgspec.convert(document, cls)
        except (msgspec.ValidationError, ValueError) as error:
            problem = _told(str(error), document)
            raise UsageError(f"not a chain: {problem}", where=where, action="see docs/serving.md") from None

    def step(self, name: str) -> Step:
        """Return the step of that name.

        Raises
        ------
        UsageError
            If there is none.
        """
        found = next((step for step in self.steps if step.name == name), None)
        if found is None:
            known = ", ".join(step.name for step in self.steps)
            raise UsageError("the chain has no such step", where=name[:70], action=f"it has {known}")
        return found


_POSITION: Final = re.compile(r" - at `\$\.steps\[(\d+)\]([^`]*)`$")
_WORDS: Final = {"run": ", ".join(BuiltIn), **dict.fromkeys(("takes", "gives"), ", ".join(Document))}
"""What may stand in fields that are of few words."""


def _require_connected(steps: Sequence[Step]) -> None:
    """Raise ValueError unless each step finds what it takes, and all that an audit gives is given."""
    names: set[str] = set()
    there = {Document.IMAGES}
    for step in steps:
        if step.name in names:
            raise ValueError(f"two steps are called {step.name}")
        if missing := [each for each in step.inputs if each not in there]:
            raise ValueError(
                f"step {step.name}: it takes {', '.join(missing)}, which no step before it gives"
            )
        again = [each for each in step.outputs if each in there and each not in step.inputs]
        if again:
            raise ValueError(
                f"step {step.name}: it gives {', '.join(again)} again, which it does not take: a step before "
                "it would be in vain"
            )
        names.add(step.name)
        there.update(step.outputs)
    if missing := [each for each in (Document.REPORT, Document.FINDINGS) if each not in there]:
        raise ValueError(f"no step gives {' and '.join(missing)}")


def _told(problem: str, document: Any) -> str:
    """Return what is wrong with the name of the step in place of its position, and what would be right."""
    found = _POSITION.search(problem)
    if found is None:
        return problem
    number, field = int(found[1]), found[2].lstrip(".")
    step = document["steps"][number]
    name = step.get("name") if isinstance(step, dict) else None
    words = _WORDS.get(re.split(r"\W", field)[0], "")
    head = f"step {printable(str(name), 70) if name else number + 1}: "
    text = problem[: found.start()].removeprefix(head)
    return head + (f"{field}: " if field else "") + text + (f"; it is one of {words}" if words else "")


def _named(document: Any) -> Any:
    """Return a document with versions, which YAML may read as numbers, as texts."""
    steps = document.get("steps") if isinstance(document, dict) else None
    for step in steps if isinstance(steps, list) else ():
        service = step.get("service") if isinstance(step, dict) else None
        if isinstance(service, dict) and isinstance(service.get("version"), int):
            service["version"] = str(service["version"])
    return document


STANDARD: Final = Chain("standard", tuple(Step(each.value, run=each) for each in BuiltIn))
"""The chain of an audit by hand."""

"""Programs and libraries that nobody packaged: told by their file's name and the version in their bytes.

What is known of each is a row of :mod:`praxi_tasks.inventory.binary.program_rules`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from praxi_tasks.ecosystems import GOLANG
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.go_build_info import is_released, own_modules
from praxi_tasks.inventory.binary.go_variables import short_texts
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.binary.program_rules import RULES, Rule
from praxi_tasks.inventory.claim import Claim

_OVERLAP: Final = 4096  # bytes: no pattern spans more
_FIRST: Final = 3  # letters by which most names are passed over


def read_known_programs(program: Program) -> Iterator[Claim]:
    """Yield what rules say of a program by its name and its bytes."""
    for rule in rules_of(_name(program)):
        version = _version_in_go(program, rule) if rule.in_go else _version(program, rule)
        if version:
            said = f"v{version}" if rule.ecosystem == GOLANG.purl_type else version
            yield Claim(rule.ecosystem, rule.name, said, program.path, files=(program.path,))
            if rule.in_go:
                yield from _as_module(program, rule, version)
            return


def rules_of(name: str) -> Sequence[Rule]:
    """Return the rules about files of a name."""
    rules = _by_beginning()
    return [rule for rule in (*rules.get(name[:_FIRST], ()), *rules.get("", ())) if rule.is_named(name)]


@cache
def _by_beginning() -> Mapping[str, Sequence[Rule]]:
    found: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in RULES:
        for first in {beginning if len(beginning) == _FIRST else "" for beginning in rule.beginnings(_FIRST)}:
            found[first].append(rule)
    return found


def _version(program: Program, rule: Rule) -> str:
    """Return the version that a file's name says, or else the first of a rule's patterns finds."""
    found: dict[int, str] = {}
    name = _name(program)
    patterns, named = rule.patterns(name), rule.named_version(name)
    if named:
        return named
    for window in program.windows(_OVERLAP) if patterns else ():
        for number, pattern in enumerate(patterns):
            if number not in found and (match := pattern.search(window)):
                found[number] = match[1].decode("ascii", "replace")
        if 0 in found:
            break
    return found[min(found)] if found else ""


def _version_in_go(program: Program, rule: Rule) -> str:
    """Return the highest version that a variable holds: lower ones are of what it still understands."""
    if any(is_released(module.version) for module in own_modules(program)):
        return ""
    patterns = rule.patterns(_name(program))
    texts = {match[1] for text in short_texts(program) for one in patterns if (match := one.fullmatch(text))}
    return max(texts, key=_numbers, default=b"").decode("ascii", "replace")


def _as_module(program: Program, rule: Rule, version: str) -> Iterator[Claim]:
    """Yield a program's own module, of which its build information knows no version, with this one."""
    for module in own_modules(program)[:1]:
        if module.path != rule.name:
            yield Claim(GOLANG.purl_type, module.path, f"v{version}", program.path, files=(program.path,))


def _name(program: Program) -> str:
    return program.path.rpartition("/")[2]


def _numbers(version: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition(b"-")[0].split(b".") if part.isdigit())


READER: Final = ProgramReader(name="version", read=read_known_programs)

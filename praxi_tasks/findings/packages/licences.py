"""Licences: what records state of them, as SPDX expressions (https://spdx.github.io/spdx-spec, annex D).

Distributions and indexes have words of their own for licences: Debian's short names
(https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/), Fedora's older abbreviations, Python's
classifiers, R's specifications ("Writing R Extensions", 1.1.2), Cargo's older slash between alternatives.
What is none of these stays the name that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import accumulate
from typing import Final

_CLASSIFIER: Final = "License ::"
_UNPLAIN: Final = re.compile(r"[^A-Za-z0-9.]+")
_REFERENCE: Final = "LicenseRef-"
_ABBREVIATED: Final = re.compile(r"(.*\S)\s*\(([^()]+)\)")
_OR_LATER: Final = re.compile(
    r"(?:,?\s|-)?\(?\bor\s+(?:\(at your option\)\s+)?(?:any\s+)?(?:later|newer|above)(?:\s+version)?\)?",
    re.IGNORECASE,
)
_COMMA: Final = re.compile(r",\s+(and|or)\s+", re.IGNORECASE)
_AND_OR: Final = re.compile(r"\sand/or\s", re.IGNORECASE)
# What autoconf's exception is called depends on the licence that it is to.
_AUTOCONF: Final = re.compile(r"(GPL-(\d)\.0-\S+) WITH autoconf-exception(?![\w.-])")
_WORD: Final = re.compile(r"([()]|\s(?:and|or|with)\s)", re.IGNORECASE)
_EMPTY_WORDS: Final = re.compile(r"\b(?:the|licen[cs]e|version|software|v(?=\d))\b|v(?=\d)")
# Of R's: a licence with a version, and the file that completes one or says more.
_IN_R: Final = re.compile(r"([A-Za-z][\w. -]*?)\s*\((>=|==)\s*([\d.]+)\)")
_FILE_IN_R: Final = re.compile(r"\s*\+\s*file\s+LICEN[CS]E\b")
_DEEPEST: Final = 32  # levels of brackets; real expressions have three
_MOST_ALTERNATIVES: Final = 8
_GAPS: Final = re.compile(r"[\s_,-]+")
_GNU_NAMES: Final = re.compile(r"(?:gnu-)?(affero|lesser|library)?-?general-public(?:-\(\w+\))?")
_GNU_FAMILIES: Final = {"affero": "agpl", "lesser": "lgpl", "library": "lgpl", None: "gpl"}
_GNU: Final = re.compile(r"(agpl|gpl|lgpl|gfdl)(-niv)?-?(\d)(\.\d)?(?:\.0)?-?(\+|or-later|only)?")
# Of other names, as `_key` spells them: what SPDX calls them.
_NAMES: Final = {
    "expat": "MIT",
    "mit-expat": "MIT",
    "mit/x11": "MIT",
    "apache-2-llvm-exceptions": "Apache-2.0 WITH LLVM-exception",
    "apache-2": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "asl-2.0": "Apache-2.0",
    "artistic": "Artistic-1.0-Perl",  # the text of Debian's and Fedora's, which is Perl's
    "artistic-1": "Artistic-1.0-Perl",
    "artistic-2": "Artistic-2.0",
    "bsd-2": "BSD-2-Clause",
    "2-clause-bsd": "BSD-2-Clause",
    "simplified-bsd": "BSD-2-Clause",
    "freebsd": "BSD-2-Clause-FreeBSD",
    "bsd-3": "BSD-3-Clause",
    "3-clause-bsd": "BSD-3-Clause",
    "new-bsd": "BSD-3-Clause",
    "modified-bsd": "BSD-3-Clause",
    "bsd-4": "BSD-4-Clause",
    "bsd2": "BSD-2-Clause",
    "bsd3": "BSD-3-Clause",
    "cc0-1.0-universal": "CC0-1.0",
    "eclipse-public-1.0": "EPL-1.0",
    "eclipse-public-2.0": "EPL-2.0",
    "bison-exception": "Bison-exception-2.2",
    "bison-2.2-exception": "Bison-exception-2.2",
    "boost": "BSL-1.0",
    "boost-1.0": "BSL-1.0",
    "cc0": "CC0-1.0",
    "classpath-exception": "Classpath-exception-2.0",
    "font-exception": "Font-exception-2.0",
    "gpl+": "GPL-1.0-or-later",
    "iscl": "ISC",
    "linux-syscall-note-exception": "Linux-syscall-note",
    "mpl1.1": "MPL-1.1",
    "mpl2.0": "MPL-2.0",
    "mpl-2": "MPL-2.0",
    "mozilla-public-2.0": "MPL-2.0",
    "openldap-2.8": "OLDAP-2.8",
    "perl-5": "(GPL-1.0-or-later OR Artistic-1.0-Perl)",
    "psf": "PSF-2.0",
    "python-foundation": "PSF-2.0",
    "upl": "UPL-1.0",
    "zpl-2.1": "ZPL-2.1",
}


def licences_of(statements: tuple[str, ...]) -> tuple[str, ...]:
    """Return the licences that a record states, all of which apply: SPDX expressions, or names as given.

    Python's free field and its classifiers say the same in two ways: the classifiers count where the field
    says nothing that is known.
    """
    return _licences_of(statements) if statements else ()


@lru_cache(maxsize=4_096)
def _licences_of(statements: tuple[str, ...]) -> tuple[str, ...]:
    classifiers = [text for text in statements if text.startswith(_CLASSIFIER)]
    others = [text for text in statements if not text.startswith(_CLASSIFIER)]
    if classifiers and others and not any(map(spdx_expression, others)):
        others = []
    return tuple(dict.fromkeys(spdx_expression(text) or _name(text) for text in others or classifiers))


@lru_cache(maxsize=4_096)
def spdx_expression(statement: str) -> str:
    """Return a statement as a valid SPDX expression; nothing where it can't be one."""
    name = _OR_LATER.sub("+", _of_r(_name(statement)))
    return _canonical(_translated(_grouped(name))) or _by_abbreviation(name) or _by_slashes(name)


def _of_r(statement: str) -> str:
    """Return R's specification in other words: ``GPL (>= 2) | MIT + file LICENSE``."""
    if "|" not in statement and "(" not in statement and "+" not in statement:
        return statement
    versioned = _IN_R.sub(lambda found: f"{found[1]}-{found[3]}{'+' if found[2] == '>=' else ''}", statement)
    return " or ".join(map(str.strip, _FILE_IN_R.sub("", versioned).split("|")))


def _grouped(name: str) -> str:
    """Return an expression with brackets where a comma parts it."""
    parts = _COMMA.split(name)
    grouped = " ".join(part if place % 2 else f"({part})" for place, part in enumerate(parts))
    return grouped if len(parts) > 1 else name


def _by_slashes(name: str) -> str:
    """Return the alternatives that slashes part, if each is known."""
    parts = name.split("/") if name.count("/") < _MOST_ALTERNATIVES else []
    known = [_canonical(_key(part.strip())) for part in parts]
    return " OR ".join(known) if len(known) > 1 and all(known) else ""


def _by_abbreviation(name: str) -> str:
    """Return the licence of ``ISC License (ISCL)``, by its abbreviation or the name before it."""
    found = _ABBREVIATED.fullmatch(name)
    if found is None or _WORD.search(found[1]):
        return ""
    return _canonical(_key(found[2])) or _canonical(_key(found[1]))


def joined_licences(licences: Iterable[str]) -> str:
    """Return the one SPDX expression that says all licences; nothing where one of them is a name only."""
    parts = list(licences)
    if not all(map(spdx_expression, parts)):
        return ""
    return " AND ".join(f"({part})" if " OR " in part and len(parts) > 1 else part for part in parts)


def is_refused(licence: str, patterns: Iterable[str]) -> bool:
    """Return whether nobody may use what is under a licence without one that a pattern names.

    Of an expression's alternatives one may be chosen; of what it joins all apply.

    Parameters
    ----------
    licence
        As :func:`licences_of` returns it.
    patterns
        Shell globs of SPDX identifiers (``AGPL-*``) or names, also without ``LicenseRef-``; case does not
        matter. A name that is no expression counts as a whole, and by the licences that it is made of.
    """
    lowered = [pattern.lower() for pattern in patterns]
    expression = licence if spdx_expression(licence) else _with_references(licence)
    if not expression:
        return _matches(licence, lowered)
    words = _WORDS.findall(expression)
    words.reverse()
    return _any_refused(words, lowered) or (expression != licence and _matches(licence, lowered))


def _with_references(licence: str) -> str:
    """Return what is no expression only because some names or exceptions in it are not known as one."""
    words = [
        word.strip() for word in _WORD.split(f"{_grouped(_OR_LATER.sub('+', _AND_OR.sub(' or ', licence)))} ")
    ]
    found: list[str] = []
    for word in filter(None, words):
        if found[-1:] == ["WITH"]:
            found.pop()
        elif word in {"(", ")"} or word.lower() in {"and", "or", "with"}:
            found.append(word.upper())
        else:
            found.append(_canonical(_key(word)) or _REFERENCE + _UNPLAIN.sub("-", word))
    return _canonical(" ".join(found)) if len(found) > 1 else ""


_WORDS: Final = re.compile(r"[()]|[^\s()]+(?: WITH [^\s()]+)?")


def _any_refused(words: list[str], patterns: list[str]) -> bool:
    """Read alternatives up to the end or a closing bracket; the words come last first."""
    refused = _all_refused(words, patterns)
    while words and words[-1] == "OR":
        words.pop()
        refused = _all_refused(words, patterns) and refused
    return refused


def _all_refused(words: list[str], patterns: list[str]) -> bool:
    refused = False
    while True:
        word = words.pop()
        if word == "(":
            refused = _any_refused(words, patterns) or refused
            words.pop()
        else:
            refused = _matches(word, patterns) or refused
        if not words or words[-1] != "AND":
            return refused
        words.pop()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    names = {name.lower(), name.lower().removeprefix(_REFERENCE.lower())}
    return any(fnmatchcase(one, pattern) for pattern in patterns for one in names)


def _name(statement: str) -> str:
    """Return a statement without the path of a classifier."""
    return statement.rpartition("::")[2].strip() if statement.startswith(_CLASSIFIER) else statement


def _translated(expression: str) -> str:
    words = (word.strip() for word in _WORD.split(f"{_AND_OR.sub(' or ', expression)} "))
    translated = " ".join(word if word in {"(", ")"} else _word(word) for word in words if word)
    return _AUTOCONF.sub(r"\1 WITH Autoconf-exception-\2.0", translated)


def _word(word: str) -> str:
    return word.upper() if word.lower() in {"and", "or", "with"} else _key(word)


def _key(name: str) -> str:
    """Return a licence's identifier, or its name in a spelling that names of one licence have in common."""
    if name.startswith(_REFERENCE):
        return name
    words = _EMPTY_WORDS.sub(" ", name.lower().replace("licence", "license"))
    key = _GAPS.sub("-", words).strip("-")
    key = _GNU_NAMES.sub(lambda found: _GNU_FAMILIES[found[1]], key)
    gnu = _GNU.fullmatch(key)
    if gnu is None:
        return _NAMES.get(key, key)
    family, invariants, major, minor, which = gnu.groups()
    without = "-no-invariants" if invariants else ""
    end = "or-later" if which in {"+", "or-later"} else "only"
    return f"{family.upper()}-{major}{minor or '.0'}{without}-{end}"


def _canonical(expression: str) -> str:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if _depth(expression) > _DEEPEST:
        return ""  # Python's own parser, which reads it, runs out of memory at some hundred brackets
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return ""


def _depth(expression: str) -> int:
    """Return how many brackets are open at once at most."""
    steps = (1 if mark == "(" else -1 for mark in expression if mark in "()")
    return max(accumulate(steps), default=0)

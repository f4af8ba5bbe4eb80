from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

from praxi_tasks.findings.packages.licences import is_refused, joined_licences, licences_of, spdx_expression


@pytest.mark.parametrize(
    ("statement", "expression"),
    [
        ("MIT", "MIT"),
        ("mit and (apache-2.0 or bsd-2-clause)", "MIT AND (Apache-2.0 OR BSD-2-Clause)"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("AGPL-3.0", "AGPL-3.0-only"),
        ("GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only WITH Linux-syscall-note"),
        # Debian
        ("Expat", "MIT"),
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        ("GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        (
            "GPL-2+ or Artistic-2.0, and BSD-3-clause",
            "(GPL-2.0-or-later OR Artistic-2.0) AND (BSD-3-Clause)",
        ),
        ("LGPL-2.1+ or MPL-1.1, and GPL-2", "(LGPL-2.1-or-later OR MPL-1.1) AND (GPL-2.0-only)"),
        ("BSD-3-clause and/or GPL-3+", "BSD-3-Clause OR GPL-3.0-or-later"),
        ("GPL-3+ with Bison exception", "GPL-3.0-or-later WITH Bison-exception-2.2"),
        ("GPL-3+ with Autoconf exception", "GPL-3.0-or-later WITH Autoconf-exception-3.0"),
        ("GPL-2+ with autoconf exception or Expat", "GPL-2.0-or-later WITH Autoconf-exception-2.0 OR MIT"),
        ("GPL-2 with Classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note"),
        # R
        ("GPL (>= 2)", "GPL-2.0-or-later"),
        ("GPL (== 3)", "GPL-3.0-only"),
        ("LGPL (>= 2.1)", "LGPL-2.1-or-later"),
        ("GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"),
        ("MIT + file LICENSE", "MIT"),
        ("BSD_3_clause + file LICENCE", "BSD-3-Clause"),
        ("Artistic-2.0 | AGPL-3 + file LICENSE", "Artistic-2.0 OR AGPL-3.0-only"),
        ("GPL (>= 2) | BSD_3_clause + file LICENSE", "GPL-2.0-or-later OR BSD-3-Clause"),
        ("Apache License (== 2.0)", "Apache-2.0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        # Cargo's, Haskell's, Perl's, Java's older words
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("Unlicense / MIT", "Unlicense OR MIT"),
        ("MIT/X11", "MIT"),
        ("BSD3", "BSD-3-Clause"),
        ("perl_5", "(GPL-1.0-or-later OR Artistic-1.0-Perl)"),
        ("Eclipse Public License 2.0", "EPL-2.0"),
        ("GNU Lesser General Public License v2.1 or later", "LGPL-2.1-or-later"),
        # expressions as they are
        ("MIT OR Apache-2.0 WITH LLVM-exception", "MIT OR Apache-2.0 WITH LLVM-exception"),
        ("BSD-3-Clause AND LicenseRef-Foo", "BSD-3-Clause AND LicenseRef-Foo"),
        ("Apache-2.0+", "Apache-2.0+"),
        # Fedora's older words
        ("GPLv2+ and LGPLv2+", "GPL-2.0-or-later AND LGPL-2.0-or-later"),
        ("ASL 2.0", "Apache-2.0"),
        # Python
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("The MIT License (MIT)", "MIT"),
        ("License :: OSI Approved :: ISC License (ISCL)", "ISC"),
        ("License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
        ("License :: OSI Approved :: GNU Affero General Public License v3", "AGPL-3.0-only"),
        ("License :: OSI Approved :: Python Software Foundation License", "PSF-2.0"),
    ],
)
def test_words_of_distributions_and_indexes_are_understood(statement: str, expression: str) -> None:
    assert spdx_expression(statement) == expression
    assert spdx_expression(expression) == expression


@pytest.mark.parametrize(
    "statement",
    ["", "BSD", "GPL", "public-domain", "SEE LICENSE IN x", "UNLICENSED", "GPL-2+ with some exception", "and",
     "MIT and", "((((", "()", "MIT OR (", "False", "Apache Software License", "MIT or (Unheard-of)",
     "GPL-2 | file LICENSE", "file LICENSE", "Unlimited", "GPL (>= 2, < 4)", "GPL-2/who knows", "a/b/" * 9,
     "GPL-2.0-only WITH Unheard-of-exception", "Part of R 4.2.2",
     "(" * 2000 + "MIT" + ")" * 2000, "MIT and " * 500 + "or"],
)  # fmt: skip
def test_what_is_no_expression_stays_a_name(statement: str) -> None:
    assert spdx_expression(statement) == ""
    assert licences_of((statement,)) == (statement,)


WORDS = st.sampled_from(
    [
        "MIT",
        "GPL-2+",
        "(",
        ")",
        "and",
        "OR",
        "with",
        ",",
        "License ::",
        "Classpath-exception-2.0",
        "x",
        "+",
        " ",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=40))
@settings(max_examples=300)
def test_an_expression_is_valid_whatever_is_stated(statement: str) -> None:
    if expression := spdx_expression(statement):
        assert canonicalize_license_expression(expression) == expression
        assert spdx_expression(expression) == expression
    is_refused(statement, ("GPL-*",))
    is_refused(expression, ("GPL-*",))


def test_classifiers_count_where_the_field_says_nothing_known() -> None:
    classifier = "License :: OSI Approved :: BSD License"
    assert licences_of(("BSD-3-Clause", classifier)) == ("BSD-3-Clause",)
    assert licences_of(("see the file", classifier)) == ("BSD License",)
    assert licences_of((classifier, "License :: OSI Approved :: MIT License")) == ("BSD License", "MIT")
    assert licences_of(("MIT", "Expat")) == ("MIT",)


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("GPL-3.0-or-later", True),
        ("MIT", False),
        ("MIT AND GPL-3.0-only", True),
        ("MIT OR GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND AGPL-3.0-only", True),
        ("(MIT OR GPL-3.0-only) AND (ISC OR AGPL-3.0-only)", False),
        ("GPL-2.0-only OR (MIT AND GPL-3.0-only)", True),
        ("MIT OR ISC AND GPL-3.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", True),
        ("LGPL-2.1-only", False),
        ("Custom", True),
        ("custom-2", False),
        ("who knows AND GPL-3.0-only", True),
        ("Redistributable, no changes or GPL-3.0-only", False),
        ("MIT AND (Foo OR GPL-3.0-only)", False),
        ("Foo and (GPL-2+ with Bar exception)", True),
        ("GPL-2+ with OpenSSL exception", True),
        ("Custom or MIT and GPL-2", True),
        ("Foo and/or GPL-3+", False),
    ],
)
def test_a_choice_that_is_left_is_not_refused(licence: str, refused: bool) -> None:
    assert is_refused(licence, ("GPL-*", "agpl-*", "custom")) is refused


def test_several_licences_are_joined_where_all_are_expressions() -> None:
    assert joined_licences(("MIT OR ISC", "Zlib")) == "(MIT OR ISC) AND Zlib"
    assert joined_licences(("MIT OR ISC",)) == "MIT OR ISC"
    assert joined_licences(("MIT", "BSD")) == ""


@pytest.mark.parametrize("depth", [33, 500, 2000])
def test_brackets_in_brackets_without_end_say_nothing(depth: int) -> None:
    nested = "(MIT OR " * depth + "ISC" + ")" * depth
    assert licences_of((nested,)) == (nested,)
    assert is_refused(nested, ("*",))


def test_some_brackets_in_brackets_are_an_expression() -> None:
    assert is_refused("(MIT OR " * 20 + "ISC" + ")" * 20, ("MIT",)) is False

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.advisories.cvss import base_score, of_score


# Scores published by NVD for these vectors.
@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", 5.9),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.6),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
    ],
)
def test_known_vectors(vector: str, score: float) -> None:
    assert base_score(vector) == score


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "HIGH",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H",
        "CVSS:2.0/AV:N",
    ],
)
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    assert base_score(vector) == -1


@given(st.tuples(*map(st.sampled_from, ("NALP", "LH", "NLH", "NR", "UC", "NLH", "NLH", "NLH"))))
def test_every_vector_scores_between_0_and_10_with_one_decimal(values: tuple[str, ...]) -> None:
    vector = "CVSS:3.1/" + "/".join(
        f"{name}:{value}"
        for name, value in zip(("AV", "AC", "PR", "UI", "S", "C", "I", "A"), values, strict=True)
    )
    score = base_score(vector)
    assert 0 <= score <= 10
    assert round(score, 1) == score


def test_bands() -> None:
    assert [of_score(score) for score in (10, 9, 8.9, 7, 6.9, 4, 3.9, 0.1, 0, -1)] == [
        "critical", "critical", "high", "high", "medium", "medium", "low", "low", "info", "unknown",
    ]  # fmt: skip

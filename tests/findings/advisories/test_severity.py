from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.advisories.osv import Severity as Score
from praxi_tasks.findings.advisories.severity import base_score, of_score, rate


# Scores that NVD, GitHub or FIRST's examples give these vectors.
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
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
        ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", 10.0),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
        ("AV:N/AC:M/Au:N/C:N/I:P/A:N", 4.3),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0),
        ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:U", 6.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A", 9.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P", 8.9),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 8.1),
    ],
)
def test_known_vectors(vector: str, score: float) -> None:
    assert base_score(vector) == score


def test_a_vector_means_the_same_in_lower_case() -> None:
    assert base_score("cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h") == 9.8


@pytest.mark.parametrize("prefix", ["", "CVSS:2.0/"])
def test_no_vector_of_version_2_is_more_than_high(prefix: str) -> None:
    assert rate([Score("CVSS_V2", f"{prefix}AV:N/AC:L/Au:N/C:C/I:C/A:C")], [])[:2] == ("high", 10.0)


@pytest.mark.parametrize(
    ("note", "severity"),
    [
        ({"cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}, "critical"),
        ({"cvss": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}}, "high"),
        ({"cvss": None, "informational": "unmaintained"}, "info"),
        ({"informational": "unsound"}, "unknown"),
        ({"informational": ["notice"], "cvss": [], "severity": {}}, "unknown"),
        ({"severity": "Minor"}, "low"),
        ({"severity": "SEVERITY_IMPORTANT"}, "high"),
        ({"severity": ["Moderate"]}, "medium"),
        ({"cvss": {"score": 9.1, "vectorString": None}}, "critical"),
        ({"cvss": 7}, "high"),
    ],
)
def test_what_notes_say_of_a_rating(note: dict[str, object], severity: str) -> None:
    assert rate([], [None, note]).severity == severity


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "HIGH",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H",
        "CVSS:2.0/AV:N",
        "CVSS:9.0/AV:N/AC:L/Au:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:Z",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:HL/VI:H/VA:H/SC:N/SI:N/SA:N",
    ],
)
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    assert base_score(vector) == -1


V3 = dict(zip(("AV", "AC", "PR", "UI", "S", "C", "I", "A"),
              ("NALP", "LH", "NLH", "NR", "CU", "HLN", "HLN", "HLN"), strict=True))  # fmt: skip
V2 = dict(zip(("AV", "AC", "Au", "C", "I", "A"), ("NAL", "LMH", "NSM", "CPN", "CPN", "CPN"), strict=True))
V4 = dict(zip(("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA", "E"),
              ("NALP", "LH", "NP", "NLH", "NPA", *["HLN"] * 6, "APU"), strict=True))  # fmt: skip


@pytest.mark.parametrize(("prefix", "metrics"), [("", V2), ("CVSS:3.1/", V3), ("CVSS:4.0/", V4)])
@given(data=st.data())
def test_a_milder_value_never_raises_the_score(
    prefix: str, metrics: dict[str, str], data: st.DataObject
) -> None:
    drawn = {name: data.draw(st.integers(0, len(values) - 1), name) for name, values in metrics.items()}
    milder = data.draw(
        st.sampled_from([name for name in metrics if drawn[name] + 1 < len(metrics[name])] or [""])
    )
    score = base_score(prefix + written(metrics, drawn))
    assert 0 <= score <= 10
    assert round(score, 1) == score
    if milder:
        assert base_score(prefix + written(metrics, drawn | {milder: drawn[milder] + 1})) <= score


def written(metrics: dict[str, str], drawn: dict[str, int]) -> str:
    """Write a vector; the order of the metrics' values is from grave to mild."""
    return "/".join(f"{name}:{metrics[name][place]}" for name, place in drawn.items())


def test_the_newest_vectors_decide() -> None:
    old = Score("CVSS_V2", "AV:N/AC:L/Au:N/C:C/I:C/A:C")
    new = Score("CVSS_V3", "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N")
    newest = Score("CVSS_V4", "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
    assert rate([old], []) == ("high", 10.0, old.score)
    assert rate([old, new], []) == ("low", 1.6, new.score)
    assert rate([old, new, newest], []) == ("high", 7.3, newest.score)


@pytest.mark.parametrize(("kind", "severity"), [("CVSS_V3", "critical"), ("EPSS", "unknown")])
def test_a_score_without_its_vector(kind: str, severity: str) -> None:
    rating = rate([Score(kind, "9.8")], [])
    assert (rating.severity, rating.vector) == (severity, "")


def test_bands() -> None:
    assert [of_score(score) for score in (10, 9, 8.9, 7, 6.9, 4, 3.9, 0.1, 0, -1)] == [
        "critical", "critical", "high", "high", "medium", "medium", "low", "low", "info", "unknown",
    ]  # fmt: skip

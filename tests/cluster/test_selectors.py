from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cluster.selectors import field_selector, label_selector

LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]))


def chosen(selector: str, labels: dict[str, str]) -> bool:
    return label_selector(selector)({"metadata": {"labels": labels}})


@given(LABELS)
def test_requirements_mean_what_kubernetes_says_they_mean(labels: dict[str, str]) -> None:
    assert chosen("", labels)
    assert chosen("a=1", labels) is chosen("a==1", labels) is (labels.get("a") == "1")
    assert chosen("a!=1", labels) is (labels.get("a") != "1")
    assert chosen("a", labels) is not chosen("!a", labels)
    assert chosen("a in (1, 2)", labels) is ("a" in labels)
    assert chosen("a notin (1)", labels) is (labels.get("a") != "1")
    assert chosen("a=1,!b,c in (2)", labels) is (
        labels.get("a") == "1" and "b" not in labels and labels.get("c") == "2"
    )


@pytest.mark.parametrize("text", ["a=1=2=", "a b", "(a)", "a in 1"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unable to parse requirement"):
        label_selector(text)


def test_fields_are_named_by_their_paths() -> None:
    event = {"involvedObject": {"name": "praxi-plan"}, "reason": "Failed"}
    assert field_selector("involvedObject.name=praxi-plan,reason!=Started")(event)
    assert not field_selector("involvedObject.name=other")(event)


def test_only_fields_that_a_server_selects_by_are_taken() -> None:
    assert field_selector("status.phase!=Failed", "Pod")({"status": {"phase": "Running"}})
    for text, kind in (("foo=bar", "Event"), ("type=x,status.phase=y", "Event"), ("reason=x", "Pod")):
        with pytest.raises(ValueError, match="field label not supported"):
            field_selector(text, kind)

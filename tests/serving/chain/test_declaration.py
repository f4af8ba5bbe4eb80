"""What a chain's file may say, and how one that can't work is refused before anything runs."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.serving.chain.declaration import STANDARD, BuiltIn, Chain, Document
from tests.support.faces import exported, loaded_by

PLAN = "{name: plan, run: plan}"
FINGERPRINT = "{name: fingerprint, run: fingerprint}"
PREDICT = "{name: predict, run: predict}"
FINDINGS = "{name: findings, run: findings}"


def chain(*steps: str, name: str = "second-opinion") -> Chain:
    text = f"name: {name}\nsteps:\n" + "".join(f"  - {step}\n" for step in steps)
    return Chain.parse(text.encode(), "chain.yaml")


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.serving.chain") == {
        "BuiltIn", "Chain", "Document", "STANDARD", "Service", "Step", "run_step",
    }  # fmt: skip
    assert not loaded_by("praxi_tasks.serving.chain", "Chain") & {"numpy", "urllib3", "starlette"}


def test_the_standard_chain_is_that_of_an_audit_by_hand() -> None:
    assert [step.run for step in STANDARD.steps] == list(BuiltIn)
    assert chain(PLAN, FINGERPRINT, PREDICT, FINDINGS, name="standard") == STANDARD


def test_each_kind_of_step_has_its_documents() -> None:
    found = chain(
        PLAN,
        FINGERPRINT,
        "{name: ask, service: {url: 'https://next.example.com/', version: 8}}",
        FINDINGS,
        "{name: triage, command: [/opt/site/triage, --strict], takes: [findings], gives: [findings]}",
    )
    ask, triage = found.step("ask"), found.step("triage")
    assert ask.service
    assert (ask.service.version, ask.service.model) == ("8", "praxi-fingerprints")
    assert ask.outputs == (Document.PREDICTIONS,)
    assert (triage.inputs, triage.outputs) == ((Document.FINDINGS,), (Document.FINDINGS,))
    with pytest.raises(UsageError, match=r"no such step.*it has plan, fingerprint, ask"):
        found.step("predict")


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((PLAN, PREDICT, FINDINGS), "step predict: it takes fingerprints, which no step before it gives"),
        ((PLAN, FINGERPRINT, PREDICT), "no step gives report and findings"),
        ((PLAN, FINGERPRINT, PREDICT, PREDICT, FINDINGS), "two steps are called predict"),
        (
            (PLAN, FINGERPRINT, PREDICT, "{name: again, run: predict}", FINDINGS),
            "step again: it gives predictions again, which it does not take",
        ),
        ((PLAN, "{name: x}"), "step x: it has not one of run, service and command"),
        ((PLAN, "{name: x, run: predict, command: [a]}"), "it has not one of run, service and command"),
        ((PLAN, "{name: x, run: plan, model: 'models:/praxi@8'}"), "model goes with run: predict alone"),
        ((PLAN, "{name: x, run: predict, policy: p.yaml}"), "policy and feeds go with run: findings"),
        ((PLAN, "{name: x, run: predict, takes: [plan]}"), "takes and gives are a command's"),
        ((PLAN, "{name: x, command: [a], takes: [plan]}"), "a command gives a document"),
        ((PLAN, "{name: x, command: [a], gives: [images]}"), "no step gives them"),
        (
            (PLAN, "{name: x, command: [a], gives: [opinions]}"),
            "x: gives[0]: Invalid enum value 'opinions'; it is one of images,",
        ),
        ((PLAN, "{name: x, run: guess}"), "step x: run: Invalid enum value 'guess'; it is one of plan, fin"),
        ((PLAN, "{name: x, run: predict, seconds: -1}"), "seconds are 0 to"),
        ((PLAN, "{name: x, run: predict, sceonds: 7}"), "step x: Object contains unknown field `sceonds`"),
        ((PLAN, "{name: UPPER, run: predict}"), "'UPPER' is no name"),
        ((PLAN, "{name: x, service: {url: 'ftp://x'}}"), "not a URL of https or http"),
        ((PLAN, "{name: x, service: {url: 'https://me:secret@x'}}"), "a URL with credentials"),
        ((PLAN, "{name: x, service: {url: 'https://x/?a=b'}}"), "step x: service: a service's url has no"),
        ((PLAN, "{run: plan, name: 7}"), "step 7: name: Expected `str`, got `int`"),
        ((PLAN, "{}"), "step 2: Object missing required field `name`"),
    ],
)
def test_what_can_not_work_is_refused(steps: tuple[str, ...], why: str) -> None:
    with pytest.raises(UsageError) as caught:
        chain(*steps)
    assert why in str(caught.value)
    assert "chain.yaml" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "steps: 7", "name: a\nname: b", "\0", "name: a\nsteps: [7]"])
def test_what_is_no_chain_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a chain"):
        Chain.parse(text.encode(), "chain.yaml")

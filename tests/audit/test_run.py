"""A run's steps over a real registry, each step finding what the one before left."""

from __future__ import annotations

import dataclasses
import json

import pytest

from praxi_tasks.audit.deployed import DeployedImage, named_images
from praxi_tasks.audit.failure import UnfinishedError
from praxi_tasks.audit.plan import BatchLimits, Plan
from praxi_tasks.audit.report import AuditReport, Source, State
from praxi_tasks.audit.run import AuditRun, Summary
from praxi_tasks.audit.unknown_packages import NewPackage
from praxi_tasks.discovery import Model
from praxi_tasks.errors import KeyNotFoundError, UsageError
from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.findings.coverage import Aspect, gaps
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents
from tests.support.hostile_registry import HostileRegistry, Reply
from tests.support.images import image, index, layer
from tests.support.packages import BELL, SHOP, TILL
from tests.support.registry import Registry

AMD64 = Platform()


def begin(
    store: Store, images: list[DeployedImage] | tuple[DeployedImage, ...], run_id: str = "r1"
) -> AuditRun:
    run = AuditRun(store, run_id)
    documents.write(store, run.key("images.json"), images)
    return run


def finish(run: AuditRun, plan: Plan, model: Model) -> AuditReport:
    for batch in range(plan.batches):
        run.fingerprint(batch)
    run.predict(model)
    return run.report()


def audit(store: Store, images: list[str], model: Model, run_id: str = "r1") -> AuditReport:
    run = begin(store, named_images(images), run_id)
    return finish(run, run.plan(AMD64), model)


def states(report: AuditReport) -> dict[str, State]:
    return {image.image.rpartition("/")[2]: image.state for image in report.images}


def purls(report: AuditReport, number: int, source: Source) -> list[list[str]]:
    layers = report.layers_of(report.images[number])
    return [[one.purl for one in layer.releases if one.source is source] for layer in layers]


def test_every_image_is_told_layer_by_layer(registry: Registry, store: Store, model: Model) -> None:
    shop = registry.push("run/shop:1", image([SHOP.layer(), TILL.layer(metadata=False)]))
    report = audit(store, [shop], model)
    assert states(report) == {"shop:1": State.AUDITED}
    assert purls(report, 0, Source.FINGERPRINT) == [["pkg:pypi/shoplib@1.0"], ["pkg:pypi/tillkit@2.13"]]
    assert purls(report, 0, Source.INVENTORY) == [["pkg:pypi/shoplib@1.0"], []]


def test_a_layer_that_images_share_is_read_once(registry: Registry, store: Store, model: Model) -> None:
    base, top = SHOP.layer(), TILL.layer()
    images = [registry.push("run/one:1", image([base])), registry.push("run/two:1", image([base, top]))]
    run = begin(store, named_images(images))
    plan = run.plan(AMD64, limits=BatchLimits(target_bytes=1))
    assert sorted(layer.digest for layer in plan.layers) == sorted([base.digest, top.digest])
    assert plan.batches == 2
    assert set(states(finish(run, plan, model)).values()) == {State.AUDITED}


BROKEN = {
    "nothing": Reply(404),
    "refusal": Reply(403),
    "other bytes": Reply(body=b"\x1f\x8b" + bytes(200)),
    "too much": Reply(body=b"\0" * 5_000_000),
    "a server that is down": Reply(503),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_repository_that_does_not_give_a_shared_layer_fails_no_other_image(
    answer: Reply, hostile: HostileRegistry, store: Store, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_REGISTRY_ATTEMPTS", "1")
    made = image([SHOP.layer()])
    broken, whole = hostile.serve("broken", "1", made), hostile.serve("whole", "1", made)
    hostile.fault(f"/v2/broken/blobs/{made.layers[0].digest}", answer, forever=True)
    images = [broken, whole] if answer.status != 503 else [broken, whole.replace("127.0.0.1", "localhost")]
    assert set(states(audit(store, images, model)).values()) == {State.AUDITED}


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 2**62}, {"mediaType": "application/x-tar"}])
def test_a_manifest_that_is_wrong_about_a_shared_layer_fails_no_other_image(
    wrong: dict[str, object], hostile: HostileRegistry, store: Store, model: Model
) -> None:
    made = image([SHOP.layer()])
    whole = hostile.serve("whole", "1", made)
    document = json.loads(made.data)
    document["layers"][0].update(wrong)
    liar = hostile.serve("liar", "1", dataclasses.replace(made, data=json.dumps(document).encode()))
    report = audit(store, [liar, whole], model)
    assert states(report)["whole:1"] is State.AUDITED


def test_a_layer_that_no_repository_gives_fails_with_what_the_first_said(
    hostile: HostileRegistry, store: Store, model: Model
) -> None:
    made = image([SHOP.layer()])
    images = [hostile.serve(name, "1", made) for name in ("one", "two")]
    hostile.fault(f"/v2/one/blobs/{made.layers[0].digest}", Reply(404), forever=True)
    hostile.fault(f"/v2/two/blobs/{made.layers[0].digest}", Reply(403), forever=True)
    report = audit(store, images, model)
    assert [image.reason_code for image in report.images] == ["not-found", "not-found"]


def test_what_is_known_is_not_read_again(registry: Registry, store: Store, model: Model) -> None:
    shop = registry.push("run/again:1", image([SHOP.layer()]))
    first = audit(store, [shop], model)
    second = audit(store, [shop], model, "r2")
    assert (states(first), states(second)) == ({"again:1": State.AUDITED}, {"again:1": State.CACHED})
    assert first.layers == second.layers


def test_a_known_digest_needs_no_registry(hostile: HostileRegistry, store: Store, model: Model) -> None:
    made = image([SHOP.layer()])
    reference = hostile.serve("shop", "1", made)
    deployed = [DeployedImage(reference, made.digest, "manifest")]
    run = begin(store, deployed)
    finish(run, run.plan(AMD64), model)
    asked = len(hostile.asked)
    again = begin(store, deployed, "r2")
    assert states(finish(again, again.plan(AMD64), model)) == {"shop:1": State.CACHED}
    assert len(hostile.asked) == asked


def test_an_index_is_read_for_the_platform_asked_for(registry: Registry, store: Store, model: Model) -> None:
    other = image([TILL.layer()], architecture="arm64")
    multi = registry.push("run/multi:1", index([image([SHOP.layer()]), other]))
    run = begin(store, named_images([multi]))
    report = finish(run, run.plan(Platform.parse("linux/arm64")), model)
    assert report.images[0].digest == other.digest
    assert report.images[0].platform == "linux/arm64"
    assert purls(report, 0, Source.FINGERPRINT) == [["pkg:pypi/tillkit@2.13"]]


def test_bad_images_fail_alone_and_say_why(registry: Registry, store: Store, model: Model) -> None:
    good = registry.push("run/good:1", image([SHOP.layer()]))
    broken = layer({"../../etc/passwd": b"root::0:0"})
    bad = registry.push("run/bad:1", image([TILL.layer(), broken]))
    report = audit(store, [good, f"{registry.host}/run/absent:1", bad, "UPPER/case:1"], model)
    assert states(report) == {
        "good:1": State.AUDITED,
        "absent:1": State.FAILED,
        "bad:1": State.FAILED,
        "case:1": State.FAILED,
    }
    assert [image.reason_code for image in report.images] == [None, "not-found", "bad-layer", "bad-reference"]
    assert all(image.reason for image in report.images[1:])


def test_a_registry_that_is_down_is_tried_again_and_then_recorded(
    hostile: HostileRegistry, store: Store, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_REGISTRY_ATTEMPTS", "1")
    reference = hostile.serve("shop", "1", image([SHOP.layer()]))
    hostile.fault(r"/manifests/", Reply(503), forever=True)
    run = begin(store, named_images([reference]))
    with pytest.raises(UnfinishedError) as caught:
        run.plan(AMD64)
    assert caught.value.retryable
    monkeypatch.setenv("PRAXI_LAST_TRY", "1")
    report = finish(run, run.plan(AMD64), model)
    assert report.images[0].state is State.FAILED
    assert report.images[0].reason_code == "registry-unavailable"
    assert report.images[0].retryable


def test_a_retry_of_a_batch_reads_only_what_is_missing(
    hostile: HostileRegistry, store: Store, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_REGISTRY_ATTEMPTS", "1")
    first, second = SHOP.layer(), TILL.layer()
    reference = hostile.serve("shop", "1", image([first, second]))
    run = begin(store, named_images([reference]))
    plan = run.plan(AMD64)
    hostile.fault(f"/blobs/{second.digest}", Reply(503))
    with pytest.raises(UnfinishedError):
        run.fingerprint(0)
    assert states(finish(run, plan, model)) == {"shop:1": State.AUDITED}
    assert hostile.count(f"/blobs/{first.digest}") == 1
    assert hostile.count(f"/blobs/{second.digest}") == 2


@pytest.mark.parametrize("force", [False, True])
def test_a_layer_that_was_read_since_has_not_failed_unless_it_was_to_be_read_again(
    hostile: HostileRegistry, store: Store, model: Model, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    monkeypatch.setenv("PRAXI_REGISTRY_ATTEMPTS", "1")
    reference = hostile.serve("shop", "1", image([SHOP.layer()]))
    run = begin(store, named_images([reference]))
    run.plan(AMD64, force=force)
    hostile.fault("/blobs/", Reply(503))
    with pytest.raises(UnfinishedError):
        run.fingerprint(0)
    audit(store, [reference], model, "r2")  # as the next try does, which is killed before it tells
    run.predict(model)
    assert states(run.report()) == {"shop:1": State.FAILED if force else State.AUDITED}


def test_what_a_batch_of_an_earlier_plan_left_is_not_of_this_one(
    hostile: HostileRegistry, store: Store, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_REGISTRY_ATTEMPTS", "1")
    layers = (SHOP.layer(), TILL.layer())
    images = [hostile.serve(name, "1", image([each])) for name, each in zip("ab", layers, strict=True)]
    run = begin(store, named_images(images))
    monkeypatch.setenv("PRAXI_LAST_TRY", "1")
    run.plan(AMD64)
    hostile.fault("/blobs/", Reply(503), forever=True)
    assert len(run.fingerprint(0).failures) == 2
    plan = run.plan(AMD64, limits=BatchLimits(target_bytes=1))
    assert plan.batches == 2
    run.predict(model)
    codes = [each.reason_code for each in run.report().images]
    assert codes.count("registry-unavailable") == 1
    assert codes.count("unfinished") == 1


def test_a_batch_that_never_ran_fails_its_images_only(registry: Registry, store: Store, model: Model) -> None:
    images = [
        registry.push("run/a:1", image([SHOP.layer()])),
        registry.push("run/b:1", image([TILL.layer()])),
    ]
    run = begin(store, named_images(images))
    plan = run.plan(AMD64, limits=BatchLimits(target_bytes=1))
    left = plan.layers[plan.images[1].layers[0]].batch
    run.fingerprint(1 - left)
    run.predict(model)
    report = run.report()
    assert states(report) == {"a:1": State.AUDITED, "b:1": State.FAILED}
    assert report.images[1].reason_code == "unfinished"


def test_an_audit_of_nothing_is_an_empty_report(store: Store, model: Model) -> None:
    run = begin(store, ())
    plan = run.plan(AMD64)
    assert plan.batches == 0
    assert finish(run, plan, model).images == ()
    summary = documents.read(store, run.key("summary.json"), Summary)
    assert sum(summary.images.values()) == 0


def test_a_model_that_stands_in_for_the_champion_is_told(store: Store, model: Model) -> None:
    run = begin(store, ())
    run.plan(AMD64)
    run.predict(model, problem="the champion is version 3, which the registry no longer has")
    assert "version 3" in run.report().model_problem
    assessed = documents.read(store, run.key("findings.json"), AssessedAudit)
    (knowledge,) = [one for one in gaps(assessed.coverage) if one.aspect is Aspect.KNOWLEDGE]
    assert "version 3" in knowledge.reason
    assert model.id in knowledge.reason


def test_the_model_that_spoke_is_named(store: Store, model: Model) -> None:
    run = begin(store, ())
    run.plan(AMD64)
    run.predict(model, "7")
    run.report()
    found = documents.read(store, run.key("findings.json"), AssessedAudit).coverage
    (knowledge,) = [one for one in found if one.aspect is Aspect.KNOWLEDGE]
    assert not knowledge.is_gap
    assert "version 7" in knowledge.reason


def test_counts_add_up_to_the_plan(registry: Registry, store: Store, model: Model) -> None:
    images = [registry.push("run/sum:1", image([SHOP.layer()])), f"{registry.host}/run/absent:2"]
    report = audit(store, images, model)
    summary = documents.read(store, "audits/r1/summary.json", Summary)
    assert summary.images == {State.AUDITED: 1, State.CACHED: 0, State.FAILED: 1}
    assert sum(summary.images.values()) == len(report.images) == len(images)


def test_packages_the_model_does_not_know_are_handed_on(
    registry: Registry, store: Store, model: Model
) -> None:
    strange = BELL.layer()
    audit(store, [registry.push("run/new:1", image([SHOP.layer(), strange]))], model)
    packages = documents.read(store, "audits/r1/new-packages.json", tuple[NewPackage, ...])
    assert packages == (
        NewPackage("pkg:pypi/bellringer@0.3", "pypi", "bellringer", "0.3", (strange.digest,)),
    )


def test_a_moved_tag_is_doubted(registry: Registry, store: Store, model: Model) -> None:
    reference = registry.push("run/moved:1", image([SHOP.layer()]))
    run = begin(store, [DeployedImage(reference, "sha256:" + "0" * 64, "config")])
    report = finish(run, run.plan(AMD64), model)
    assert report.images[0].state is State.AUDITED
    assert "another image" in report.images[0].warnings[0]


def test_force_reads_everything_again(hostile: HostileRegistry, store: Store, model: Model) -> None:
    made = SHOP.layer()
    reference = hostile.serve("shop", "1", image([made]))
    audit(store, [reference], model)
    run = begin(store, named_images([reference]), "r2")
    report = finish(run, run.plan(AMD64, force=True), model)
    assert report.images[0].state is State.AUDITED
    assert hostile.count(f"/blobs/{made.digest}") == 2


def test_a_step_without_the_one_before_says_so(store: Store, model: Model) -> None:
    with pytest.raises(KeyNotFoundError, match="plan"):
        AuditRun(store, "r1").fingerprint(0)


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "a b", "x" * 300])
def test_a_run_id_that_is_no_key_is_refused(store: Store, run_id: str) -> None:
    with pytest.raises(UsageError):
        AuditRun(store, run_id)


def test_a_batch_out_of_the_plan_is_refused(store: Store) -> None:
    run = begin(store, ())
    run.plan(AMD64)
    with pytest.raises(UsageError, match="no batch 7"):
        run.fingerprint(7)

"""From a plan and what its tasks left in the store to the report: every image in exactly one state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.layers import LayerStack
from praxi_tasks.audit.plan import Plan, PlannedImage
from praxi_tasks.audit.report import AuditReport, ReportedImage, State
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.errors import KeyNotFoundError

OnImage = Callable[[ReportedImage, Sequence[str]], Failure | None]


def reduce_audit(
    plan: Plan,
    failures: Mapping[str, Failure],
    stored: StoredLayers,
    model: str,
    on_image: OnImage = lambda _image, _digests: None,
) -> AuditReport:
    """Build the report of an audit; its images are the plan's, one to one and in order.

    Parameters
    ----------
    failures
        Why layers could not be read or predicted, by digest.
    stored
        The layers' inventories and predictions.
    model
        Identity of the model that made the predictions.
    on_image
        Called with each image and its layers' digests (none for a failed image) while those layers are
        still in memory; returns why the image failed all the same, if it did.
    """
    stack = LayerStack(stored)
    images = []
    for planned in plan.images:
        digests = plan.digests_of(planned)
        image = _report(plan, planned, digests, failures, stack)
        failure = on_image(image, digests if image.layers else ())
        images.append(_reported(plan, planned, failure, ()) if failure else image)
    return AuditReport(model=model, interval=plan.interval, images=tuple(images), layers=tuple(stack.layers))


def _report(
    plan: Plan,
    image: PlannedImage,
    digests: Sequence[str],
    failures: Mapping[str, Failure],
    stack: LayerStack,
) -> ReportedImage:
    failure = image.failure or next((failures[digest] for digest in digests if digest in failures), None)
    layers: tuple[int, ...] = ()
    if failure is None:
        found = attempt(lambda: _layers(stack, digests), image.deployed.pinned)
        failure, layers = (found, ()) if isinstance(found, Failure) else (None, found)
    return _reported(plan, image, failure, layers)


def _layers(stack: LayerStack, digests: Sequence[str]) -> tuple[int, ...] | Failure:
    try:
        return stack.add(digests)
    except KeyNotFoundError as error:
        return Failure(
            "unfinished",
            f"a layer was not read or not predicted ({error.where}); see the log of the task that should "
            "have, then clear it or wait for the next audit",
            retryable=True,
        )


def _reported(
    plan: Plan, image: PlannedImage, failure: Failure | None, layers: tuple[int, ...]
) -> ReportedImage:
    deployed = image.deployed
    state = State.FAILED if failure else State.CACHED if image.cached else State.AUDITED
    return ReportedImage(
        image=deployed.image,
        digest=image.digest or deployed.digest,
        platform=image.platform,
        state=state,
        reason=failure.message if failure else None,
        reason_code=failure.code if failure else None,
        retryable=failure.retryable if failure else False,
        namespaces=deployed.namespaces,
        pods=deployed.pods,
        first_seen=deployed.first_seen,
        last_seen=deployed.last_seen,
        warnings=image.warnings,
        cluster=deployed.cluster,
        base=image.base,
        commands=plan.commands_of(image),
        layers=layers,
    )

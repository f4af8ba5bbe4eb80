"""From a plan and what its tasks left in the store to the report: every image in exactly one state."""

from __future__ import annotations

from collections.abc import Mapping

from praxi_tasks.audit.failure import Failure
from praxi_tasks.audit.layers import LayerStack
from praxi_tasks.audit.plan import Plan, PlannedImage
from praxi_tasks.audit.report import AuditReport, ReportedImage, State
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.store import Store


def reduce_audit(plan: Plan, failures: Mapping[str, Failure], store: Store, model: str) -> AuditReport:
    """Build the report of an audit; its images are the plan's, one to one and in order.

    Parameters
    ----------
    failures
        Why layers could not be read or predicted, by digest.
    model
        Identity of the model whose predictions are told.
    """
    stack = LayerStack(store, model)
    images = tuple(_report(image, plan, failures, stack) for image in plan.images)
    return AuditReport(model=model, interval=plan.interval, images=images, layers=tuple(stack.layers))


def _report(
    image: PlannedImage, plan: Plan, failures: Mapping[str, Failure], stack: LayerStack
) -> ReportedImage:
    digests = [plan.layers[number].digest for number in image.layers]
    failure = image.failure or next((failures[digest] for digest in digests if digest in failures), None)
    told: tuple[int, ...] = ()
    if failure is None:
        try:
            told = stack.tell(digests)
        except (KeyNotFoundError, CorruptObjectError) as error:
            failure = _unread(error)
    return _reported(image, failure, told)


def _unread(error: KeyNotFoundError | CorruptObjectError) -> Failure:
    if isinstance(error, CorruptObjectError):
        return Failure(error.code, str(error))
    return Failure(
        "unfinished",
        f"a layer was not read or not predicted ({error.where}); see the log of the task that should have, "
        "then clear it or wait for the next audit",
        retryable=True,
    )


def _reported(image: PlannedImage, failure: Failure | None, layers: tuple[int, ...]) -> ReportedImage:
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
        layers=layers,
    )

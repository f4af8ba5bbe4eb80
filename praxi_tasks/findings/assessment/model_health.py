"""How well the model explains what an audit met: the signals by which drift is seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from praxi_tasks.findings.assessment.document import AssessedImage, ModelHealth
from praxi_tasks.findings.packages import FINGERPRINT, INVENTORY

LOW_CONFIDENCE: Final = 0.8


def measure_model(images: Iterable[AssessedImage]) -> ModelHealth:
    """Add up the signals over images; one that runs under several names counts once."""
    distinct = {image.layers or (image.image,): image for image in images if not image.failed}
    present = [item for image in distinct.values() for item in image.components if item.present]
    recognised = [item for item in present if FINGERPRINT in item.sources]
    claimed = [item for item in present if INVENTORY in item.sources]
    return ModelHealth(
        recognised=len(recognised),
        unsure=sum(item.confidence < LOW_CONFIDENCE for item in recognised),
        confidence=sum(item.confidence for item in recognised),
        claimed=len(claimed),
        disagreed=sum(FINGERPRINT not in item.sources or bool(item.fingerprint_versions) for item in claimed),
        files=sum(image.files for image in distinct.values()),
        unexplained=sum(image.unexplained for image in distinct.values()),
    )

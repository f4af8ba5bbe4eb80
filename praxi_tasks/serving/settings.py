"""The limits of the service, each a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from praxi_tasks.environment import Limits


@dataclass(frozen=True, slots=True)
class ServingLimits(Limits):
    """What one request, and all of them together, may ask of the service.

    A field ``max_x`` is set by the variable ``PRAXI_SERVE_MAX_X``.

    Attributes
    ----------
    max_body_bytes
        Of one request.
    max_layers
        Layers or changesets in one request.
    max_paths
        Paths in one request.
    max_queue
        Layers and changesets that wait for one version of the model; what comes then is answered by 429.
    max_batch
        How many a worker is given together.
    max_seconds
        How long a request may wait for its answer, where it does not say itself.
    max_batch_seconds
        How long a worker may be at one batch before it is ended.
    max_worker_bytes
        Memory that a worker may take beyond the model.
    max_audits
        Audits that run at once.
    max_waiting_audits
        Audits that wait to run; what comes then is answered by 429.
    max_audits_per_minute
        Audits that one client may ask for in a minute.
    max_audit_seconds
        How long one audit may run.
    max_claim_seconds
        For how long a replica's claim to an audit counts that it does not renew: then another goes on.
    """

    prefix: ClassVar[str] = "PRAXI_SERVE_"

    max_body_bytes: int = 64 << 20
    max_layers: int = 256
    max_paths: int = 2_000_000
    max_queue: int = 1024
    max_batch: int = 8
    max_seconds: int = 30
    max_batch_seconds: int = 120
    max_worker_bytes: int = 2 << 30
    max_audits: int = 2
    max_waiting_audits: int = 64
    max_audits_per_minute: int = 30
    max_audit_seconds: int = 3600
    max_claim_seconds: int = 60

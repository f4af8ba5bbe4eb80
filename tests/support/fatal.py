"""Runs a command of ``praxi`` whose steps end the interpreter at images that the environment names.

FATAL='{"plan": "part of a reference", "fingerprint": "digest"}' python -m tests.support.fatal plan
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import praxi_tasks.audit.assessment
import praxi_tasks.audit.fingerprint
import praxi_tasks.audit.resolve
import praxi_tasks.findings.report
from praxi_tasks.cli import main
from praxi_tasks.discovery import Model

FATAL = json.loads(os.environ["FATAL"])


def deadly(
    real: Callable[..., Any], sign: signal.Signals, is_fatal: Callable[..., bool]
) -> Callable[..., Any]:
    def double(*arguments: Any, **options: Any) -> Any:
        if is_fatal(*arguments):
            signal.pthread_kill(threading.get_ident(), sign)
        return real(*arguments, **options)

    return double


def put(owner: Any, name: str, sign: signal.Signals, is_fatal: Callable[..., bool]) -> None:
    setattr(owner, name, deadly(getattr(owner, name), sign, is_fatal))


if __name__ == "__main__":
    put(praxi_tasks.audit.resolve, "open_source", signal.SIGSEGV, lambda name, *_: FATAL["plan"] in name)
    put(
        praxi_tasks.audit.fingerprint,
        "fingerprint_layer",
        signal.SIGKILL,
        lambda _, layer, *__: layer.digest == FATAL["fingerprint"],
    )
    put(Model, "predict", signal.SIGABRT, lambda _, tagset, *__: tagset.digest == FATAL["predict"])
    put(
        praxi_tasks.audit.assessment,
        "fuse",
        signal.SIGBUS,
        lambda facts: any(one.inventory.digest == FATAL["report"] for one in facts),
    )
    put(
        praxi_tasks.findings.report,
        "audit_metrics",
        signal.SIGSEGV,
        lambda audit, *_: any(FATAL["metrics"] in one.image and not one.failed for one in audit.images),
    )
    sys.argv[0] = "praxi"
    main()

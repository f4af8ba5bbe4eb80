"""What a pod needs: cores, memory and scratch, from what its command is going to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.store import Store

MEBI: Final = 1 << 20
_BASE: Final = 512 * MEBI
_MOST: Final = 2048 * MEBI
_SMALL: Final = 64 * MEBI


def batch_bytes(store: Store, run: str, batch: int) -> int:
    """Return the compressed bytes of the layers that one batch of a run's plan reads.

    Raises
    ------
    KeyNotFoundError
        If the run has no plan.
    """
    from praxi_tasks.audit import Plan
    from praxi_tasks.store import documents, keys

    plan = documents.read(store, keys.run(run, "plan.json"), Plan)
    return sum(layer.size for layer in plan.batch(batch))


def resources(size: int, *, scratch: str) -> dict[str, dict[str, str]]:
    """Return the resources of a pod that reads ``size`` compressed bytes.

    Layers stream, so memory grows with the number of files only: an eighth of the compressed bytes is
    ample. Reading more than a little keeps a whole core busy.

    Parameters
    ----------
    size
        Compressed bytes; 0 for a command that reads documents only.
    scratch
        The scratch volume's limit, which counts as ephemeral storage.
    """
    memory = min(_BASE + size // 8, _MOST)
    return {
        "requests": {
            "cpu": "1" if size > _SMALL else "250m",
            "memory": f"{memory // MEBI}Mi",
            "ephemeral-storage": "64Mi",
        },
        "limits": {"memory": f"{2 * memory // MEBI}Mi", "ephemeral-storage": scratch},
    }


def build_resources(*, scratch: str) -> dict[str, dict[str, str]]:
    """Return the resources of a pod that runs untrusted code: no more than these, whatever it does."""
    return {
        "requests": {"cpu": "250m", "memory": "512Mi", "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "1", "memory": "2560Mi", "ephemeral-storage": scratch},
    }

"""Which tests one process must run, where several share the work: those that share what they start."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling

CONTAINERS: Final = ("tests/cluster/", "tests/compose/", "tests/images/")


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Keeps a file's tests together, and all that run containers, for they share images."""

    def _split_scope(self, nodeid: str) -> str:
        return "containers" if nodeid.startswith(CONTAINERS) else nodeid.partition("::")[0]

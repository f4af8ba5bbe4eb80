"""Which of the claims that readers make are taken: those that name a release, within the limits.

Whoever builds an image writes its databases. A record that names nothing, or would make a consumer fail,
costs itself and leaves a line in the inventory's problems; the records around it count all the same.
"""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.limits import InventoryLimits, setting

_DETAILS: Final = ("architecture", "source", "source_version", "module")
_MORE_CLAIMS: Final = setting("max_claims")
_MORE_FILES: Final = f"{setting('max_paths')} or {setting('max_path_bytes')}"
_MORE_LICENCES: Final = setting("max_licence_bytes")
_SHOWN: Final = 60  # characters of a name in a problem's line


class Admission:
    """Takes the claims of one layer one after another; what is left out is reported to the layer's view."""

    def __init__(self, view: LayerView, limits: InventoryLimits) -> None:
        self.claims: list[Claim] = []
        self._view = view
        self._limits = limits
        self._paths = limits.max_paths
        self._path_bytes = limits.max_path_bytes
        self._licence_bytes = limits.max_licence_bytes

    def add(self, claim: Claim) -> bool:
        """Take a claim; return whether there is room for another one."""
        if len(self.claims) >= self._limits.max_claims:
            self._report(claim, f"more than {self._limits.max_claims} packages: raise {_MORE_CLAIMS}")
            return False
        fault = self._fault_of(claim)
        if fault:
            self._report(claim, f"the package {claim.name[:_SHOWN]!r} is left out: {fault}")
        else:
            known = self._with_room_for_licences(self._without_odd_details(claim))
            self.claims.append(self._within_limits(known))
        return True

    def _fault_of(self, claim: Claim) -> str:
        longest = self._limits.max_text_length
        for what, value in (("name", claim.name), ("version", claim.version)):
            if len(value) > longest:
                return f"its {what} has {len(value)} characters: raise {setting('max_text_length')}"
            if not value.isprintable():
                return f"its {what} holds control characters"
        _, name = ecosystem_of(claim.ecosystem).split_name(claim.name)
        if not any(map(str.isalnum, name)):
            return "its name names nothing"
        return "its name holds a slash" if "/" in name else ""  # its package URL would name another package

    def _without_odd_details(self, claim: Claim) -> Claim:
        values = {name: getattr(claim, name) for name in _DETAILS}
        longest = self._limits.max_text_length
        odd = [name for name, value in values.items() if len(value) > longest or not value.isprintable()]
        if not odd:
            return claim
        self._report(claim, f"the {' and '.join(odd)} of {claim.name[:_SHOWN]!r} can't be used")
        if "source" in odd or "source_version" in odd:
            odd = [*odd, "source", "source_version"]
        return msgspec.structs.replace(claim, **dict.fromkeys(odd, ""))

    def _with_room_for_licences(self, claim: Claim) -> Claim:
        size = sum(map(len, claim.licences))
        if size > self._licence_bytes:
            self._report(claim, f"too many licences, of {claim.name[:_SHOWN]!r} too: raise {_MORE_LICENCES}")
            return msgspec.structs.replace(claim, licences=())
        self._licence_bytes -= size
        return claim

    def _within_limits(self, claim: Claim) -> Claim:
        size = sum(map(len, claim.files))
        if len(claim.files) > self._paths or size > self._path_bytes:
            self._report(claim, f"too many files of {claim.name[:_SHOWN]!r}: raise {_MORE_FILES}")
            return msgspec.structs.replace(claim, files=(), checksums=b"")
        self._paths -= len(claim.files)
        self._path_bytes -= size
        return claim

    def _report(self, claim: Claim, what: str) -> None:
        self._view.report(claim.database, what)

"""Caches one authorization per repository, shared by all threads."""

from __future__ import annotations

import threading
from typing import Final

from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.challenge import Challenge
from praxi_tasks.oci.registry.keychain import Keychain
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.token_client import Authorization, TokenClient
from praxi_tasks.oci.registry.transport import Transport

PULL: Final = "pull"
PUSH: Final = "pull,push"


class _Slot:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: Authorization | None = None


class Authorizer:
    """Keep authorizations by registry and repository, and get each of them once."""

    def __init__(self, transport: Transport, settings: RegistrySettings) -> None:
        self._keychain = Keychain.from_environment(settings.auth_file)
        self._tokens = TokenClient(transport, settings)
        self._slots: dict[tuple[str, str, str], _Slot] = {}
        self._lock = threading.Lock()

    def current(self, reference: Reference, actions: str = PULL) -> str:
        """Return the header to send now, empty if none is known to be needed."""
        held = self._slot(reference, actions).held
        return held.header if held is not None and held.is_valid else ""

    def renew(
        self,
        reference: Reference,
        challenges: list[Challenge],
        refused: str,
        where: str,
        actions: str = PULL,
    ) -> str:
        """Return another header than the one that was refused; threads that come together get the same.

        Parameters
        ----------
        actions
            What it is to allow: :data:`PULL` or :data:`PUSH`.

        Raises
        ------
        UnauthorizedError, RegistryUnavailableError
            If there is none to be had.
        """
        slot = self._slot(reference, actions)
        with slot.lock:
            if slot.held is None or not slot.held.is_valid or slot.held.header == refused:
                credentials = self._keychain.credentials(reference.registry, reference.repository)
                scope = f"repository:{reference.repository}:{actions}"
                slot.held = self._tokens.authorize(challenges, credentials, scope, where)
            return slot.held.header

    def _slot(self, reference: Reference, actions: str) -> _Slot:
        with self._lock:
            return self._slots.setdefault((reference.registry, reference.repository, actions), _Slot())

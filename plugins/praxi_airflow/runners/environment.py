"""The variables by which a command learns where things are."""

from __future__ import annotations

from typing import Final

from praxi_airflow.run_params import readable_uris
from praxi_airflow.settings import Settings
from praxi_tasks.store.readable import VARIABLE as ROOTS

CHAMPION_URI: Final = "models:/praxi@champion"
"""The model in use, as the registry calls it; before any was promoted it is the starter model."""


def task_environment(settings: Settings, *, last_try: bool) -> dict[str, str]:
    """Return a command's variables; none is a secret.

    Parameters
    ----------
    settings
        Where the store, the model and the registries' mirrors are.
    last_try
        Whether the command must record failures as final, since there is no later try.
    """
    environment = {
        "PRAXI_STORE": settings.store,
        "PRAXI_MODEL": CHAMPION_URI,
        "PRAXI_STARTER_MODEL": settings.model,
        "PRAXI_LOG_FORMAT": settings.log_format,
        ROOTS: " ".join(readable_uris(settings)),
        **settings.findings.environment,
        **settings.learning.environment,
        **settings.actions.environment,
    }
    if settings.registry_mirrors:
        environment["PRAXI_REGISTRY_MIRRORS"] = ",".join(settings.registry_mirrors)
    if settings.ca_bundle:
        environment["PRAXI_CA_BUNDLE"] = settings.ca_bundle
    if last_try:
        environment["PRAXI_LAST_TRY"] = "1"
    return environment


def build_environment(settings: Settings) -> dict[str, str]:
    """Return the only variables that a build of a source distribution gets; none is a secret."""
    authorities = {"PRAXI_CA_BUNDLE": settings.ca_bundle} if settings.ca_bundle else {}
    return settings.learning.build_environment | authorities

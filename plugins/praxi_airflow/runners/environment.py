"""The variables by which a command learns where things are."""

from __future__ import annotations

from typing import Final

from praxi_airflow.run_params import readable_uris
from praxi_airflow.settings import Settings
from praxi_tasks import tracing
from praxi_tasks.store.readable import VARIABLE as ROOTS

CHAMPION_URI: Final = "models:/praxi@champion"
"""The model in use, as the registry calls it; before any was promoted it is the starter model."""


def task_environment(settings: Settings, service: str, *, last_try: bool) -> dict[str, str]:
    """Return a command's variables; none is a secret.

    Parameters
    ----------
    settings
        Where the store, the model and the registries' mirrors are.
    service
        The name under which the command's spans are seen.
    last_try
        Whether the command must record failures as final, since there is no later try.
    """
    environment = {
        "PRAXI_STORE": settings.store,
        "PRAXI_MODEL": CHAMPION_URI,
        "PRAXI_STARTER_MODEL": settings.model,
        "PRAXI_LOG_FORMAT": settings.log_format,
        "PRAXI_STORE_KEEP_DAYS": str(settings.store_keep_days),
        ROOTS: " ".join(readable_uris(settings)),
        **settings.findings.environment,
        **settings.learning.environment,
        **settings.actions.environment,
        **_tracing(settings, service),
    }
    if settings.registry_mirrors:
        environment["PRAXI_REGISTRY_MIRRORS"] = ",".join(settings.registry_mirrors)
    if settings.ca_bundle:
        environment["PRAXI_CA_BUNDLE"] = settings.ca_bundle
    if last_try:
        environment["PRAXI_LAST_TRY"] = "1"
    return environment


def _tracing(settings: Settings, service: str) -> dict[str, str]:
    """Return the variables that let a command send its spans and metrics, if that is wanted."""
    if not settings.otlp_endpoint:
        return {}
    return {
        tracing.ENDPOINT: settings.otlp_endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": service,
    }


def build_environment(settings: Settings) -> dict[str, str]:
    """Return the only variables that a build of a source distribution gets; none is a secret."""
    authorities = {"PRAXI_CA_BUNDLE": settings.ca_bundle} if settings.ca_bundle else {}
    return settings.learning.build_environment | authorities

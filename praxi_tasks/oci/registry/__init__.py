"""A registry client: authentication, mirrors, retries, downloads that resume."""

from praxi_tasks.oci.registry.client import client_for
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.source import RegistrySource

__all__ = [
    "RegistrySettings",
    "RegistrySource",
    "client_for",
]

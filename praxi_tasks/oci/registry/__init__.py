"""A registry client: authentication, mirrors, retries, downloads that resume, uploads."""

from praxi_tasks.oci.registry.client import client_for
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.source import RegistrySource
from praxi_tasks.oci.registry.writer import RegistryWriter

__all__ = [
    "RegistrySettings",
    "RegistrySource",
    "RegistryWriter",
    "client_for",
]

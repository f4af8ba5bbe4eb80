"""HTTP for registries, package indexes and feeds: connections, certificates, proxies, one GET request."""

from praxi_tasks.http.addresses import ForbiddenAddressError
from praxi_tasks.http.connections import Connections
from praxi_tasks.http.fetch import Response, open_url
from praxi_tasks.http.network_errors import explain
from praxi_tasks.http.parts import FilePart, read_part
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import PREFIX, HttpSettings, Parsers, hostname, is_loopback
from praxi_tasks.http.site_client import SiteClient, refusal_text, same_host
from praxi_tasks.http.sites import same_site
from praxi_tasks.http.transience import LONGEST_WAIT, PASSING, BoundedRetry, retry_after

__all__ = [
    "BoundedRetry",
    "Connections",
    "FilePart",
    "ForbiddenAddressError",
    "HttpSettings",
    "LONGEST_WAIT",
    "PASSING",
    "PREFIX",
    "Parsers",
    "Response",
    "SiteClient",
    "explain",
    "hostname",
    "is_loopback",
    "open_url",
    "read_part",
    "redact_url",
    "refusal_text",
    "retry_after",
    "same_host",
    "same_site",
]

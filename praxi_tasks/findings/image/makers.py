"""Which packages of a distribution's kind others made: its advisories and fixes are not about those.

A vendor's repository has packages of dpkg or rpm whose content the distribution never saw: they follow other
versions, and carry jars, gems, modules of Go or a whole Python that nobody at the distribution patches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from praxi_tasks.ecosystems import DEB, RPM
from praxi_tasks.inventory import Claim

# Distroless images' records list no links, and a package's folder of documents may be one.
_STATUS: Final = "var/lib/dpkg/status"
_ADD_ONS: Final = "opt/"  # where the file hierarchy's standard has what is added to a distribution
_DOCUMENTS: Final = "usr/share/doc/"
_COPYRIGHT: Final = "copyright"
# Of vendors whose debs may have a copyright file and nothing in /opt; no package of Debian's
# is maintained there.
_DOMAINS: Final = frozenset(
    (
        "amazon.com",
        "azul.com",
        "bell-sw.com",
        "clickhouse.com",
        "confluent.io",
        "datadoghq.com",
        "docker.com",
        "dotnetfoundation.org",
        "eclipse.org",
        "elastic.co",
        "f5.com",
        "github.com",
        "gitlab.com",
        "grafana.com",
        "hashicorp.com",
        "influxdata.com",
        "influxdb.com",
        "kubernetes.io",
        "lists.mariadb.org",
        "microsoft.com",
        "mongodb.com",
        "mongodb.org",
        "neo4j.com",
        "newrelic.com",
        "nginx.com",
        "nodesource.com",
        "oss.oracle.com",
        "percona.com",
        "redis.com",
        "timescale.com",
        "varnish-software.com",
    )
)
_ADDRESSES: Final = frozenset(
    (
        "cudatools@nvidia.com",
        "dev@couchdb.apache.org",
        "kk@kohsuke.org",
        "kubernetes-dev+release@googlegroups.com",
        "maria-developers@lists.launchpad.net",
        "yarn@dan.cx",
    )
)
# Builds of PostgreSQL's and Sury's repositories, whose teams maintain the packages in Debian too.
_BUILDS: Final = re.compile(r"\.pgdg\d|\+0~\d{8}\.\d+\+(?:debian|ubuntu)\d|deb\.sury\.org")
_WITHOUT_ADDRESS: Final = re.compile(r"GitHub|Google Cloud CLI Authors\b.*")
_ADDRESS: Final = re.compile(r"<([^<>@\s]+@([^<>@\s]+))>")
# Packages that every image has which a distribution made, and that nobody else makes for it.
_RPM_BASE: Final = frozenset(
    ("basesystem", "bash", "coreutils", "coreutils-single", "filesystem", "glibc", "libgcc", "setup")
)
_DEB_BASE: Final = frozenset(("base-files", "bash", "coreutils", "dpkg", "libc6"))
# Vendors of rpm's distributions, whose packages may be in each other's: EPEL's, those of a rebuild.
_VENDORS: Final = (
    "AlmaLinux",
    "CentOS",
    "CloudLinux",
    "Fedora Project",
    "Oracle America",
    "Red Hat",
    "Rocky",
    "SUSE",
    "openSUSE",
)


class Makers:
    """Tells the packages of an image that its distribution did not make.

    Parameters
    ----------
    claims
        All that databases of the image claim: who made its base made the distribution, and as its base keeps
        Debian's policy or does not, as Yocto's, so do the others of the distribution.
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        every = tuple(claims)
        base = {one.maker for one in every if one.ecosystem == RPM.purl_type and one.name in _RPM_BASE}
        self._vendors = base - {""}
        debs = (one for one in every if one.ecosystem == DEB.purl_type and one.name in _DEB_BASE)
        self._has_policy = any(map(_has_copyright, debs))

    def by_others(self, claim: Claim) -> bool:
        """Return whether others than a distribution made a package.

        Whose record does not say by whom it was made is the distribution's, but for rpm's where those of the
        distribution do say it.
        """
        if claim.ecosystem == DEB.purl_type:
            by_vendor = _is_a_vendor(claim.maker) or _BUILDS.search(claim.version) is not None
            return by_vendor or (bool(claim.maker) and self._breaks_policy(claim))
        if claim.ecosystem == RPM.purl_type and self._vendors:
            return claim.maker not in self._vendors and not claim.maker.startswith(_VENDORS)
        return False

    def _breaks_policy(self, claim: Claim) -> bool:
        """Return whether a package's files are not as Debian's policy wants them, as far as they are known.

        All packages of Debian have a copyright file or share the documents of another one, and none has
        anything in ``/opt``.
        """
        if any(path.startswith(_ADD_ONS) for path in claim.files):
            return True
        is_judged = self._has_policy and claim.files and claim.database == _STATUS
        return bool(is_judged) and not _has_copyright(claim)


def _is_a_vendor(maintainer: str) -> bool:
    """Return whether a maintainer is known to have a repository of debs beside the distributions'."""
    if _WITHOUT_ADDRESS.fullmatch(maintainer):
        return True
    found = _ADDRESS.search(maintainer.lower())
    return found is not None and (found[1] in _ADDRESSES or found[2] in _DOMAINS)


def _has_copyright(claim: Claim) -> bool:
    """Return whether a package lists its copyright file, or a link to the documents of another one."""
    documents = f"{_DOCUMENTS}{claim.name}"
    return documents in claim.files or f"{documents}/{_COPYRIGHT}" in claim.files

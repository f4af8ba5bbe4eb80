"""The ecosystems that packages come from, and in what their rules differ: one row each.

An ecosystem is named by its package URL type (``pypi``, ``deb``), in claims, predictions, stored releases
and reports alike. Code that would ask which ecosystem a package is of asks for the rule instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from packaging.utils import canonicalize_name, canonicalize_version


class Family(Enum):
    """Who publishes an ecosystem's packages."""

    DISTRIBUTION = "a Linux distribution"
    LANGUAGE = "a language's index"
    MANAGER = "the index of a manager that belongs to no distribution, such as conda"
    PROGRAM = "whoever built the program"
    MODEL = "whoever trained the model"
    UNKNOWN = "nobody that Praxi knows"


def _as_written(name: str) -> str:
    return name


def _unscoped(name: str) -> tuple[str, str]:
    return "", name


def _npm_scope(name: str) -> tuple[str, str]:
    """Split ``@scope/name``; a name without a scope has an empty one."""
    if not name.startswith("@"):
        return "", name
    scope, _, rest = name.partition("/")
    return scope, rest


def _last_part(name: str) -> tuple[str, str]:
    """Split ``namespace/name`` before its last part."""
    namespace, _, rest = name.rpartition("/")
    return namespace, rest


def _group(name: str) -> tuple[str, str]:
    """Split ``group:artifact``; of an artifact alone no group is known."""
    group, _, artifact = name.rpartition(":")
    return group, artifact


def _without_epoch_zero(version: str) -> str:
    return version.removeprefix("0:")


def _without_v(version: str) -> str:
    return version.lstrip("v")


def _without_build(version: str) -> str:
    """Return a version of semver without the prefix that tags have, and without build metadata."""
    return version.lstrip("v=").partition("+")[0]


def _go_version(version: str) -> str:
    """Return a module's version as advisories write it: without the prefix that Go's have."""
    return version.removeprefix("v").partition("+")[0]


@dataclass(frozen=True, kw_only=True)
class Ecosystem:
    """The rules of one ecosystem.

    Parameters
    ----------
    purl_type
        Its package URL type, which names it everywhere.
    written_as
        The type that its package URLs have, where the specification knows none for it.
    family
        Who publishes its packages. Those of a distribution depend on its release and its fixes; those of a
        language, and programs, may be in one image several times, in different folders.
    database
        What people call the record of an installed package.
    version_class
        The class that orders its versions: of :mod:`univers.versions`, or of Praxi's own, which
        :mod:`praxi_tasks.findings.packages.version_order` lists. Empty where no order is known.
    canonical_version
        Returns what equal spellings of a version have in common.
    local_versions
        Whether a ``+`` begins what a version's builder added, which advisories do not know.
    normalise
        Returns the spelling of a name under which claims and releases are stored.
    case_sensitive
        Whether names that differ in case only are different packages.
    default_namespace
        The package URL's namespace of a package whose distribution is not known.
    split_name
        Returns the namespace that a name itself holds, and the rest of the name.
    epoch_qualifier
        Whether a package URL has the version's epoch as a qualifier.
    filed_by_source
        Whether advisories name source packages only, instead of what is installed.
    has_releases
        Whether an index offers its releases, from which a model can learn and by which they are outdated.
    compiled_in
        Whether its releases are compiled into programs: what a program says of them has no files of its own.
    osv
        What OSV calls it; empty for distributions, which have an OSV ecosystem each
        (:mod:`praxi_tasks.findings.packages.namespaces`).
    """

    purl_type: str
    family: Family
    database: str
    written_as: str = ""
    version_class: str = ""
    canonical_version: Callable[[str], str] = _as_written
    local_versions: bool = False
    normalise: Callable[[str], str] = _as_written
    case_sensitive: bool = False
    default_namespace: str = ""
    split_name: Callable[[str], tuple[str, str]] = _unscoped
    epoch_qualifier: bool = False
    filed_by_source: bool = False
    has_releases: bool = True
    compiled_in: bool = False
    osv: str = ""

    @property
    def of_distribution(self) -> bool:
        """Whether its packages are those of a distribution."""
        return self.family is Family.DISTRIBUTION

    @property
    def of_language(self) -> bool:
        """Whether its packages are those of an index that belongs to no distribution."""
        return self.family in (Family.LANGUAGE, Family.MANAGER)

    @property
    def holds_languages(self) -> bool:
        """Whether its packages bring those of languages with them."""
        return self.family in (Family.DISTRIBUTION, Family.MANAGER)

    @property
    def of_models(self) -> bool:
        """Whether its packages are machine-learning models."""
        return self.family is Family.MODEL

    @property
    def in_folders(self) -> bool:
        """Whether an image may have a package several times, in different folders."""
        return self.of_language or self.family in (Family.PROGRAM, Family.MODEL)

    def key(self, name: str) -> str:
        """Return what two spellings of one package's name have in common."""
        return self.normalise(name if self.case_sensitive else name.lower())


PYPI: Final = Ecosystem(
    purl_type="pypi",
    family=Family.LANGUAGE,
    database="dist-info",
    version_class="PypiVersion",
    canonical_version=canonicalize_version,
    local_versions=True,
    normalise=canonicalize_name,
    osv="PyPI",
)
NPM: Final = Ecosystem(
    purl_type="npm",
    family=Family.LANGUAGE,
    database="package.json",
    version_class="NpmVersion",
    canonical_version=_without_build,
    case_sensitive=True,
    split_name=_npm_scope,
    osv="npm",
)
DEB: Final = Ecosystem(
    purl_type="deb",
    family=Family.DISTRIBUTION,
    database="dpkg",
    version_class="DpkgVersion",
    canonical_version=_without_epoch_zero,
    default_namespace="debian",
    filed_by_source=True,
)
APK: Final = Ecosystem(
    purl_type="apk",
    family=Family.DISTRIBUTION,
    database="apk",
    version_class="ApkVersion",
    default_namespace="alpine",
    filed_by_source=True,
)
RPM: Final = Ecosystem(
    purl_type="rpm",
    family=Family.DISTRIBUTION,
    database="rpm",
    version_class="RpmVersion",
    canonical_version=_without_epoch_zero,
    epoch_qualifier=True,
)
GOLANG: Final = Ecosystem(
    purl_type="golang",
    family=Family.LANGUAGE,
    database="Go build information",
    version_class="GoVersion",
    canonical_version=_go_version,
    case_sensitive=True,
    split_name=_last_part,
    osv="Go",
    compiled_in=True,
)
MAVEN: Final = Ecosystem(
    purl_type="maven",
    family=Family.LANGUAGE,
    database="Java archive",
    version_class="MavenVersion",
    case_sensitive=True,
    split_name=_group,
    osv="Maven",
)
CARGO: Final = Ecosystem(
    purl_type="cargo",
    family=Family.LANGUAGE,
    database="Cargo's list of programs",
    version_class="SemanticVersion",
    canonical_version=_without_build,
    case_sensitive=True,
    osv="crates.io",
    compiled_in=True,
)
GENERIC: Final = Ecosystem(
    purl_type="generic",
    family=Family.PROGRAM,
    database="version in a program",
    version_class="RuntimeVersion",
    case_sensitive=True,
    has_releases=False,
)

COMPOSER: Final = Ecosystem(
    purl_type="composer",
    family=Family.LANGUAGE,
    database="installed.json",
    version_class="ComposerVersion",
    canonical_version=_without_v,
    normalise=str.lower,
    split_name=_last_part,
    osv="Packagist",
)
PEAR: Final = Ecosystem(
    purl_type="pear",
    family=Family.LANGUAGE,
    database="PEAR's registry",
    split_name=_last_part,
)
GEM: Final = Ecosystem(
    purl_type="gem",
    family=Family.LANGUAGE,
    database="gemspec",
    version_class="RubygemsVersion",
    case_sensitive=True,
    osv="RubyGems",
)
CRAN: Final = Ecosystem(
    purl_type="cran",
    family=Family.LANGUAGE,
    database="DESCRIPTION",
    version_class="NumbersVersion",
    case_sensitive=True,
    osv="CRAN",
)
BIOCONDUCTOR: Final = Ecosystem(
    purl_type="bioconductor",
    family=Family.LANGUAGE,
    database="DESCRIPTION",
    version_class="NumbersVersion",
    case_sensitive=True,
    osv="Bioconductor",
)
NUGET: Final = Ecosystem(
    purl_type="nuget",
    family=Family.LANGUAGE,
    database="deps.json",
    version_class="NugetVersion",
    osv="NuGet",
)
CPAN: Final = Ecosystem(
    purl_type="cpan",
    family=Family.LANGUAGE,
    database="perllocal.pod",
    case_sensitive=True,
)
LUAROCKS: Final = Ecosystem(purl_type="luarocks", family=Family.LANGUAGE, database="rockspec")
JULIA: Final = Ecosystem(
    purl_type="julia",
    family=Family.LANGUAGE,
    database="Project.toml",
    version_class="SemanticVersion",
    canonical_version=_without_build,
    case_sensitive=True,
    osv="Julia",
)
OPAM: Final = Ecosystem(
    purl_type="opam",
    family=Family.LANGUAGE,
    database="opam",
    version_class="OpamVersion",
    osv="opam",
)
HACKAGE: Final = Ecosystem(
    purl_type="hackage",
    family=Family.LANGUAGE,
    database="package.conf.d",
    version_class="NumbersVersion",
    case_sensitive=True,
    osv="Hackage",
)
HEX: Final = Ecosystem(
    purl_type="hex",
    family=Family.LANGUAGE,
    database="ebin/*.app",
    version_class="SemanticVersion",
    canonical_version=_without_build,
    osv="Hex",
)
OTP: Final = Ecosystem(purl_type="otp", family=Family.LANGUAGE, database="ebin/*.app")
PUB: Final = Ecosystem(
    purl_type="pub",
    family=Family.LANGUAGE,
    database="pubspec.yaml",
    version_class="PubVersion",
    osv="Pub",
)
CONAN: Final = Ecosystem(
    purl_type="conan",
    family=Family.LANGUAGE,
    database="Conan's cache",
    version_class="ConanVersion",
    osv="ConanCenter",
)
SWIFT: Final = Ecosystem(
    purl_type="swift",
    family=Family.LANGUAGE,
    database="sources in a program",
    version_class="SemanticVersion",
    split_name=_last_part,
)
JSR: Final = Ecosystem(
    purl_type="jsr",
    family=Family.LANGUAGE,
    database="Deno's cache",
    version_class="SemanticVersion",
    canonical_version=_without_build,
    split_name=_npm_scope,
)
COCOAPODS: Final = Ecosystem(
    purl_type="cocoapods",
    family=Family.LANGUAGE,
    database="sources in a program",
    version_class="RubygemsVersion",
    case_sensitive=True,
)
BITNAMI: Final = Ecosystem(
    purl_type="bitnami",
    family=Family.MANAGER,
    database="Bitnami's SBOM",
    version_class="RuntimeVersion",
    canonical_version=_without_build,
    osv="Bitnami",
)
WORDPRESS: Final = Ecosystem(
    purl_type="wordpress-plugin", family=Family.LANGUAGE, database="the plugin's header"
)
WORDPRESS_THEME: Final = Ecosystem(
    purl_type="wordpress-theme", family=Family.LANGUAGE, database="the theme's header"
)
CONDA: Final = Ecosystem(
    purl_type="conda",
    family=Family.MANAGER,
    database="conda-meta",
    version_class="CondaVersion",
)
SPACK: Final = Ecosystem(purl_type="spack", family=Family.MANAGER, database="spec.json")
EASYBUILD: Final = Ecosystem(
    purl_type="easybuild", family=Family.MANAGER, database="EasyBuild's recipe", case_sensitive=True
)
CTAN: Final = Ecosystem(purl_type="ctan", family=Family.MANAGER, database="texlive.tlpdb")
VCPKG: Final = Ecosystem(purl_type="vcpkg", family=Family.MANAGER, database="vcpkg's status")
BREW: Final = Ecosystem(purl_type="brew", family=Family.MANAGER, database="INSTALL_RECEIPT.json")
NIX: Final = Ecosystem(purl_type="nix", family=Family.MANAGER, database="the Nix store")
GUIX: Final = Ecosystem(purl_type="guix", family=Family.MANAGER, database="the Guix store")
SNAP: Final = Ecosystem(purl_type="snap", family=Family.MANAGER, database="snap.yaml")
FLATPAK: Final = Ecosystem(purl_type="flatpak", family=Family.MANAGER, database="Flatpak's metadata")
VSCODE: Final = Ecosystem(
    purl_type="vscode-extension",
    family=Family.MANAGER,
    database="extensions.json",
    split_name=_last_part,
)
NIM: Final = Ecosystem(purl_type="nim", family=Family.LANGUAGE, database="nimblemeta.json")
OCTAVE: Final = Ecosystem(purl_type="octave", family=Family.LANGUAGE, database="packinfo/DESCRIPTION")
SWIPL: Final = Ecosystem(purl_type="swiplpack", family=Family.LANGUAGE, database="pack.pl")
XBPS: Final = Ecosystem(
    purl_type="xbps",
    family=Family.DISTRIBUTION,
    database="pkgdb",
    default_namespace="void",
)
SLACKWARE: Final = Ecosystem(
    purl_type="slackware",
    family=Family.DISTRIBUTION,
    database="pkgtools",
    default_namespace="slackware",
)
EOPKG: Final = Ecosystem(
    purl_type="eopkg",
    family=Family.DISTRIBUTION,
    database="eopkg",
    default_namespace="solus",
)
SWUPD: Final = Ecosystem(
    purl_type="swupd",
    family=Family.DISTRIBUTION,
    database="swupd's bundles",
    default_namespace="clear-linux-os",
)
TERRAFORM: Final = Ecosystem(
    purl_type="terraform",
    family=Family.MANAGER,
    database="folders of providers",
    version_class="SemanticVersion",
    split_name=_last_part,
)
CHROME: Final = Ecosystem(
    purl_type="chrome-extension", family=Family.MANAGER, database="an extension's manifest.json"
)
ALPM: Final = Ecosystem(
    purl_type="alpm",
    family=Family.DISTRIBUTION,
    database="pacman",
    version_class="ArchLinuxVersion",
    default_namespace="arch",
)
EBUILD: Final = Ecosystem(
    purl_type="ebuild",
    family=Family.DISTRIBUTION,
    database="Portage",
    version_class="GentooVersion",
    split_name=_last_part,
)
HUGGINGFACE: Final = Ecosystem(
    purl_type="huggingface",
    family=Family.MODEL,
    database="the hub's cache",
    case_sensitive=True,
    split_name=_last_part,
    has_releases=False,
)
ML_MODEL: Final = Ecosystem(
    purl_type="ml-model",
    written_as="generic",
    family=Family.MODEL,
    database="model file",
    case_sensitive=True,
    has_releases=False,
    split_name=_last_part,
)
OPKG: Final = Ecosystem(
    purl_type="opkg",
    family=Family.DISTRIBUTION,
    database="opkg",
    version_class="DpkgVersion",
    default_namespace="openwrt",
)

_ROWS: Final = (
    *(PYPI, NPM, GOLANG, MAVEN, CARGO, GENERIC, DEB, APK, RPM),
    *(ALPM, EBUILD, OPKG),
    *(COMPOSER, PEAR, GEM, CRAN, BIOCONDUCTOR, NUGET, CPAN, LUAROCKS, JULIA, OPAM, HACKAGE, HEX),
    *(
        OTP,
        PUB,
        CONAN,
        SWIFT,
        JSR,
        COCOAPODS,
        BITNAMI,
        WORDPRESS,
        WORDPRESS_THEME,
        CONDA,
        SPACK,
        EASYBUILD,
        CTAN,
        VCPKG,
        BREW,
        NIX,
        GUIX,
        SNAP,
    ),
    *(FLATPAK, VSCODE, NIM, OCTAVE, SWIPL, XBPS, SLACKWARE, EOPKG, SWUPD, TERRAFORM, CHROME),
    *(HUGGINGFACE, ML_MODEL),
)
ECOSYSTEMS: Final[Mapping[str, Ecosystem]] = {row.purl_type: row for row in _ROWS}
"""All rows by package URL type."""


def ecosystem_of(purl_type: str) -> Ecosystem:
    """Return an ecosystem's rules; one that has no row gets those that hold for any."""
    row = ECOSYSTEMS.get(purl_type)
    return row or Ecosystem(purl_type=purl_type, family=Family.UNKNOWN, database=purl_type)

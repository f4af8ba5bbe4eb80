"""The settings of training: where versions of the model are kept, and who lets a new one in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from praxi_airflow.settings.section import Section

Approval = Literal["none", "human"]
APPROVALS: Final[tuple[Approval, ...]] = ("none", "human")


@dataclass(frozen=True, kw_only=True)
class LearningSettings:
    """Every field is the setting of that name in the ``[praxi]`` section.

    Attributes
    ----------
    mlflow_uri
        Tracking URI of the MLflow server that keeps the versions; empty for a file in a local store.
    learn_sources
        Where new releases are read from, in this order; empty for all sources there are.
    learn_pypi_index, learn_npm_registry
        Addresses of a PyPI index (``…/simple``) and an npm registry to ask directly; empty to ask through
        pip and npm, which the task image does not hold.
    learn_debian_mirror
        Address of an archive of Debian's (``…/debian``) that ``praxi_packs`` reads suites of.
    learn_indexes
        Addresses of other indexes that ``praxi_packs`` reads: ``alpine=https://…``, ``fedora=https://…``.
    learn_build_index
        Address of the one index that builds of source distributions may reach, which needs no credentials;
        empty to build nothing.
    learn_build_seconds
        How long one build may take.
    learn_keep
        How many of the newest versions of the model are kept, besides those in use.
    approval
        ``human`` if a person must let each new model in.
    """

    mlflow_uri: str = ""
    learn_sources: tuple[str, ...] = ()
    learn_pypi_index: str = ""
    learn_npm_registry: str = ""
    learn_debian_mirror: str = ""
    learn_indexes: tuple[str, ...] = ()
    learn_build_index: str = ""
    learn_build_seconds: int = 600
    learn_keep: int = 30
    approval: Approval = "none"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which commands learn these settings; none is a secret."""
        variables = {
            "PRAXI_MLFLOW_URI": self.mlflow_uri,
            "PRAXI_LEARN_SOURCES": ",".join(self.learn_sources),
            "PRAXI_LEARN_PYPI_INDEX": self.learn_pypi_index,
            "PRAXI_LEARN_NPM_REGISTRY": self.learn_npm_registry,
            "PRAXI_LEARN_DEBIAN_MIRROR": self.learn_debian_mirror,
            "PRAXI_LEARN_INDEXES": ",".join(self.learn_indexes),
            "PRAXI_LEARN_BUILD_INDEX": self.learn_build_index,
            "PRAXI_LEARN_KEEP": str(self.learn_keep),
        }
        return {name: value for name, value in variables.items() if value}

    @property
    def build_environment(self) -> dict[str, str]:
        """The only variables that a build gets."""
        return {
            "PRAXI_LEARN_BUILD_INDEX": self.learn_build_index,
            "PRAXI_LEARN_BUILD_SECONDS": str(self.learn_build_seconds),
        }


def load_learning_settings(section: Section) -> LearningSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        If an address holds credentials, or there is no such way of approval.
    """
    return LearningSettings(
        mlflow_uri=section.public_url("mlflow_uri"),
        learn_sources=section.names("learn_sources"),
        learn_pypi_index=section.public_url("learn_pypi_index"),
        learn_npm_registry=section.public_url("learn_npm_registry"),
        learn_debian_mirror=section.public_url("learn_debian_mirror"),
        learn_indexes=section.public_pairs("learn_indexes"),
        learn_build_index=section.public_url("learn_build_index"),
        learn_build_seconds=section.integer("learn_build_seconds", 600, least=1),
        learn_keep=section.integer("learn_keep", 30, least=1),
        approval=section.choice("approval", APPROVALS, "none"),
    )

"""The settings that :mod:`praxi_airflow.settings.learning` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

OPTIONS: Final = (
    Option(
        "mlflow_uri",
        "Tracking URI of the MLflow server that keeps the model's versions; without one the store does.",
        example="https://mlflow.example",
    ),
    Option(
        "learn_sources",
        "Where new releases are read from, in this order, separated by commas; empty for all sources.",
        example="layer,pypi",
    ),
    Option(
        "learn_pypi_index",
        "Address of a simple index of Python packages to ask directly; empty to ask through pip, which the "
        "task image does not hold.",
        example="https://packages.example/simple",
    ),
    Option(
        "learn_npm_registry",
        "Address of an npm registry to ask directly; empty to ask through npm, which the task image does not "
        "hold.",
        example="https://npm.example",
    ),
    Option(
        "learn_debian_mirror",
        "Address of an archive of Debian's, without credentials, that ``praxi_packs`` reads; empty to "
        "ask through apt, which the task image has no lists for.",
        example="https://debian.example/debian",
    ),
    Option(
        "learn_indexes",
        "Addresses of other indexes, without credentials, that ``praxi_packs`` reads: name=URL, separated by "
        "commas. Names are almalinux, alpine, centos, conda (a channel), cran, fedora, maven, rocky, rpm (a "
        "repository), rubygems and ubuntu.",
        example="conda=https://conda.example/conda-forge, ubuntu=https://ubuntu.example/ubuntu",
    ),
    Option(
        "learn_build_index",
        "Address of the one index, without credentials, that builds of source distributions may reach; empty "
        "to build nothing.",
        example="https://packages.example/simple",
    ),
    Option(
        "learn_build_seconds",
        "How long one build of a source distribution may take, in seconds.",
        default="600",
        example="1200",
        kind="integer",
    ),
    Option(
        "learn_keep",
        "How many of the newest versions of the model are kept, besides those in use.",
        default="30",
        example="10",
        kind="integer",
    ),
    Option(
        "approval",
        "Whether a person must let each new model in: ``none`` or ``human``.",
        default="none",
        example="human",
    ),
)

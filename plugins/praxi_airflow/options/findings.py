"""The settings that :mod:`praxi_airflow.settings.findings` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

OPTIONS: Final = (
    Option(
        "feeds",
        "The folder of the mirrored feeds, as a store URI. By default the store's folder ``feeds``.",
        example="s3://bucket/praxi/feeds",
    ),
    Option(
        "feeds_osv",
        "Base URL or directory of OSV's archives, ``<base>/<Ecosystem>/all.zip``; empty for OSV's own.",
        example="file:///srv/osv",
    ),
    Option(
        "feeds_epss",
        "URL of the EPSS scores; empty for none.",
        example="https://mirror.example/epss.csv.gz",
    ),
    Option(
        "feeds_kev",
        "URL of CISA's list of exploited vulnerabilities; empty for none.",
        example="https://mirror.example/kev.json",
    ),
    Option(
        "feeds_index",
        "A simple index of Python packages that answers in JSON, for release lists; empty for none.",
        example="https://packages.example/simple",
    ),
    Option(
        "feeds_npm",
        "An npm registry, for release lists; empty for none.",
        example="https://npm.example",
    ),
    Option(
        "feeds_packages",
        "Package indexes of distributions, ``name=URL`` each, separated by commas: for source packages and "
        "release lists.",
        example="debian-12=https://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz",
    ),
    Option(
        "feeds_advisories",
        "Vendors' own advisories of distributions' releases, ``name=URL`` each, separated by commas.",
        example="amzn-2023=https://mirror.example/al2023/core/mirrors/latest/x86_64/mirror.list",
    ),
    Option(
        "feeds_files",
        "Other files of the feeds folder, ``name=URL`` each, separated by commas.",
        example="distro-info/debian.csv=https://mirror.example/debian.csv",
    ),
    Option(
        "feeds_end_of_life",
        "Base URL of release cycles in the form of endoflife.date; empty for the table that Praxi ships.",
        example="https://mirror.example/endoflife",
    ),
    Option(
        "feeds_ecosystems",
        "The ecosystems of OSV to mirror, separated by commas; empty for the usual ones.",
        example="PyPI, Debian",
    ),
    Option(
        "policy",
        "Path or store URI of the policy; empty for the default one.",
        example="s3://bucket/praxi/policy.yaml",
    ),
    Option(
        "alertmanager",
        "Base URL of Alertmanager, without credentials; empty for none.",
        example="https://alertmanager.example",
    ),
    Option(
        "implausible_share",
        "A daily audit that lists fewer images than this share of the last week's median resolves nothing; 0 "
        "takes any number for plausible.",
        default="0.5",
        example="0.8",
        kind="float",
        version_added="0.2.0",
    ),
    Option(
        "pushgateway",
        "Base URL of a Pushgateway, without credentials; empty for none.",
        example="https://pushgateway.example",
    ),
    Option(
        "metrics_places",
        "How many namespaces, and how many images, the metrics name: those with the gravest findings; the "
        "others are added up as ``(others)``. 0 names none.",
        default="100",
        example="20",
        kind="integer",
        version_added="0.2.0",
    ),
    Option(
        "instance",
        "Tells installations apart in alerts and metrics.",
        default="praxi",
        example="production",
    ),
    Option(
        "webhook_connection",
        "Id of the Airflow connection whose password Alertmanager must present to start a training.",
        default="praxi_webhook",
        example="alertmanager_token",
    ),
)

"""The settings of findings: where feeds come from and are kept, the policy, and who is notified."""

from __future__ import annotations

from dataclasses import dataclass

from praxi_airflow.settings.section import Section


@dataclass(frozen=True, kw_only=True)
class FindingSettings:
    """Every field is the setting of that name in the ``[praxi]`` section.

    Attributes
    ----------
    feeds
        The feeds folder: a store URI; by default the store's folder ``feeds``.
    feeds_osv, feeds_epss, feeds_kev
        What is mirrored into it: the base URL or directory of OSV's archives (empty for OSV's own), EPSS
        scores and CISA's list (both empty for none).
    feeds_index
        A simple index of Python packages (pip's ``index-url``), for release lists; empty for none.
    feeds_npm
        An npm registry (npm's ``registry``), for the same.
    feeds_packages
        Packages indexes of distributions, ``debian-12=URL`` each: for source packages and release lists.
    feeds_advisories
        Vendors' own advisories, ``amzn-2023=URL`` each.
    feeds_files
        Other files of the feeds folder, ``distro-info/debian.csv=URL`` each.
    feeds_end_of_life
        Base URL of release cycles in the format of endoflife.date; empty for the table that Praxi ships.
    feeds_ecosystems
        The ecosystems of OSV to mirror; empty for the usual ones.
    policy
        Path or store URI of the policy; empty for the default one.
    alertmanager, pushgateway
        Base URLs, without credentials; empty for none. Several Alertmanagers are separated by white space and
        told everything each. A token for Alertmanager is the variable
        ``PRAXI_ALERTMANAGER_TOKEN``, receivers of messages are ``PRAXI_NOTIFY_URLS``; both come from one
        of the secrets in ``pod_environment_secrets``.
    implausible_share
        Of the last week's median of images: a daily audit that lists fewer resolves nothing.
    metrics_places
        How many namespaces, and how many images, metrics name; the others are added up.
    instance
        Tells installations apart in alerts and metrics.
    webhook_connection
        Id of the Airflow connection whose password Alertmanager must present to start a training.
    """

    feeds: str = ""
    feeds_osv: str = ""
    feeds_epss: str = ""
    feeds_kev: str = ""
    feeds_index: str = ""
    feeds_npm: str = ""
    feeds_packages: tuple[str, ...] = ()
    feeds_advisories: tuple[str, ...] = ()
    feeds_files: tuple[str, ...] = ()
    feeds_end_of_life: str = ""
    feeds_ecosystems: tuple[str, ...] = ()
    policy: str = ""
    alertmanager: str = ""
    implausible_share: float = 0.5
    pushgateway: str = ""
    metrics_places: int = 100
    instance: str = "praxi"
    webhook_connection: str = "praxi_webhook"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which commands learn these settings; none is a secret."""
        variables = {
            "PRAXI_FEEDS": self.feeds,
            "PRAXI_FEEDS_OSV": self.feeds_osv,
            "PRAXI_FEEDS_EPSS": self.feeds_epss,
            "PRAXI_FEEDS_KEV": self.feeds_kev,
            "PRAXI_FEEDS_INDEX": self.feeds_index,
            "PRAXI_FEEDS_NPM": self.feeds_npm,
            "PRAXI_FEEDS_END_OF_LIFE": self.feeds_end_of_life,
            "PRAXI_FEEDS_PACKAGES": " ".join(self.feeds_packages),
            "PRAXI_FEEDS_ADVISORIES": " ".join(self.feeds_advisories),
            "PRAXI_FEEDS_FILES": " ".join(self.feeds_files),
            "PRAXI_POLICY": self.policy,
            "PRAXI_ALERTMANAGER": self.alertmanager,
            "PRAXI_IMPLAUSIBLE_SHARE": str(self.implausible_share),
            "PRAXI_PUSHGATEWAY": self.pushgateway,
            "PRAXI_METRICS_PLACES": str(self.metrics_places),
            "PRAXI_INSTANCE": self.instance,
        }
        return {name: value for name, value in variables.items() if value}


def load_finding_settings(section: Section, store: str) -> FindingSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        If a URL holds credentials: settings are shown in the web interface.
    """
    return FindingSettings(
        feeds=section.store_uri("feeds", f"{store.rstrip('/')}/feeds"),
        feeds_osv=section.public_url("feeds_osv"),
        feeds_epss=section.public_url("feeds_epss"),
        feeds_kev=section.public_url("feeds_kev"),
        feeds_index=section.public_url("feeds_index"),
        feeds_npm=section.public_url("feeds_npm"),
        feeds_end_of_life=section.public_url("feeds_end_of_life"),
        feeds_packages=section.public_pairs("feeds_packages"),
        feeds_advisories=section.public_pairs("feeds_advisories"),
        feeds_files=section.public_pairs("feeds_files"),
        feeds_ecosystems=section.names("feeds_ecosystems"),
        policy=section.text("policy", ""),
        alertmanager=section.public_urls("alertmanager"),
        implausible_share=section.share("implausible_share", 0.5),
        pushgateway=section.public_url("pushgateway"),
        metrics_places=section.integer("metrics_places", 100, least=0),
        instance=section.text("instance", "praxi"),
        webhook_connection=section.text("webhook_connection", "praxi_webhook"),
    )

"""The settings of what people do on the pages, and of links for those who have no rights in Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from praxi_airflow.settings.section import Section

LinkScope = Literal["off", "namespace", "image"]
LINK_SCOPES: Final[tuple[LinkScope, ...]] = ("off", "namespace", "image")
_LONGEST_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True)
class ActionSettings:
    """Every field is the setting of that name in the ``[praxi]`` section.

    Attributes
    ----------
    accept_days
        For how long a risk may be accepted, in days.
    audit_registries
        Whose images the page "Audit now" takes: registries, or the beginnings of repositories in them, as
        globs; empty for none.
    audit_limit
        How many audits one user may start from that page in an hour.
    pages_url
        Where people reach Airflow: what links in alerts and messages begin with; empty for no links.
    link_scope
        What a signed link shows to who has no rights in Airflow: one ``namespace``, one ``image``; ``off``
        for nothing: then links ask for a login.
    link_days
        For how long a signed link can be used.
    link_connection
        Id of the Airflow connection whose password are the keys that links are signed with.
    """

    accept_days: int = 365
    audit_registries: tuple[str, ...] = ()
    audit_limit: int = 10
    pages_url: str = ""
    link_scope: LinkScope = "off"
    link_days: int = 14
    link_connection: str = "praxi_links"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which commands learn these settings; none is a secret."""
        if not self.pages_url:
            return {}
        return {
            "PRAXI_PAGES_URL": self.pages_url,
            "PRAXI_LINK_SCOPE": self.link_scope,
            "PRAXI_LINK_DAYS": str(self.link_days),
        }


def load_action_settings(section: Section) -> ActionSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        If a number is out of its range, the address holds credentials, or there is no such scope.
    """
    link_days = section.integer("link_days", 14, least=1)
    if link_days > _LONGEST_DAYS:
        raise section.wrong("link_days", f"is {link_days}", f"use at most {_LONGEST_DAYS}")
    return ActionSettings(
        accept_days=section.integer("accept_days", 365, least=1),
        audit_registries=section.names("audit_registries"),
        audit_limit=section.integer("audit_limit", 10, least=0),
        pages_url=section.public_url("pages_url").rstrip("/"),
        link_scope=section.choice("link_scope", LINK_SCOPES, "off"),
        link_days=link_days,
        link_connection=section.text("link_connection", "praxi_links"),
    )

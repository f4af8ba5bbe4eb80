"""One setting as Airflow's configuration tools show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "boolean", "integer", "float"]


@dataclass(frozen=True)
class Option:
    """A setting of the section ``[praxi]``; none is a secret.

    Attributes
    ----------
    name, description
        Its name in lower case, and what it is for.
    default
        What counts where it is not set; None where there is nothing, or where it depends on the installation.
    example
        A value it may have.
    kind
        The type of its value, in Airflow's words. Lists are strings.
    version_added
        The release of Praxi that knew it first.
    """

    name: str
    description: str
    default: str | None = None
    example: str | None = None
    kind: Kind = "string"
    version_added: str = "0.1.0"

    def document(self) -> dict[str, str | bool | None]:
        """Return the option in the form of Airflow's provider information."""
        return {
            "description": f"{self.description}\n",
            "version_added": self.version_added,
            "type": self.kind,
            "example": self.example,
            "default": self.default,
            "sensitive": False,
        }

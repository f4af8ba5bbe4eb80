"""Which images may be audited from a page: those of the registries that a setting names.

An audit makes Airflow's workers, and the credentials that they have, reach the registry that somebody typed.
"""

from __future__ import annotations

from collections.abc import Iterable

from praxi_airflow.errors import NotAllowedError
from praxi_tasks.oci.image import Reference


def allowed_reference(text: str, registries: Iterable[str]) -> Reference:
    """Return the image that somebody typed.

    Parameters
    ----------
    registries
        Globs of registries (``registry.example.org``), or of beginnings of repositories (``quay.io/shop``).

    Raises
    ------
    InvalidReferenceError
        If it is no reference.
    NotAllowedError
        If it is of another registry.
    """
    reference = Reference.parse(text.strip())
    allowed = tuple(registries)
    if reference.is_of(allowed):
        return reference
    named = f"only images of {', '.join(allowed)} are" if allowed else "no registry is"
    raise NotAllowedError(
        f"{reference.registry} is not allowed: {named} audited from here",
        action="ask who runs Praxi to add it to the setting audit_registries",
    )

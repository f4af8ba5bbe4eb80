"""A lock file of an image: what it names was chosen, and may be installed nowhere."""

from __future__ import annotations

import msgspec


class Declaration(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one lock file declares. None of it is a component, and no finding is made of it.

    Parameters
    ----------
    lock_file
        Its path, without a leading slash.
    layer
        Digest of the layer that holds it.
    count
        How many releases it names.
    packages
        Their package URLs.
    problem
        Why it could not be read, or not wholly.
    """

    lock_file: str
    layer: str
    count: int = 0
    packages: tuple[str, ...] = ()
    problem: str = ""

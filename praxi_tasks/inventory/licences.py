"""What records state about licences: kept in their words, and of a size that words have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 4096  # characters; the expression of a kernel's package has 1,800
_NOTHING: Final = frozenset(("", "unknown", "none", "noassertion"))


def stated(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the statements among some texts, each once, in their order.

    A statement is one printable line, such as ``MIT``, ``GPL-2+ or Artistic`` or ``BSD License``. The text of
    a licence is none, and what says that nothing is known neither.
    """
    lines = (" ".join(text.split()) for text in texts)
    found = (line for line in lines if len(line) <= _LONGEST and line.isprintable())
    return tuple(dict.fromkeys(line for line in found if line.lower() not in _NOTHING))

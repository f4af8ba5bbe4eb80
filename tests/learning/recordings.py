"""Made-up recordings: five programs, each with files of its own among the noise of an installer."""

from __future__ import annotations

import numpy as np

from praxi_tasks.learning.data.recordings import Recording

PROGRAMS = ("tree", "wget", "zsh", "nmap", "mutt", "curl", "gpm")


def recording(labels: list[str], seed: int) -> Recording:
    """Record the installation of programs, one after the other, with other noise for every seed."""
    rng = np.random.default_rng(seed)
    changes = []
    for label in labels:
        changes += [f"000 /usr/bin/{label}.dpkg-new", f"000 /usr/share/doc/{label}/copyright.dpkg-new"]
        changes += [f"644 /usr/lib/{label}/part{number}" for number in range(12) if rng.random() < 0.9]
        changes.append(f"000 /var/cache/man/{rng.integers(10_000, 99_999)}")
    changes += [f"644 /var/lib/dpkg/tmp.ci/{name}" for name in ("control", "md5sums", "postinst")]
    return Recording(changes, labels, f"{'+'.join(labels)}.{seed}")


def singles(count: int, programs: tuple[str, ...] = PROGRAMS) -> list[Recording]:
    """Record each program some times on its own."""
    return [
        recording([label], 100 * number + place)
        for place, label in enumerate(programs)
        for number in range(count)
    ]


def impostor(seed: int) -> Recording:
    """Record new software that brings most of what ``tree`` is known by, and files of its own."""
    both = recording(["tree", "eza"], seed)
    return Recording([change for change in both.changes if "bin/tree" not in change], ["eza"], "")

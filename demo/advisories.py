"""What the demonstration matches packages with: OSV's advisories, or a few where it can't be reached.

``advisories.jsonl`` is a small fixed set in OSV's form, of packages that the images install: its identifiers,
dates (to the day), affected ranges and severities were compared with the advisories that the databases of
GitHub and PyPA published until October 2024, its titles are in our own words. It says nothing of any other
package, and nothing that was published later.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec

from demo.commands import run
from demo.errors import CommandError
from demo.source_digest import PROJECT
from praxi_tasks.json_decoding import decode

FIXED_SET: Final = Path(__file__).with_name("advisories.jsonl")
ECOSYSTEMS: Final = ("PyPI", "Debian")
_ARCHIVE: Final = Path("feeds/osv/PyPI/all.zip")
_COMMENT: Final = b"the fixed set of the demonstration"


@dataclass(frozen=True)
class Advisories:
    """The advisories in the demonstration's store.

    Parameters
    ----------
    store
        The folder of the store.
    osv
        Base URL or directory of OSV's archives; OSV's own by default.
    """

    store: Path
    osv: str = ""

    def mirror(self) -> None:
        """Mirror what OSV has; where it can't be reached and never could be, lay out the fixed set."""
        python = PROJECT / ".venv-tasks" / "bin" / "python"
        options = [f"--ecosystem={name}" for name in ECOSYSTEMS] + ([f"--osv={self.osv}"] if self.osv else [])
        try:
            run([python, "-m", "praxi_tasks", "feeds", "--store", self.store.as_uri(), *options], cwd=PROJECT)
        except CommandError:
            if not self._mirrored():
                self._lay_out()

    @property
    def told(self) -> str:
        """What they are, in words."""
        if self._mirrored():
            return "OSV's, of Debian and PyPI"
        count = len(FIXED_SET.read_text().splitlines())
        return (
            f"OSV can't be reached from here, so {count} public advisories, of 2023 and 2024, of packages "
            "that the demonstration installs stand in for it: nothing is known of all others, or of Debian's"
        )

    def _mirrored(self) -> bool:
        archive = self.store / _ARCHIVE
        if not archive.exists():
            return False
        with zipfile.ZipFile(archive) as opened:
            return opened.comment != _COMMENT

    def _lay_out(self) -> None:
        # No mirror notes it as fetched, so its age is that of its newest advisory, in every report.
        archive = self.store / _ARCHIVE
        archive.parent.mkdir(parents=True, exist_ok=True)
        archive.write_bytes(fixed_archive())


def fixed_archive() -> bytes:
    """Return the fixed set in the form of OSV's archives, with a comment that tells it apart from them."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = _COMMENT
        for line in FIXED_SET.read_bytes().splitlines():
            name = decode(line, _Named).id
            archive.writestr(zipfile.ZipInfo(f"{name}.json"), line)
    return out.getvalue()


class _Named(msgspec.Struct):
    id: str

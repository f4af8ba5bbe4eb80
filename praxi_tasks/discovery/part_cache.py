"""A bounded cache, on the local disk, of the parts that lie in an object store."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from praxi_tasks.environment import read, read_text, whole_number
from praxi_tasks.errors import StoreError
from praxi_tasks.store import Store

FOLDER: Final = "PRAXI_PART_CACHE"
"""The variable that names the cache's folder."""

BYTES: Final = "PRAXI_PART_CACHE_BYTES"
"""The variable that says how many bytes the cache may have."""

_DEFAULT_BYTES: Final = 8 << 30


@dataclass(frozen=True, slots=True)
class PartCache:
    """Downloaded parts in a folder of this user's own.

    Parameters
    ----------
    folder
        It is made when the first part comes.
    limit
        How many bytes the parts may have together. Those used least recently go first; a part that is mapped
        somewhere stays readable there. One part always has room.
    """

    folder: Path
    limit: int = _DEFAULT_BYTES

    @classmethod
    def from_environment(cls) -> Self:
        """Return the cache that the settings name; by default one for each user among temporary files."""
        default = Path(tempfile.gettempdir(), f"praxi-parts-{os.getuid()}")
        return cls(Path(read_text(FOLDER, str(default))), read(BYTES, whole_number, _DEFAULT_BYTES))

    def get(self, sha256: str, size: int, store: Store) -> Path:
        """Return the file of a part, downloaded if it is not there; its bytes are still to be hashed.

        Raises
        ------
        KeyNotFoundError, StoreUnavailableError
            As the store's ``download``.
        StoreError
            If the folder is another user's, or can't be written to.
        """
        path = self.folder / sha256
        used = self.folder / f"{sha256}.used"
        staged = self.folder / f"{sha256}-{os.getpid()}-{os.urandom(4).hex()}.part"
        try:
            self.own_folder()
            if not path.is_file():
                self._make_room(size)
                store.download(sha256, staged)
                staged.replace(path)
            used.touch()
        except OSError as error:
            raise self._refused(error) from error
        finally:
            with contextlib.suppress(OSError):
                staged.unlink(missing_ok=True)
        return path

    def own_folder(self) -> Path:
        """Make the folder and return it; refuse one of another user, who could put anything into it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_uid != os.getuid():
            raise PermissionError("it belongs to another user")
        return self.folder

    def _make_room(self, size: int) -> None:
        """Delete the parts used least recently until one of ``size`` bytes fits."""
        found = []
        for used in self.folder.glob("*.used"):
            with contextlib.suppress(FileNotFoundError):  # another process made room, too
                found.append((used.stat().st_mtime_ns, used.with_suffix("").stat().st_size, used))
        total = size + sum(held for _, held, _ in found)
        for _, held, used in sorted(found):
            if total <= self.limit:
                return
            self.forget(used.stem)
            total -= held

    def forget(self, sha256: str) -> None:
        """Delete a part: the next who asks for it gets it from the store."""
        for name in (sha256, f"{sha256}.checked", f"{sha256}.used"):
            (self.folder / name).unlink(missing_ok=True)

    def _refused(self, error: OSError) -> StoreError:
        return StoreError(
            f"the cache of parts refused the operation: {error.strerror or error}",
            where=str(self.folder),
            action=f"set {FOLDER} to a folder of this user's on a disk with room",
        )

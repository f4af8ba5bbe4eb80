"""What an S3 server answered instead of doing what it was asked, as obstore's errors say it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# obstore gives a response's status and body, or a bulk deletion's code, in the text of its error alone.
_STATUS: Final = re.compile(r"status code: (\d{3})\b")
_CODE: Final = re.compile(r"<Code>\s*([A-Za-z0-9._-]{1,100})\s*</Code>|\(code: ([A-Za-z0-9._-]{1,100})\)")
_REGION: Final = re.compile(r"<Region>\s*([a-z0-9-]{1,40})\s*</Region>")
_CONFLICT: Final = 409
_BUSY: Final = frozenset({"ConditionalRequestConflict", "OperationAborted", "ConcurrentModification"})


class Refusal(NamedTuple):
    """What a server answered: its status, 0 if it answered none, and the code of its document, if any."""

    status: int = 0
    code: str = ""
    region: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Refusal:
        """Return what an error of obstore says of the answer."""
        text = str(error).partition("\n\nDebug source:")[0]
        status, code, region = _STATUS.search(text), _CODE.search(text), _REGION.search(text)
        if status is None and "redirect without LOCATION" in text:
            return cls(301, "PermanentRedirect")
        return cls(
            int(status[1]) if status else 0,
            (code[1] or code[2]) if code else "",
            region[1] if region else "",
        )

    @property
    def is_conflict(self) -> bool:
        """Whether another write of the same key was going on, so that neither may have won."""
        return self.status == _CONFLICT or self.code in _BUSY

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.status or ""), self.code))) or "no answer"

"""Downloads a blob and resumes it by Range after a broken connection."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Final

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from praxi_tasks.errors import ImageError, RegistryUnavailableError, TruncatedBlobError
from praxi_tasks.oci.registry.retry import pause
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.transport import Answer

log = logging.getLogger(__name__)

# A download that gains this much has earned its attempts anew.
_PROGRESS_BYTES: Final = 8 << 20
_SKIP_BYTES: Final = 1 << 20
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class Download:
    """The bytes of one blob, from the start to the end.

    Parameters
    ----------
    ask
        Sends the request for the blob with these headers and returns its successful answer.
    size
        How many bytes the blob has.
    settings
        How often and how patiently to go on after a break.
    """

    def __init__(
        self, ask: Callable[[Mapping[str, str]], Answer], size: int, settings: RegistrySettings
    ) -> None:
        self._ask = ask
        self._size = size
        self._settings = settings
        self._offset = 0
        self._failures = 0
        self._credited = 0
        self._gives_parts = True
        self._answer = ask({})
        self._encoded = _is_encoded(self._answer.response, size)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, ``b""`` at the end.

        Raises
        ------
        TruncatedBlobError
            If the download breaks again and again without getting on.
        ImageError
            If the registry refuses to go on.
        """
        while True:
            try:
                data = self._answer.response.read(size, decode_content=self._encoded)
            except HTTPError as error:
                cause = type(error).__name__
            else:
                if data or self._offset >= self._size:
                    self._offset += len(data)
                    return data
                cause = "the body is shorter than the blob"
            self._resume(cause)

    def close(self, *, reusable: bool) -> None:
        """End the download; only a response read to its end leaves a connection that can be used again."""
        if reusable:
            self._answer.response.release_conn()
        else:
            self._answer.response.close()

    def _resume(self, cause: str) -> None:
        self._answer.response.close()
        if self._offset - self._credited >= _PROGRESS_BYTES:
            self._credited, self._failures = self._offset, 0
        self._failures += 1
        if self._failures >= self._settings.attempts:
            raise self._truncated(cause)
        log.info("%s broke after %d bytes (%s); resuming", self._answer.where, self._offset, cause)
        time.sleep(pause(self._failures, self._settings))
        # A range of an encoded body would be one of its encoded bytes.
        goes_on = self._offset and not self._encoded and self._gives_parts
        self._answer = (self._rest() if goes_on else None) or self._ask({})
        self._encoded = _is_encoded(self._answer.response, self._size)
        self._skip(self._answer.response)

    def _rest(self) -> Answer | None:
        """Return the answer that has the rest, or all; None from a server that has neither for who asks so.

        Stores behind registries refuse a range with any status, or give another, and have the whole all the
        same.
        """
        try:
            answer = self._ask({"Range": f"bytes={self._offset}-"})
        except RegistryUnavailableError:
            raise
        except ImageError as error:
            log.info("no part is given, the whole is asked for: %s", error)
        else:
            if 0 <= _start(answer.response) <= self._offset:
                return answer
            log.info("%s gives another part than was asked for", answer.where)
            answer.response.close()
        self._gives_parts = False
        return None

    def _skip(self, response: BaseHTTPResponse) -> None:
        """Skip to the offset: a server may ignore Range, or start before it."""
        starts_at = _start(response)
        if not 0 <= starts_at <= self._offset:
            raise self._truncated("the registry answered with a range that it was not asked for")
        left = self._offset - starts_at
        try:
            while left and (data := response.read(min(left, _SKIP_BYTES), decode_content=self._encoded)):
                left -= len(data)
        except HTTPError as error:
            self._resume(type(error).__name__)
            return
        if left:
            self._resume("the body is shorter than before")

    def _truncated(self, cause: str) -> TruncatedBlobError:
        return TruncatedBlobError(
            f"the download broke {self._failures} times, last after {self._offset} of {self._size} bytes "
            f"({cause})",
            where=self._answer.where,
            action="try again later, or push the image again",
        )


def _start(response: BaseHTTPResponse) -> int:
    """Return where in a blob an answer begins; -1 if it does not say."""
    if response.status != 206:
        return 0
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _is_encoded(response: BaseHTTPResponse, size: int) -> bool:
    """Return whether a body is encoded, though identity was asked for.

    Stores name the encoding that a blob itself has, too: then the body is as long as the blob.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    whole = response.status != 206
    return whole and encoding not in {"", "identity"} and response.headers.get("Content-Length") != str(size)

"""What an index answered, or did not, says whether another try may help."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import (
    HttpError,
    HttpRefusedError,
    HttpStatusError,
    HttpTooLargeError,
    IndexUnavailableError,
    PraxiError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
)
from praxi_tasks.learning.sources.fetching import release_errors


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (HttpStatusError(404), ReleaseNotFoundError),
        (HttpStatusError(403), ReleaseError),
        (HttpStatusError(429), IndexUnavailableError),
        (HttpStatusError(502), IndexUnavailableError),
        (HttpStatusError(511), ReleaseError),
        (HttpError("the server can't be reached"), IndexUnavailableError),
        (HttpRefusedError("a redirect leads elsewhere"), ReleaseError),
        (HttpTooLargeError("more than a page"), ReleaseRefusedError),
    ],
)
def test_errors_of_http_become_those_of_a_release(error: HttpError, kind: type[PraxiError]) -> None:
    with pytest.raises(ReleaseError) as raised, release_errors():
        raise error
    assert type(raised.value) is kind
    assert raised.value.retryable is (kind is IndexUnavailableError)

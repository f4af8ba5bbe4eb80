"""What answers mean, in the forms that servers other than Prometheus give them."""

from __future__ import annotations

import pytest

from praxi_airflow.errors import PartialAnswerError
from praxi_airflow.hooks.prometheus_answers import check_whole


def test_a_warning_that_is_a_text_is_quoted_whole() -> None:
    with pytest.raises(PartialAnswerError, match="store-b is away"):
        check_whole({"status": "success", "warnings": "store-b is away"})

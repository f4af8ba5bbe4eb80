"""The form of ``praxi_packs`` offers what the command line builds."""

from __future__ import annotations

import re

from praxi_airflow.tasks import packs_params
from praxi_tasks.cli.pack_packages import ECOSYSTEMS


def test_it_offers_every_index() -> None:
    assert packs_params()["ecosystem"].schema["enum"] == sorted(ECOSYSTEMS)


def test_suites_may_be_names_or_numbers() -> None:
    pattern = packs_params()["suite"].schema["pattern"]
    assert all(re.match(pattern, suite) for suite in ("trixie", "v3.22", "42", "9"))
    assert not any(re.match(pattern, suite) for suite in ("../x", "-x", "Trixie", ""))

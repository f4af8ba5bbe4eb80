"""Every setting of the section ``[praxi]``, documented for Airflow's own tools.

Airflow reads this before its configuration is there, so nothing here imports Airflow. The readers in
:mod:`praxi_airflow.settings` give each value its meaning; a test holds that both know the same settings.
"""

from __future__ import annotations

from typing import Final

from praxi_airflow.options import actions, core, events, findings, learning, links, pages, pods
from praxi_airflow.options.option import Option

OPTIONS: Final[tuple[Option, ...]] = (
    core.OPTIONS
    + pods.OPTIONS
    + findings.OPTIONS
    + learning.OPTIONS
    + actions.OPTIONS
    + links.OPTIONS
    + pages.OPTIONS
    + events.OPTIONS
)

__all__ = ["OPTIONS", "Option"]

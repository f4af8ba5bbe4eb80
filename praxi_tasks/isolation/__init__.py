"""Keeps the end of an interpreter, or of its memory, to the image, layer or release it happened at."""

from praxi_tasks.isolation.settings import IsolationSettings
from praxi_tasks.isolation.supervisor import supervise
from praxi_tasks.isolation.units import unit, workers

__all__ = ["IsolationSettings", "supervise", "unit", "workers"]

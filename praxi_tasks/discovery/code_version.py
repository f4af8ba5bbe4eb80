"""The version of the code that reads a model: stored predictions of another version are not reused."""

from __future__ import annotations

from typing import Final

ENGINE: Final = 11
"""Raised whenever the same model predicts something else of the same layer.

``tests/discovery/test_golden_predictions.py`` fails if predictions changed and this number did not. Comments,
names and faster ways to the same result leave it as it is.
"""

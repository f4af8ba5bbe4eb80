"""Registers the plugin where Praxi is a plugins folder; an installed package does that by itself."""

from __future__ import annotations

from praxi_airflow import plugin

# Airflow reports a plugin that is registered twice as an import error.
if not plugin.has_entry_point():
    PraxiPlugin = plugin.PraxiPlugin

"""Alerts about Praxi itself: a Dag run that fails or is late."""

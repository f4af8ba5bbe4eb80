"""Telling operators when Praxi itself needs them."""

"""Synthetic layers to train and to evaluate on."""

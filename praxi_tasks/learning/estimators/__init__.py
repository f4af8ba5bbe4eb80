"""Estimators: release experts, expert ensembles, the scorer, and what they are trained with."""

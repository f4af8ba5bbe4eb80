"""Collects labelled fingerprints, trains models on them, and decides which model is used."""

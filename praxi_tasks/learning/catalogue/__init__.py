"""Building a catalogue: which release owns which path and folder."""

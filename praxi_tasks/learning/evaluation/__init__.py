"""Whether a new model is better: champion and challenger, the gate, what changed."""

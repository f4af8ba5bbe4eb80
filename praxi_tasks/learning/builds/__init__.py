"""Building releases that exist as source only: foreign code, run where nothing of ours is."""

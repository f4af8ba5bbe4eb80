"""Building releases that exist as source only: untrusted code, run where nothing of ours is."""

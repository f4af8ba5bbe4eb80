"""The HTML report of one training: one file that loads nothing."""

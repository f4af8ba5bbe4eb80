"""Where the list of deployed images comes from."""

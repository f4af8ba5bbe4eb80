"""Where a command runs: as a local process, or as a pod."""

"""Runners of commands: as a local process, or as a pod."""

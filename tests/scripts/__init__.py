"""Tests of the scripts that build environments and images."""

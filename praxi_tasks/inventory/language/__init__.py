"""Records of programming languages' package managers: Python, npm."""

"""Real servers and real images for the tests."""

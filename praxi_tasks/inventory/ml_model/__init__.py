"""Machine-learning models: their files' formats, the pickles in them, and the folders that they lie in."""

"""Where labelled fingerprints come from, and how experts are trained."""

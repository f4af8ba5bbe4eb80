"""Where labelled fingerprints come from: one reader per source."""

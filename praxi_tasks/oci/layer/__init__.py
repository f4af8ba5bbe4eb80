"""A layer as a stream: decompression, entries, whiteouts, the contents that are kept."""

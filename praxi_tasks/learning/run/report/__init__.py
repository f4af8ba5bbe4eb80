"""The report of one training: a page that needs nothing but itself."""

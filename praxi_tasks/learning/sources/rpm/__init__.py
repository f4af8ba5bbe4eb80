"""rpm packages as a source of releases: Fedora, and what is built as RHEL is."""

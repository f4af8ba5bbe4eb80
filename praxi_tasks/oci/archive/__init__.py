"""Images in files: OCI layouts and legacy Docker archives."""

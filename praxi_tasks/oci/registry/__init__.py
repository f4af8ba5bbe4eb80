"""Images in registries: the client, its credentials and tokens, mirrors, retries."""

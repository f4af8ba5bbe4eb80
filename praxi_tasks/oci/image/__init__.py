"""What an image is: references, digests, manifests, platforms, blobs verified while they are read."""

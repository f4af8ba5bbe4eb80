"""Which releases are in a layer: the index, the experts, the router, the model."""

"""What a layer changes (changeset), what the model reads (tagset), what databases claim (inventory)."""

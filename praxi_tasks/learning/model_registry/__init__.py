"""The registry of model versions, and which of them is in use."""

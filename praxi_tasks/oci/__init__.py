"""Reading container images: references, registries, layouts, layers. Knows nothing about packages."""

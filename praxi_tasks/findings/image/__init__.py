"""An image as findings see it: its components, its files, who owns them."""

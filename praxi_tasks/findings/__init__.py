"""From what is in an image to what should worry its operator."""

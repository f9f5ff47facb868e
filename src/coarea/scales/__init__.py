"""Which lines and which scales of an image matter."""

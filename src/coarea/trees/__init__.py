"""Trees of level lines and how they are built."""

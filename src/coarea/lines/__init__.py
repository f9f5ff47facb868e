"""Level sets and level lines."""

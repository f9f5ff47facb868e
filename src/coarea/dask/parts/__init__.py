"""Trees that are known in parts."""

"""The commands of reconstruction."""

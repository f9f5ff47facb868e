"""Regions of images: two phases, graphs, hierarchies."""

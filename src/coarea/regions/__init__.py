"""Regions of images: two phases."""

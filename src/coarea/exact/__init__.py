"""Exact total variation: images and real weights to cuts and back, with the proof."""

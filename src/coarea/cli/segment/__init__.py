"""coarea segment: the regions of images, or two phases of them."""

"""From a photograph to regions: local contrasts, superpixels, a spectral step on their graph, and a hierarchy."""

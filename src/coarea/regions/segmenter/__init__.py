"""Segment photographs: contrasts of windows, textons, arcs, a spectral step, what was fitted, and the whole."""

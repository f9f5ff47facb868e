"""Calls of the functions that make regions: what they are given, and for each of their numbers a value to try."""

from __future__ import annotations

import numpy as np

import coarea

IMAGE = np.random.default_rng(3).integers(0, 90, (9, 10)).astype(np.uint8)
PIXELS = IMAGE > 40
STRENGTH = coarea.edge_strength(IMAGE, [0.5, 2])

WITH_NUMBERS = {
    "edge_strength": (
        coarea.edge_strength,
        {"image": IMAGE, "betas": [0.5, 2]},
        {"power": 0.75, "channel_axis": 1, "border": 20, "workers": 2},
    ),
    "edge_strength of trees": (
        coarea.edge_strength,
        {"image": coarea.max_tree(IMAGE, connectivity=2)},
        {"connectivity": 2},
    ),
    "superpixels": (coarea.superpixels, {"strength": STRENGTH, "n": 4}, {"n": 5}),
    "two_phase": (
        coarea.two_phase,
        {"image": IMAGE, "beta": 90},
        {"beta": 64, "n_iter": 3, "neighbors": 8, "channel_axis": 1, "workers": 2},
    ),
}

ARRAYS = {
    "edge_strength": {"image": IMAGE, "betas": np.array([0.5, 2])},
    "superpixels": {"strength": STRENGTH},
    "two_phase": {
        "image": IMAGE,
        "means": np.array([20.0, 60]),
        "fixed": np.stack([PIXELS, ~PIXELS]),
        "mask": PIXELS,
        "edge_weights": np.ones((2, 9, 10)),
    },
}

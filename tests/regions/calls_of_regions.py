"""Calls of the functions that make regions: what they are given, and for each of their numbers a value to try."""

from __future__ import annotations

import numpy as np

import coarea

IMAGE = np.random.default_rng(3).integers(0, 90, (9, 10)).astype(np.uint8)
PIXELS = IMAGE > 40
STRENGTH = coarea.edge_strength(IMAGE, [0.5, 2])
LABELS = IMAGE // 13
SIDES = np.ones((2, 9, 10))
GRAPH = coarea.region_graph(LABELS)
HIERARCHY = coarea.merge_regions(LABELS, SIDES)

WITH_NUMBERS = {
    "Hierarchy.cut": (HIERARCHY.cut, {"n_regions": 2}, {"n_regions": 3}),
    "Hierarchy.cut at a level": (HIERARCHY.cut, {"level": 1}, {"level": 0.5}),
    "MergingKey": (
        coarea.MergingKey,
        {},
        {"constant": -0.5, "logit": 2, "area": 0.5, "chi2": (1, 2), "root_chi2": (0.5, 2)},
    ),
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
    "merge_regions": (coarea.merge_regions, {"labels": LABELS, "weights": SIDES}, {"area_power": 0.5}),
    "region_hierarchy": (
        coarea.region_hierarchy,
        {"image": IMAGE},
        {"n_superpixels": 5, "channel_axis": 1, "workers": 2},
    ),
    "segment": (coarea.segment, {"image": IMAGE}, {"n_regions": 3, "level": 0.25, "channel_axis": 1, "workers": 2}),
    "superpixels": (coarea.superpixels, {"strength": STRENGTH, "n": 4}, {"n": 5}),
    "two_phase": (
        coarea.two_phase,
        {"image": IMAGE, "beta": 90},
        {"beta": 64, "n_iter": 3, "neighbors": 8, "channel_axis": 1, "workers": 2},
    ),
}

ARRAYS = {
    "edge_strength": {"image": IMAGE, "betas": np.array([0.5, 2])},
    "merge_regions": {
        "labels": LABELS,
        "weights": np.full(len(GRAPH.arcs), 0.25),
        "lengths": GRAPH.lengths,
        "arcs": GRAPH.arcs,
    },
    "region_graph": {"labels": LABELS, "strength": SIDES},
    "region_hierarchy": {"image": IMAGE},
    "segment": {"image": IMAGE},
    "superpixels": {"strength": STRENGTH},
    "two_phase": {
        "image": IMAGE,
        "means": np.array([20.0, 60]),
        "fixed": np.stack([PIXELS, ~PIXELS]),
        "mask": PIXELS,
        "edge_weights": np.ones((2, 9, 10)),
    },
}

# Without numbers, or with other options than those that the arrays need.
CALLS = {
    "merge_regions": (coarea.merge_regions, ARRAYS["merge_regions"], {}),
    "region_graph": (coarea.region_graph, {"labels": LABELS}, {}),
}

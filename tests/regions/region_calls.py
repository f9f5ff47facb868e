"""Calls of the functions of regions, for the tables of all functions."""

import numpy as np

import coarea

LABELS = np.random.default_rng(3).integers(0, 7, (9, 10)).astype(np.uint8)
SIDES = np.ones((2, 9, 10))
HIERARCHY = coarea.merge_regions(LABELS, SIDES)

WITH_NUMBERS = {
    "Hierarchy.cut": (HIERARCHY.cut, {"n_regions": 2}, {"n_regions": 3}),
    "Hierarchy.cut at a level": (HIERARCHY.cut, {"level": 1}, {"level": 0.5}),
    "MergingKey": (
        coarea.MergingKey, {}, {"constant": -0.5, "logit": 2, "area": 0.5, "chi2": (1, 2), "root_chi2": (0.5, 2)}
    ),
    "merge_regions": (coarea.merge_regions, {"labels": LABELS, "weights": SIDES}, {"area_power": 0.5}),
}  # fmt: skip
ARRAYS = {
    "merge_regions": {"labels": LABELS, "weights": SIDES},
    "region_graph": {"labels": LABELS, "strength": SIDES},
}
CALLS = {"region_graph": (coarea.region_graph, {"labels": LABELS}, {})}

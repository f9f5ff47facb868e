"""The likeliest mistakes with regions, and the remedies that the messages name."""

import numpy as np

import coarea

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)

MISTAKES_OF_REGIONS = {
    "merge_regions": [
        (lambda: coarea.merge_regions(IMAGE / 2, np.ones((2, 12, 10))), "labels must be integers, got float64"),
        (lambda: coarea.merge_regions(IMAGE, IMAGE), r"weights must have shape \(2, 12, 10\), the pixel sides"),
        (lambda: coarea.merge_regions(IMAGE, -np.ones((2, 12, 10))), "strength must be numbers >= 0, got -1"),
        (lambda: coarea.merge_regions([1, 2], [1], arcs=[[1, 2]]), r"arcs must join nodes in \[0, 2\), got 1 to 2"),
        (lambda: coarea.merge_regions([1, 2], [1], [1]), "lengths go with arcs"),
        (lambda: coarea.merge_regions([1, 2], [1], [0], arcs=[[0, 1]]), "lengths must be > 0"),
        (lambda: coarea.merge_regions([1, 2], [1e308], [9], arcs=[[0, 1]]), "weights times lengths must be smaller"),
        (lambda: coarea.merge_regions([1, 2], [3], arcs=[[0, 1]], key=coarea.MergingKey()), "weights must be probabil"),
        (lambda: coarea.merge_regions([1, 2], [1], arcs=[[0, 1]], histograms=[np.eye(2)]), "key must be given with hi"),
        (lambda: coarea.merge_regions([1, 1, 2], [1], arcs=[[0, 1]], key=coarea.MergingKey(), histograms=[np.eye(2)]),
         "histograms must be sums over the pixels .*: do not normalise"),
    ],
    "Hierarchy.cut": [
        (lambda: coarea.merge_regions([1, 2], [[1, 1]]).cut(0.3), r"n_regions must be an integer, .* cut\(level="),
        (lambda: coarea.merge_regions([1, 2], [[1, 1]]).cut(), "n_regions or level must be given, one of the two"),
        (lambda: coarea.merge_regions([1, 2], [[1, 1]]).cut(3), "at most 2, got 3: there are 2 leaves"),
    ],
}  # fmt: skip

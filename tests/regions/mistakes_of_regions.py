"""The likeliest mistakes with functions that make regions, and the remedy that the message names."""

from __future__ import annotations

import math

import numpy as np

import coarea

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
RGB = np.stack([IMAGE] * 3, -1)
TREE, SHAPES = coarea.max_tree(IMAGE), coarea.tree_of_shapes(IMAGE)
COLORED = coarea.tree_of_shapes(RGB, channel_axis=-1)
AREA = coarea.attributes.area(TREE)

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
    "edge_strength": [
        (lambda: coarea.edge_strength(IMAGE, 3), r"betas must be one or more numbers .*, got 3: for one, \[3\]"),
        (lambda: coarea.edge_strength(IMAGE, []), "betas must be one or more numbers in one axis"),
        (lambda: coarea.edge_strength(IMAGE, [1, -1]), "betas must be finite numbers >= 0"),
        (lambda: coarea.edge_strength(IMAGE, [1, math.nan]), "betas must be finite numbers >= 0"),
        (lambda: coarea.edge_strength(IMAGE, power=0), "power must be a finite number > 0, got 0"),
        (lambda: coarea.edge_strength(IMAGE, rank="yes"), "rank must be True or False, got 'yes'"),
        (lambda: coarea.edge_strength(IMAGE + math.inf), "image contains infinite"),
        (lambda: coarea.edge_strength(IMAGE * math.nan), "image contains NaN"),
        (lambda: coarea.edge_strength(IMAGE[0]), "image must be 2-D or 3-D, got 1-D"),
        (lambda: coarea.edge_strength(COLORED), "got a multivariate tree of shapes"),
        (lambda: coarea.edge_strength([TREE, IMAGE]), "image must be an array, a Tree or a sequence of Trees, got Tre"),
        (lambda: coarea.edge_strength([TREE, coarea.max_tree(IMAGE.T)]), r"one shape, got \(10, 12\) and \(12, 10\)"),
        (lambda: coarea.edge_strength(TREE, channel_axis=-1), "channel_axis does not apply to trees, got -1"),
        (lambda: coarea.edge_strength(SHAPES, connectivity="4-8"), "connectivity must be that of the tree, '8-4'"),
        (lambda: coarea.edge_strength(coarea.tree_of_graph([1, 2], [[0, 1]])), "tree must be of an image, got that of"),
        (lambda: coarea.edge_strength(IMAGE, beta=3), "did you mean betas"),
        (lambda: coarea.edge_strength(IMAGE, [1], 0.5), "give options by name, power=..."),
    ],
    "superpixels": [
        (lambda: coarea.superpixels(IMAGE, 5), r"strength must have shape \(2, h, w\), .* got \(12, 10\): coarea.edge"),
        (lambda: coarea.superpixels(RGB, 5), r"strength must have shape \(2, h, w\), .* got \(12, 10, 3\)"),
        (lambda: coarea.superpixels(coarea.saliency(TREE, AREA), 5), "strength must be an array, got sequences of une"),
        (lambda: coarea.superpixels([IMAGE, IMAGE], 0), "n must be an integer of at least 1, got 0"),
        (lambda: coarea.superpixels([IMAGE, IMAGE], 2.5), "n must be an integer of at least 1, got 2.5"),
        (lambda: coarea.superpixels([IMAGE, IMAGE * math.nan], 2), "strength contains NaN"),
        (lambda: coarea.superpixels([IMAGE, IMAGE], n_segments=2), r"did you mean n\?"),
        (lambda: coarea.superpixels([IMAGE, IMAGE], 5, 0.1), "takes 2 positional arguments but 3 were given"),
    ],
}  # fmt: skip

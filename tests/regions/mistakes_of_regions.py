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
        (lambda: coarea.merge_regions(IMAGE, -np.ones((2, 12, 10))), "weights must be numbers >= 0, got -1"),
        (lambda: coarea.merge_regions(IMAGE, np.full((2, 12, 10), np.nan)), "weights must be numbers >= 0, got NaN"),
        (lambda: coarea.merge_regions([1, 2], [1], arcs=[[1, 2]]), r"arcs must join nodes in \[0, 2\), got 1 to 2"),
        (lambda: coarea.merge_regions([1, 2], [1], [1]), "lengths go with arcs"),
        (lambda: coarea.merge_regions([1, 2], [1], [0], arcs=[[0, 1]]), "lengths must be > 0"),
        (lambda: coarea.merge_regions([1, 2], [1e308], arcs=[[0, 1]]), r"weights must be infinite or at most 1e\+140"),
        (lambda: coarea.merge_regions([1, 2], [1], [1e308], arcs=[[0, 1]]), r"lengths must be > 0 and at most 1e\+140"),
        (lambda: coarea.merge_regions([1, 2], [3], arcs=[[0, 1]], key=coarea.MergingKey()), "weights must be probabil"),
        (lambda: coarea.merge_regions([1, 2], [1], arcs=[[0, 1]], histograms=[np.eye(2)]), "key must be given with hi"),
        (lambda: coarea.merge_regions([1, 1, 2], [1], arcs=[[0, 1]], key=coarea.MergingKey(), histograms=[np.eye(2)]),
         "histograms must be sums over the pixels .*, got 1 per pixel in row 1 .*: do not normalise"),
        (lambda: coarea.MergingKey(area=1e300), "area must be a number >= -1e\\+09 and <= 1e\\+09"),
    ],
    "region_graph": [
        (lambda: coarea.region_graph(IMAGE, -np.ones((2, 12, 10))), "strength must be numbers >= 0, got -1"),
    ],
    "Hierarchy": [
        (lambda: coarea.Hierarchy([2, 2, 2], [0, 0, 1], [0, 0]), "leaf_of_pixel must hold .*, got no pixel of leaf 1"),
        (lambda: coarea.Hierarchy([2, 2, 2], [0, 0, 1], [0, 2]), "leaf_of_pixel must be leaves from 0 to 1, got 0 to"),
        (lambda: coarea.Hierarchy([2, 2, 2], [0, 0, 1], [0.0, 1]), "leaf_of_pixel must be integers, got float64"),
        (lambda: coarea.Hierarchy([3, 3, 3, 3], [0, 0, 0, 1], [0, 1, 2]), "parent must be that of 2 n - 1 nodes"),
        (lambda: coarea.Hierarchy([4, 4, 5, 5, 6, 6, 6], [0, 0, 0, 0, 2, 1, 3], [0, 1, 2, 3]), "level must never fall"),
        (lambda: coarea.Hierarchy.from_parents([2.0, 2, 2], [0, 0, 1]), "parent must be integers, got float64"),
        (lambda: coarea.Hierarchy.from_parents([[2, 2, 2]], [0, 0, 1]), "parent must have one axis"),
        (lambda: coarea.Hierarchy.from_parents([2, 2, 2], [0, 1]), r"level must have shape \(3,\)"),
        (lambda: coarea.Hierarchy.from_parents([2, 0, 2], [0, 0, 1]), "parent must be larger than each node"),
        (lambda: coarea.Hierarchy.from_parents([2, 2, 0], [0, 0, 1]), "the last node its own parent"),
        (lambda: coarea.Hierarchy.from_parents([9, 2, 2], [0, 0, 1]), r"parent must be nodes in \[0, 3\), got 9"),
        (lambda: coarea.Hierarchy.from_parents([1, 3, 3, 3], [0, 1, 0, 2]), "parent must hold the leaves first"),
        (lambda: coarea.Hierarchy.from_parents([2, 2, 2], [0, 1, 1]), "level must be numbers >= 0, and 0 at the"),
        (lambda: coarea.Hierarchy.from_parents([2, 2, 2], [0, 0, np.nan]), "level must be numbers >= 0"),
        (lambda: coarea.Hierarchy.from_parents([3, 3, 4, 4, 4], [0, 0, 0, 5, 1]), "level must not be larger at a node"),
        (lambda: coarea.Hierarchy.from_parents([2, 2, 2], [0, 0, 1], [0, -1]), "leaf_of_pixel must be leaves from 0"),
        (lambda: coarea.Hierarchy.from_linkage([[0, 1, 1]]), r"linkage must have shape \(n - 1, 4\), got \(1, 3\)"),
        (lambda: coarea.Hierarchy.from_linkage([[0, 3, 1, 2], [1, 2, 2, 3]]), "linkage must merge each node .* once"),
        (lambda: coarea.Hierarchy.from_linkage([[0, 1, 1, 2], [2, 1, 2, 3]]), "linkage must merge each node .* once"),
        (lambda: coarea.Hierarchy.from_linkage([[0, np.nan, 1, 2]]), "linkage must merge each node .* once"),
        (lambda: coarea.Hierarchy.from_linkage([[0, 1, 2, 2], [2, 3, 1, 3]]), "distances >= 0 that never fall"),
        (lambda: coarea.Hierarchy.from_linkage([[0, 1, np.nan, 2]]), "distances >= 0 that never fall"),
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
        (lambda: coarea.edge_strength([IMAGE] * 3), r"of arrays: of channels, numpy.stack\(image\) with"),
        (lambda: coarea.edge_strength([TREE, IMAGE]), "image must be an array, a Tree or a sequence of Trees, got Tre"),
        (lambda: coarea.edge_strength([TREE, coarea.max_tree(IMAGE.T)]), r"one shape, got \(10, 12\) and \(12, 10\)"),
        (lambda: coarea.edge_strength(TREE, channel_axis=-1), "channel_axis does not apply to trees, got -1"),
        (lambda: coarea.edge_strength(SHAPES, connectivity="4-8"), "connectivity must be that of the tree, '8-4'"),
        (lambda: coarea.edge_strength(coarea.tree_of_graph([1, 2], [[0, 1]])), "tree must be of an image, got that of"),
        (lambda: coarea.edge_strength(IMAGE, beta=3), "did you mean betas"),
        (lambda: coarea.edge_strength(IMAGE, [1], 0.5), "give options by name, power=..."),
    ],
    "region_hierarchy": [
        (lambda: coarea.region_hierarchy(IMAGE, 200), "give options by name"),
        (lambda: coarea.region_hierarchy(IMAGE > 3), "image must be of uint8, uint16 or floats from 0 to 1, got bool"),
    ],
    "segment": [
        (lambda: coarea.segment(IMAGE / 1.0), "image must be from 0 to 1 where it is float, .*: divide it by"),
        (lambda: coarea.segment(IMAGE, 0.4), "n_regions must be an integer .*, got 0.4: for a level, level="),
        (lambda: coarea.segment(TREE), "got a tree"),
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

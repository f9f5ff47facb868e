"""The likeliest mistakes with each public function, and the remedy that the message names.

Those that all functions share are in the tests of arrays, numbers, keywords and colours.
"""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from mistakes_of_dask import MISTAKES_OF_DASK
from mistakes_of_regions import MISTAKES_OF_REGIONS
from mistakes_of_scans import MISTAKES_OF_SCANS

import coarea
import coarea.ct.plot
from coarea import attributes, ct
from public import public_callables

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
RGB = np.stack([IMAGE] * 3, -1)
TREE, SHAPES = coarea.max_tree(IMAGE), coarea.tree_of_shapes(IMAGE)
AREA, LINES = attributes.area(TREE), coarea.contours(TREE)
COLORED = coarea.tree_of_shapes(RGB, channel_axis=-1)
N, ALL = len(TREE), np.full(len(COLORED), True)
BEAM = ct.ParallelBeam(angles=np.linspace(0, 3, 6), n_detectors=12)
PROJECTOR = ct.Projector(BEAM, (8, 8))
DATA = PROJECTOR(np.ones((8, 8)))
LEVELS, SETS = coarea.threshold_decompose(IMAGE)
HEAD = ct.shepp_logan_ellipses()
CONE = ct.ConeBeam(angles=[0], detector_shape=(2, 2), source_to_axis=9, source_to_detector=9)
PAIRS = "'8-4', '4-8', 'self-dual'"

MISTAKES = {
    "area_opening": [
        (lambda: coarea.area_opening(SHAPES, 3), "image must be an array or a max-tree, got a tree of shapes"),
        (lambda: coarea.area_opening(IMAGE, 3, 8), "connectivity must be one of 1, 2, got 8"),
        (lambda: coarea.area_opening(IMAGE, None), "area_threshold must be a finite number, got None"),
        (lambda: coarea.area_opening(IMAGE, AREA), r"area_threshold must be .*, got an array of shape"),
        (lambda: coarea.area_opening(3, IMAGE), "area_threshold must be a finite number, got an array"),
    ],
    "area_closing": [
        (lambda: coarea.area_closing(IMAGE, "64"), "area_threshold must be a finite number, got '64'"),
        (lambda: coarea.area_closing(IMAGE, 64, "8-4"), "connectivity must be one of 1, 2, got '8-4'"),
        (lambda: coarea.area_closing(coarea.min_tree(IMAGE), 3, 2), "connectivity must be that of the tree, 1, or Non"),
        (lambda: coarea.area_closing(IMAGE, min_size=3), "did you mean area_threshold"),
        (lambda: coarea.area_closing(TREE, 3), "image must be an array or a min-tree, got a max-tree")],
    "diameter_opening": [
        (lambda: coarea.diameter_opening(SHAPES, 3), "image must be an array or a max-tree, got a tree of shapes"),
        (lambda: coarea.diameter_opening(IMAGE, (3, 3)), r"diameter_threshold must be a finite number, got \(3, 3\)"),
        (lambda: coarea.diameter_opening(IMAGE, 3, 4), "connectivity must be one of 1, 2, got 4"),
        (lambda: coarea.diameter_opening(IMAGE, area_threshold=3), "did you mean diameter_threshold")],
    "diameter_closing": [
        (lambda: coarea.diameter_closing(IMAGE, [3]), r"diameter_threshold must be a finite number, got \[3\]"),
        (lambda: coarea.diameter_closing(IMAGE, connectivity=8), "connectivity must be one of 1, 2, got 8"),
        (lambda: coarea.diameter_closing(IMAGE, diameter=8), "did you mean diameter_threshold"),
        (lambda: coarea.diameter_closing(TREE, 3), "image must be an array or a min-tree")],
    "grain_filter": [
        (lambda: coarea.grain_filter(TREE, 3), "image must be an array or a tree of shapes, got a max-tree"),
        (lambda: coarea.grain_filter(SHAPES, 3, connectivity="4-8"), "connectivity must be that of the tree, '8-4'"),
        (lambda: coarea.grain_filter(IMAGE, 3, connectivity=8), f"connectivity must be one of {PAIRS}"),
        (lambda: coarea.grain_filter(IMAGE[0], 3), "image must be 2-D or 3-D, got 1-D"),
        (lambda: coarea.grain_filter(COLORED, 3), r"got a multivariate tree .*: attribute_filter\(tree, keep, image"),
        (lambda: coarea.grain_filter(SHAPES, 3, channel_axis=-1), "channel_axis does not apply to a tree, got -1"),
    ],
    "attribute_filter": [
        (lambda: coarea.attribute_filter(IMAGE, IMAGE > 3), "tree must be a Tree, got ndarray: make one, tree ="),
        (lambda: coarea.attribute_filter(TREE, AREA), "keep must be boolean, .* as in attributes.area"),
        (lambda: coarea.attribute_filter(TREE, 64), "keep must be boolean, .* as in attributes.area"),
        (lambda: coarea.attribute_filter(TREE, lambda a: a > 3), "keep must be boolean, got object"),
        (lambda: coarea.attribute_filter(TREE, IMAGE > 3), rf"keep must have shape \({N},\), one entry per node"),
        (lambda: coarea.attribute_filter(TREE, AREA > 3, rule="all"), "rule must be one of 'direct', 'min'"),
        (lambda: coarea.attribute_filter(TREE, AREA > 3, image=IMAGE), "image does not apply to a max-tree, whose"),
        (lambda: coarea.attribute_filter(COLORED, ALL), r"image must be given .*: attribute_filter\(tree, keep, image"),
        (lambda: coarea.attribute_filter(COLORED, ALL, image=IMAGE), r"shape \(12, 10\) of the tree and then an axis"),
        (lambda: coarea.attribute_filter(COLORED, ALL, image=RGB, rule="subtractive"), "got a multivariate tree of"),
    ],
    "contours": [
        (lambda: coarea.contours(coarea.tree_of_graph([1, 2], [[0, 1]])), "tree must be of an image, got that of a gr"),
        (lambda: coarea.contours(IMAGE), "tree must be a Tree, got ndarray: make one, tree ="),
        (lambda: coarea.contours(TREE, AREA / 2), "nodes must be a mask .*, such as attributes.area"),
        (lambda: coarea.contours(coarea.max_tree(RGB[None])), r"two-dimensional image, got 4-D: make one of a slice"),
        (lambda: coarea.contours(TREE, level=100), "unexpected keyword argument 'level'"),
    ],
    "Lines.to_geojson": [
        (lambda: LINES.to_geojson(transform=(440720, 60, 0, 3751320, 0, -60)), "looks like GDAL's order"),
        (lambda: LINES.to_geojson(crs=4326), r"crs must be a text such as 'EPSG:32633', got 4326: give str\(crs\)"),
    ],
    "attribute_profile": [
        (lambda: coarea.attribute_profile(IMAGE, 64), "thresholds must be a sequence of increasing finite"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute="area"), "attribute must .*: coarea.attributes.area"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute=AREA), "function of a tree, got .*: not its values"),
        (lambda: coarea.attribute_profile(TREE, [3]), "image must be an array or a tree of shapes, got a max-tree"),
        (lambda: coarea.attribute_profile(COLORED, [3]), "image must be an array or a tree of shapes, got a multivar"),
    ],
    "pattern_spectrum": [
        (lambda: coarea.pattern_spectrum(IMAGE, 64), "thresholds must be a sequence of increasing"),
        (lambda: coarea.pattern_spectrum(COLORED, [3]), "tree must be one of grey values, got a multivariate tree"),
    ],
    "ultimate_opening": [
        (lambda: coarea.ultimate_opening(IMAGE, max_size=-3), "max_size must be a finite number >= 0, got -3"),
        (lambda: coarea.ultimate_opening(IMAGE, attribute=attributes.depth), "attribute must not be smaller at a node"),
        (lambda: coarea.ultimate_opening(COLORED), "tree must be one of grey values, got a multivariate tree"),
    ],
    "mser": [
        (lambda: coarea.mser(IMAGE), r"got ndarray: coarea.max_tree\(image\) for bright regions, coarea.min_tree"),
        (lambda: coarea.mser(SHAPES), r"got a tree of shapes: coarea.max_tree\(image\) for bright regions"),
        (lambda: coarea.mser(TREE, 5, 60), "give options by name"),
    ],
    "tbmr": [(lambda: coarea.tbmr(IMAGE), "tree must be a Tree, got ndarray: make one, tree =")],
    "tree_of_graph": [
        (lambda: coarea.tree_of_graph(IMAGE, [[0, 1]]), "values must be 1-D, got 2-D"),
        (lambda: coarea.tree_of_graph([1, 2, 3], [[0, 1]]), "edges must connect all vertices, .*: take them one"),
        (lambda: coarea.tree_of_graph([1, 2], [[0, 1]], "max-tree"), "kind must be one of 'max', 'min', got"),
        (lambda: attributes.perimeter(coarea.tree_of_graph([1, 2], [[0, 1]])), "tree must be of an image, got that"),
    ],
    "dynamics_of_minima": [
        (lambda: attributes.dynamics_of_minima(TREE, attributes.area), "got a function: give its values, coarea.attr"),
        (lambda: attributes.dynamics_of_minima(TREE, IMAGE), rf"attribute must have shape \({N},\), one entry"),
    ],
    "two_phase": [
        (lambda: coarea.two_phase(IMAGE, 1, fixed=IMAGE > 3), r"fixed must have shape \(2, 12, 10\), a mask for phase"),
        (lambda: coarea.two_phase(IMAGE, 1, means=[(1, 2)] * 3), r"means must have shape \(2,\), those of phase 0 and"),
        (lambda: coarea.two_phase(IMAGE, 1, max_iter=9), "did you mean n_iter"),
        (lambda: coarea.two_phase(TREE, 1), "got a tree"),
    ],
    "denoise_tv_l1": [
        (lambda: coarea.denoise_tv_l1(TREE, 2, domain="pixels"), r"got 'pixels': give the image itself, tree.reconstr"),
        (lambda: coarea.denoise_tv_l1(TREE, 2, neighbors=8), "neighbors does not apply to domain='max_tree'"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, domain="shape"), "domain must be one of 'pixels', 'shapes'"),
        (lambda: coarea.denoise_tv_l1(2, IMAGE), "beta must be a finite number >= 0, got an array of shape"),
        (lambda: coarea.denoise_tv_l1(TREE, 2, channel_axis=-1), "channel_axis does not apply to a tree, got -1"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, edge_weights=1.0 * IMAGE),
         r"edge_weights must have shape \(2, 12, 10\), an array for each of the offsets \(1, 0\), \(0, 1\), got"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, edge_weights=1.0 * IMAGE, neighbors=8),
         r"\(4, 12, 10\), .* \(1, 0\), \(0, 1\), \(1, 1\), \(1, -1\), got"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, edge_weights=np.ones((4, 12, 10)), domain="shapes"),
         r"edge_weights must have shape \(2, 12, 10\), an array for each of the offsets \(1, 0\), \(0, 1\), got"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, mask=IMAGE), "mask must be boolean, got uint8: .* such as mask > 0"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, fixed=[[0, 0]]), "fixed must be boolean, got int64: "),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, weights=2), r"weights must have shape \(12, 10\), got \(\)"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, connectivity=8), "domain='pixels', .*: say neighbors"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, domain="max_tree", neighbors=8), "max_tree', .*: say connectivity"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, domain="shapes", connectivity=8), f"must be one of {PAIRS}, got 8"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, channel_axis=2), "as an integer from -2 to 1, got 2"),
        (lambda: coarea.denoise_tv_l1(IMAGE[0], 2, channel_axis=-1), "must have axes beside that of its channels, got"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, return_info="yes"), "return_info must be True or False, got 'yes'"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, colors="input"),
         'channel_axis must be given with colors="input", for example channel_axis=-1; of a grey image'),
        (lambda: coarea.denoise_tv_l1(TREE, 2, colors="input"), 'channel_axis must be given with colors="input"'),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, colors="own"), "colors must be one of 'free', 'input', got 'own'"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, distance="ranks"), "distance goes with colors=\"input\", got 'ranks'"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, distance="rank"), "distance must be one of 'values', 'ranks', got"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, colours="input"), "did you mean colors"),
    ],
    "denoise_tv_l2": [
        (lambda: coarea.denoise_tv_l2(SHAPES, 2, border="mean"), "border must be that of the tree, 'half-area', or No"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, channel_axis=-1, colors="input"), "keyword argument 'colors'"),
        (lambda: coarea.denoise_tv_l2(IMAGE, [2, 3]), r"beta must be a finite number >= 0, got \[2, 3\]"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, huber_delta=0), "huber_delta must be a finite number > 0, got 0"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, resolution=1e-9), "resolution must be at least 2.-24 of the range"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, quantile=0.3), "unexpected keyword argument 'quantile'"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, border="mean"), "border does not apply to domain='pixels'"),
    ],
    "scale_space": [
        (lambda: coarea.scale_space(IMAGE, 3), r"betas must be one or more numbers in one axis, got 3: for one, \[3\]"),
        (lambda: coarea.scale_space([1, 2], IMAGE), "betas must be one or more numbers in one axis, got an array"),
        (lambda: coarea.scale_space(IMAGE, [3, 1]), r"betas must increase: give numpy.unique\(betas\)"),
        (lambda: coarea.scale_space(IMAGE, [3], domain="max_tree"), "unexpected keyword argument 'domain'"),
    ],
    "ScaleSpace.image": [
        (lambda: coarea.scale_space(IMAGE, [0, 1]).image(1.0), "k must be an integer, .*numpy.searchsorted"),
        (lambda: coarea.scale_space(IMAGE, [0, 1]).image(2), r"k must be in \[0, 2\), got 2"),
    ],
    "saliency": [
        (lambda: coarea.saliency(coarea.tree_of_graph([1, 2], [[0, 1]]), [0, 1]), "tree must be of an image, got that"),
        (lambda: coarea.saliency(IMAGE, AREA), "tree must be a Tree, got ndarray"),
        (lambda: coarea.saliency(TREE, IMAGE), rf"node_values must have shape \({N},\), one entry per node"),
        (lambda: coarea.saliency(TREE, -AREA), "node_values must be numbers >= 0"),
    ],
    "beta_for_regions": [
        (lambda: coarea.beta_for_regions(3, IMAGE), "n must be an integer of at least 1, got an array"),
        (lambda: coarea.beta_for_regions(IMAGE, 9, domain="pixels"), "count must be 'zones' with domain='pixels'"),
        (lambda: coarea.beta_for_regions(TREE, 9, domain="shapes"), "domain must be that of the tree, 'max_tree', or"),
    ],
    "beta_for_residual": [
        (lambda: coarea.beta_for_residual(IMAGE, IMAGE), "residual must be a finite number >= 0, got an array"),
    ],
    "max_tree": [
        (lambda: coarea.max_tree(TREE), r"got a tree: tree.reconstruct\(\) gives its image"),
        (lambda: coarea.max_tree(IMAGE, connectivity=8), "connectivity must be one of 1, 2, got 8"),
        (lambda: coarea.max_tree(IMAGE, connectivity="8-4"), "connectivity must be one of 1, 2, got '8-4'"),
        (lambda: coarea.max_tree(np.full((2, 2), np.nan)), "image contains NaN: replace it first, numpy.nan_to_num"),
    ],
    "min_tree": [
        (lambda: coarea.min_tree(IMAGE, connectivity=0), "connectivity must be one of 1, 2, got 0"),
        (lambda: coarea.min_tree(IMAGE, border=0), "unexpected keyword argument 'border'"),
        (lambda: coarea.min_tree(5), "image must have at least one axis, got a scalar"),
        (lambda: coarea.min_tree([]), "image must hold at least one pixel")],
    "tree_of_shapes": [
        (lambda: coarea.tree_of_shapes(IMAGE, connectivity=8), f"connectivity must be one of {PAIRS}, got 8"),
        (lambda: coarea.tree_of_shapes(IMAGE, border="zero"), "border must be one of 'half-area', 'median'"),
        (lambda: coarea.tree_of_shapes(IMAGE, border=(20, 0)), r"a pixel \(row, column\) inside the image of shape"),
        (lambda: coarea.tree_of_shapes(IMAGE, channel_axis=-1), "got 1-D: leave channel_axis out"),
        (lambda: coarea.tree_of_shapes(RGB[None], channel_axis=-1), "must be 2-D beside its channels .*, got 3-D$"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=3), "channel_axis must be one of the 3 axes of the image"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, connectivity="8-4"), "must be 'self-dual' or None with"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, border="median"), "of the frame or None with channel_axi"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, border="half-area"), "one outside, got 'half-area'"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, border=0), "one outside, got 0"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, border=(3, 3)), r"got \(3, 3\) inside the image"),
        (lambda: coarea.tree_of_shapes(RGB, channel_axis=-1, border=(20, 0)), r"inside the image of shape \(12, 10\)"),
        (lambda: coarea.tree_of_shapes(COLORED, channel_axis=-1), "whose values are depths: give its image"),
    ],
    "Tree.reconstruct": [(lambda: TREE.reconstruct(IMAGE), rf"value must have shape \({N},\), one entry per node")],
    "Tree.simplify": [(lambda: TREE.simplify(AREA), "keep must be boolean, .* as in attributes.area")],
    "Tree.accumulate": [
        (lambda: TREE.accumulate(AREA), r"pixel_values must have the shape \(12, 10\)"),
        (lambda: TREE.accumulate(IMAGE, "mean"), "how must be one of 'sum', 'min', 'max', got 'mean'"),
    ],
    "Tree.pixels": [(lambda: TREE.pixels((3, 4)), r"that of a pixel is tree.node_of_pixel\[pixel\]")],
    "Tree.mask": [(lambda: TREE.mask(AREA > 5), "node must be one integer, got an array")],
    "Tree.children": [(lambda: TREE.children(-1), rf"node must be in \[0, {N}\), got -1")],
    "Tree.path_to_root": [(lambda: TREE.path_to_root(N), rf"node must be in \[0, {N}\), got {N}")],
    "extinction": [
        (lambda: attributes.extinction(TREE, IMAGE), rf"attribute must have shape \({N},\), one entry per node"),
        (lambda: attributes.extinction(IMAGE, AREA), "tree must be a Tree, got ndarray"),
    ],
    "level_sets": [
        (lambda: coarea.level_sets(IMAGE, "above"), "side must be one of 'upper', 'lower', got 'above'"),
        (lambda: coarea.level_sets(IMAGE, side="lower", levels=[3]), "unexpected keyword argument 'levels'"),
        (lambda: coarea.level_sets(IMAGE, 128), "side must be one of 'upper', 'lower', got 128")],
    "threshold_decompose": [
        (lambda: coarea.threshold_decompose(IMAGE, side=None), "side must be one of 'upper', 'lower', got None"),
        (lambda: coarea.threshold_decompose([[0, math.nan]]), "image contains NaN: replace it first"),
        (lambda: coarea.threshold_decompose(IMAGE, 128), "side must be one of 'upper', 'lower'")],
    "threshold_reconstruct": [
        (lambda: coarea.threshold_reconstruct(SETS, LEVELS), "sets must be boolean, got uint8"),
        (lambda: coarea.threshold_reconstruct(LEVELS[::-1], SETS), "levels must be a sequence of increasing numbers"),
        (lambda: coarea.threshold_reconstruct(LEVELS, SETS[1:]), "sets must have shape .*, one set per level"),
    ],
    "tv_norm": [
        (lambda: coarea.tv_norm(IMAGE, "central"), "give options by name, difference=..."),
        (lambda: coarea.tv_norm(IMAGE, isotropic="no"), "isotropic must be True or False, got 'no'"),
        (lambda: coarea.tv_norm(IMAGE, spacing=(1, 2, 3)), "spacing must be a positive number or one for each of 2"),
    ],
    "tv_gradient": [
        (lambda: coarea.tv_gradient(IMAGE, difference="sobel"), "difference must be one of 'backward', 'forward'"),
        (lambda: coarea.tv_gradient(IMAGE, eps=1), "did you mean smoothing"),
        (lambda: coarea.tv_gradient(IMAGE, smoothing=-1), "smoothing must be a finite number >= 0, got -1"),
        (lambda: coarea.tv_gradient(TREE), "got a tree")],
    "tv_norm_and_gradient": [
        (lambda: coarea.tv_norm_and_gradient(IMAGE, spacing=0), "spacing must be a positive number or one for each of"),
        (lambda: coarea.tv_norm_and_gradient(IMAGE, workers=0), "workers must be an integer of at least 1, or -1"),
        (lambda: coarea.tv_norm_and_gradient(None), "was the file found")],
    "tv_descent": [
        (lambda: coarea.tv_descent(IMAGE, 10), "missing 1 required positional argument: 'step'"),
        (lambda: coarea.tv_descent(IMAGE, 10, [1]), r"step must be a finite number.*, got \[1\]"),
        (lambda: coarea.tv_descent(IMAGE, -1, 1), "n_iter must be an integer of at least 0, got -1"),
        (lambda: coarea.tv_descent(IMAGE, 0.1, 10), "n_iter must be an integer of at least 0, got 0.1")],
    "neighbor_offsets": [
        (lambda: coarea.neighbor_offsets(IMAGE), "ndim must be one of 1, 2, 3, got an array of shape"),
        (lambda: coarea.neighbor_offsets(2, 6), "neighbors must be one of 4, 8, 16, got 6"),
    ],
    "edge_weights": [
        (lambda: coarea.edge_weights(RGB, 9, channel_axis=3), "channel_axis must be one of the 3 axes"),
        (lambda: coarea.edge_weights(IMAGE, 9, neighbors=6), "neighbors must be one of 4, 8, 16, got 6"),
        (lambda: coarea.edge_weights(9, IMAGE), "scale must be a finite number > 0, got an array|guide must have"),
        (lambda: coarea.edge_weights(IMAGE, 0), "scale must be a finite number > 0, got 0"),
        (lambda: coarea.edge_weights([[np.nan, 1]], 1), "guide contains NaN: replace it first"),
    ],
    "minimize_tv_graph": [
        (lambda: coarea.minimize_tv_graph([1, 2], [[0], [1]], [1]), "edges must have shape .n_edges, 2."),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0, 1]], [-1]), "edge_weights must be finite and >= 0"),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0, 1]], [1], fidelity="L2"), "fidelity must be one of 'l1', 'l2'"),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0, 1]], [1], resolution=1), "resolution does not apply to fidelit"),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0, 2]], [1]), r"edges must join nodes in \[0, 2\), got 0 to 2"),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0.0, 1]], [1]), "edges must be integers, got float64"),
        (lambda: coarea.minimize_tv_graph([1, 2], [[0, 1]], 1), r"edge_weights must have shape \(1,\), got \(\)"),
        (lambda: coarea.minimize_tv_graph(IMAGE, [[0, 1]], [1]), r"values must be 1-D, .*: give values.ravel\(\)"),
    ],
    "draw_level_lines": [
        (lambda: coarea.plot.draw_level_lines(RGB, RGB), r"filtered must be 2-D, got 3-D: take a channel, filtered\["),
        (lambda: coarea.plot.draw_level_lines(IMAGE, IMAGE, color="red"), "color must be red, green and blue from 0"),
        (lambda: coarea.plot.draw_level_lines(IMAGE, RGB[:5]), r"background must be of shape \(12, 10\)"),
    ],
    "draw_regions": [
        (lambda: coarea.plot.draw_regions(RGB, IMAGE), r"labels must be 2-D, got 3-D: take a channel, labels\["),
        (lambda: coarea.plot.draw_regions(IMAGE, RGB[:5]), r"background must be of shape \(12, 10\)"),
        (lambda: coarea.plot.draw_regions(TREE, IMAGE), "got a tree"),
    ],
    "draw_saliency": [
        (lambda: coarea.plot.draw_saliency(IMAGE, IMAGE), r"must have shapes \(h - 1, w\) and \(h, w - 1\), got"),
    ],
    "Tree.outermost": [
        (lambda: TREE.outermost(AREA), "condition must be boolean, .* as in attributes.area"),
        (lambda: TREE.outermost(IMAGE > 3), rf"condition must have shape \({N},\), one entry per node"),
    ],
    "Tree.innermost": [
        (lambda: TREE.innermost([3]), "condition must be boolean, got int64"),
    ],
    "Tree.lowest_common_ancestor": [
        (lambda: TREE.lowest_common_ancestor(0, N), rf"other must be in \[0, {N}\), got {N}"),
        (lambda: TREE.lowest_common_ancestor(0.5, 1), "node must hold integers, got float64"),
    ],
    "table": [
        (lambda: attributes.table(TREE, ["aera"]), "names must be one of 'parent', .*, got 'aera'"),
        (lambda: attributes.table(IMAGE), "tree must be a Tree, got ndarray: make one"),
        (lambda: attributes.table(coarea.max_tree(RGB[..., :2]), ["orientation"]), "2-D image, got 3-D: make one of e"),
        (lambda: attributes.table(TREE, 3), r"names must be the names of attributes, such as \['area'"),
    ],
    "level_line_sides": [
        (lambda: coarea.plot.level_line_sides(RGB), r"image must be 2-D, got 3-D: take a channel, image\["),
        (lambda: coarea.plot.level_line_sides(IMAGE, step=0), "step must be a finite number > 0, got 0"),
    ],
    "show_level_lines": [
        (lambda: coarea.plot.show_level_lines(IMAGE, ax=3), r"ax must be Axes of matplotlib, got int: give one of"),
        (lambda: coarea.plot.show_level_lines(IMAGE, color="red"), "color must be red, green and blue from 0 to 255"),
    ],
    "luminance": [
        (lambda: coarea.plot.luminance(RGB * 1j), "image must have a real dtype, got complex128: take image.real"),
    ],
}  # fmt: skip
MISTAKES |= MISTAKES_OF_DASK | MISTAKES_OF_REGIONS | MISTAKES_OF_SCANS


@pytest.mark.parametrize(("call", "message"), [pair for mistakes in MISTAKES.values() for pair in mistakes])
def test_the_message_names_the_remedy(call, message):
    with pytest.raises((ValueError, TypeError, IndexError), match=message):
        call()


def test_the_table_names_public_functions():
    assert set(MISTAKES) <= {name for name, _ in public_callables()}


@pytest.mark.parametrize("name", attributes.__all__)
@pytest.mark.parametrize("wrong", [IMAGE, None, "photo.png", AREA])
def test_attributes_are_of_trees(name, wrong):
    attribute = getattr(attributes, name)
    needed = [option for option in inspect.signature(attribute).parameters.values() if option.default is option.empty]
    with pytest.raises(TypeError, match=rf"^tree must be a Tree, got {type(wrong).__name__}: make one, tree = coarea"):
        attribute(wrong, *[AREA] * (len(needed) - 1))

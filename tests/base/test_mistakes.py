"""The likeliest mistakes with each public function, and the remedy that the message names.

Those that all functions share are in the tests of arrays, numbers, keywords and colours.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import coarea
import coarea.ct.plot
from coarea import attributes, ct
from public import public_callables

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
RGB = np.stack([IMAGE] * 3, -1)
TREE, SHAPES = coarea.max_tree(IMAGE), coarea.tree_of_shapes(IMAGE)
AREA, LINES = attributes.area(TREE), coarea.contours(TREE)
N = len(TREE)
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
    ],
    "attribute_filter": [
        (lambda: coarea.attribute_filter(IMAGE, IMAGE > 3), "tree must be a Tree, got ndarray: make one, tree ="),
        (lambda: coarea.attribute_filter(TREE, AREA), "keep must be boolean, .* as in attributes.area"),
        (lambda: coarea.attribute_filter(TREE, 64), "keep must be boolean, .* as in attributes.area"),
        (lambda: coarea.attribute_filter(TREE, lambda a: a > 3), "keep must be boolean, got object"),
        (lambda: coarea.attribute_filter(TREE, IMAGE > 3), rf"keep must have shape \({N},\), one entry per node"),
        (lambda: coarea.attribute_filter(TREE, AREA > 3, rule="all"), "rule must be one of 'direct', 'min'"),
    ],
    "contours": [
        (lambda: coarea.contours(IMAGE), "tree must be a Tree, got ndarray: make one, tree ="),
        (lambda: coarea.contours(TREE, AREA / 2), "nodes must be a mask .*, such as attributes.area"),
        (lambda: coarea.contours(coarea.max_tree(RGB[None])), r"two-dimensional image, got 4-D: make one of a slice"),
        (lambda: coarea.contours(TREE, level=100), "unexpected keyword argument 'level'"),
    ],
    "Lines.to_geojson": [
        (lambda: LINES.to_geojson(transform=(440720, 60, 0, 3751320, 0, -60)), "looks like GDAL's order"),
        (lambda: LINES.to_geojson(crs=4326), r"crs must be a text such as 'EPSG:32633', got 4326: give str\(crs\)"),
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
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, return_info="yes"), "return_info must be True or False, got 'yes'"),
    ],
    "denoise_tv_l2": [
        (lambda: coarea.denoise_tv_l2(SHAPES, 2, border="mean"), "border must be that of the tree, 'half-area', or No"),
        (lambda: coarea.denoise_tv_l2(IMAGE, [2, 3]), r"beta must be a finite number >= 0, got \[2, 3\]"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, huber_delta=0), "huber_delta must be a finite number > 0, got 0"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, resolution=1e-9), "resolution must be at least 2.-24 of the range"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, quantile=0.3), "unexpected keyword argument 'quantile'"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, border="mean"), "border does not apply to domain='pixels'"),
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
        (lambda: coarea.tree_of_shapes(IMAGE, border=None), "border must be a name, a number or a pixel, got None"),
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
    "ParallelBeam": [
        (lambda: ct.ParallelBeam(theta=[0], n_detectors=8), "did you mean angles"),
        (lambda: ct.ParallelBeam(angles=[0], n_detectors=[8]), r"n_detectors must be an integer of at least 1, got"),
        (lambda: ct.ParallelBeam(angles=[0], n_detectors=8, detector_spacing=0), "detector_spacing must be .* > 0, go"),
        (lambda: ct.ParallelBeam([0.0], 8), "give options by name, angles=..."),
        (lambda: ct.ParallelBeam(angles=180, n_detectors=8), "angles must be one or more finite numbers in one axis"),
    ],
    "FanBeam": [(lambda: ct.FanBeam(angles=[0], n_detectors=8, source_to_axis=4, source_to_detector=2),
                 "source_to_detector must be at least source_to_axis = 4.0, got 2.0")],
    "ConeBeam": [(lambda: ct.ConeBeam(angles=[0], detector_shape=8, source_to_axis=4, source_to_detector=8),
                  r"detector_shape must be two numbers, \(along v, along u\), got 8")],
    "Projector": [
        (lambda: ct.Projector(DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, got ndarray"),
        (lambda: ct.Projector(BEAM, 8), "shape must be a sequence of sizes, one for each axis, got 8"),
        (lambda: ct.Projector(BEAM, np.ones((8, 8))), r"got an array of shape \(8, 8\): give the shape of the array"),
        (lambda: PROJECTOR(DATA), r"image must have shape \(8, 8\) \(y, x\), got"),
    ],
    "sart": [
        (lambda: ct.sart(BEAM, DATA), r"got a geometry: make one, ct.Projector\(geometry, shape\)"),
        (lambda: ct.sart(DATA, PROJECTOR), "operator must be a LinearOperator or a sequence of them, got ndarray"),
        (lambda: ct.sart(PROJECTOR, DATA.T), r"data must have shape \(6, 12\) \(view, u\), got \(12, 6\)"),
        (lambda: ct.sart(PROJECTOR, DATA, callback=3), "callback must be a function of iteration and image, got 3"),
    ],
    "asd_pocs": [(lambda: ct.asd_pocs(PROJECTOR, DATA, data_step="SART"), "data_step must be one of 'sart'")],
    "tv_primal_dual": [(lambda: ct.tv_primal_dual(PROJECTOR, DATA, noise=-1), "noise must be finite and >= 0")],
    "fbp": [
        (lambda: ct.fbp(BEAM, DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, got ndarray"),
        (lambda: ct.fbp(DATA, BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.fbp(DATA, BEAM, (8, 8), window="none"), "window must be one of 'ramp'"),
    ],
    "fdk": [(lambda: ct.fdk(DATA, BEAM, (8, 8, 8)), "geometry must be a ConeBeam for fdk, got ParallelBeam: use fbp")],
    "shepp_logan": [
        (lambda: ct.shepp_logan(64), "shape must be a sequence of sizes, one for each axis, got 64"),
        (lambda: ct.shepp_logan((4, 4, 4, 4)), r"shape must be \(y, x\) or \(z, y, x\), got \(4, 4, 4, 4\)"),
    ],
    "rasterize": [
        (lambda: ct.rasterize(HEAD * math.nan, (8, 8)), "ellipses must be finite"),
        (lambda: ct.rasterize(HEAD, 8), "shape must be a sequence of sizes, one for each axis, got 8"),
        (lambda: ct.rasterize(IMAGE, (8, 8)), r"ellipses must have shape \(n, 6\)")],
    "line_integrals_of": [
        (lambda: ct.line_integrals_of(HEAD, CONE), "a ConeBeam needs ellipsoids, got ellipses"),
        (lambda: ct.line_integrals_of(ct.shepp_logan_ellipses(3), BEAM), "ellipsoids need a ConeBeam, or a ParallelBe"),
        (lambda: ct.line_integrals_of(ct.shepp_logan_ellipses(3), BEAM, heights=3), "heights must be in one axis, one"),
        (lambda: ct.line_integrals_of(BEAM, HEAD), "geometry must be .*, got ndarray")],
    "line_integrals": [
        (lambda: ct.line_integrals(DATA[0], 9), r"counts must have shape \(view, ...\), two axes or more"),
        (lambda: ct.line_integrals(DATA, math.nan), "flat must be finite"),
        (lambda: ct.line_integrals(DATA, 9, [[1, 2]]), "dark must hold images of shape .12,., that of a view of count"),
        (lambda: ct.line_integrals(DATA, 100, 200), "flat must exceed dark in every pixel")],
    "find_center": [
        (lambda: ct.find_center(DATA[0], [1]), r"projections must have shape \(view, u\) or \(view, v, u\)"),
        (lambda: ct.find_center(DATA * math.nan, np.arange(6)), "projections and angles must be finite"),
        (lambda: ct.find_center(DATA, [1, 2]), r"angles must have shape \(6,\), one for each view")],
    "draw_level_lines": [
        (lambda: coarea.plot.draw_level_lines(RGB, RGB), r"filtered must be 2-D, got 3-D: take a channel, filtered\["),
        (lambda: coarea.plot.draw_level_lines(IMAGE, IMAGE, color="red"), "color must be red, green and blue from 0"),
        (lambda: coarea.plot.draw_level_lines(IMAGE, RGB[:5]), r"background must be of shape \(12, 10\)"),
    ],
    "show_geometry": [
        (lambda: ct.plot.show_geometry(BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.plot.show_geometry(BEAM, [8]), r"shape must be \(..., y, x\), got \(8,\)"),
        (lambda: ct.plot.show_geometry(PROJECTOR, (8, 8)), "geometry must be .*, got Projector")],
    "show_convergence": [
        (lambda: ct.plot.show_convergence({"a": IMAGE}), "results must hold what methods return, with a history, got"),
        (lambda: ct.plot.show_convergence(ct.sart(PROJECTOR, DATA, 1)), "results must be a mapping, {'name': result}"),
        (lambda: ct.plot.show_convergence({"a": ct.sart(PROJECTOR, DATA, 1)}, "tv"), "name must be one of 'residual'"),
    ],
    "panels": [
        (lambda: ct.plot.panels({}, low=0, high=1), "images must be a mapping, .* of at least one"),
        (lambda: ct.plot.panels({"a": IMAGE, "b": IMAGE[1:]}, low=0, high=1), "images must be of one shape, got"),
        (lambda: ct.plot.panels({"a": IMAGE}, low=1, high=1), "high must be a finite number > 1, got 1"),
        (lambda: ct.plot.panels([IMAGE], low=0, high=1), "images must be a mapping, {'caption': image}")],
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
    "Projector.subset": [
        (lambda: PROJECTOR.subset(3), "views must be a slice or a sequence, got 3"),
        (lambda: PROJECTOR.subset([9]), r"views must be a slice or integers from 0 to 5, got \[9\]"),
        (lambda: PROJECTOR.subset(slice(9, 12)), "views must select some of the 6 views"),
    ],
    "Projector.back_project": [
        (lambda: PROJECTOR.back_project(DATA.T), r"\(12, 6\): give numpy.transpose\(projections\)"),
    ],
    "cgls": [
        (lambda: ct.cgls(PROJECTOR, DATA, 0), "n_iter must be an integer of at least 1, got 0"),
        (lambda: ct.cgls(PROJECTOR, DATA, start=DATA), r"start must have shape \(8, 8\) \(y, x\), got \(6, 12\)"),
        (lambda: ct.cgls(PROJECTOR, DATA, tol=1), "unexpected keyword argument 'tol'"),
    ],
    "sirt": [
        (lambda: ct.sirt(PROJECTOR, DATA, lower=1, upper=0), "upper must be .*>= 1, got 0"),
        (lambda: ct.sirt(PROJECTOR, DATA * math.nan), "data must be finite"),
    ],
    "os_sart": [
        (lambda: ct.os_sart(PROJECTOR, DATA, n_subsets=0), "n_subsets must be an integer of at least 1, got 0"),
        (lambda: ct.os_sart(PROJECTOR, DATA, subsets=3), "did you mean n_subsets"),
    ],
    "tv_pocs": [
        (lambda: ct.tv_pocs(PROJECTOR, DATA, epsilon=1, noise=1), "epsilon and noise exclude each other"),
    ],
    "add_poisson_noise": [
        (lambda: ct.add_poisson_noise(DATA, 0), "photons must be a finite number > 0, got 0"),
        (lambda: ct.add_poisson_noise(DATA, 9, rng="today"), "rng must be a numpy.random.Generator or a seed, .* got"),
        (lambda: ct.add_poisson_noise(DATA * math.nan, 9), "projections must be line integrals, finite"),
        (lambda: ct.add_poisson_noise(-1e4 - DATA, 9), "line integrals, finite and so large that"),
    ],
    "shepp_logan_ellipses": [
        (lambda: ct.shepp_logan_ellipses((64, 64)), r"ndim must be one of 2, 3, got \(64, 64\)"),
        (lambda: ct.shepp_logan_ellipses(contrast="high"), "contrast must be one of 'original', 'modified'"),
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
    "read_data_exchange": [
        (lambda: ct.read_data_exchange(None), "path must be the name of a file, got None"),
        (lambda: ct.read_data_exchange("scan.h5", rows=3), r"rows must be a slice, such as slice\(100, 110\), got 3"),
    ],
}  # fmt: skip


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
    with pytest.raises(TypeError, match=rf"^tree must be a Tree, got {type(wrong).__name__}: make one, tree = coarea"):
        attribute(wrong, AREA) if name == "extinction" else attribute(wrong)

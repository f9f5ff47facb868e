"""A call of every public function that takes numbers or arrays, for tests that walk all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import calls_of_dask
import calls_of_regions
import numpy as np
import scan_files

import coarea
import coarea.ct.plot
from coarea import ct

IMAGE = np.random.default_rng(3).integers(0, 90, (9, 10)).astype(np.uint8)
COLORS = IMAGE[:8, :9].reshape(8, 3, 3)
ANGLES = np.linspace(0, np.pi, 6, endpoint=False)
PARALLEL = ct.ParallelBeam(angles=ANGLES, n_detectors=12)
CONE = ct.ConeBeam(angles=2 * ANGLES, detector_shape=(6, 8), source_to_axis=30, source_to_detector=50)
PROJECTOR = ct.Projector(PARALLEL, (8, 8))
PLACES = {"sources": np.array([[-20, 0, 1], [0, 20, 2]]), "detector_centers": np.array([[8, 1, 0], [1, -8, 0]]),
          "u": np.array([[0, 2, 0], [2, 0, 0]]), "v": np.array([[0, 0, 2], [0, 1, 2]])}  # fmt: skip
VECTORS = {"detector_shape": (4, 9), **PLACES}
SINOGRAM = PROJECTOR(ct.shepp_logan((8, 8)))
SCAN = ct.Projector(
    ct.FanBeam(angles=np.arange(18) * np.pi / 9, n_detectors=36, source_to_axis=40, source_to_detector=40), (24, 24)
)
SCANNED = ct.line_integrals_of(ct.shepp_logan_ellipses(radius=11), SCAN.geometry)
MAX_TREE = coarea.max_tree(IMAGE)
LINES = coarea.contours(MAX_TREE, [1, 2])
PATH = np.stack([np.arange(8), np.arange(1, 9)], 1)
SIDES = np.ones(8)


def vectors_of(*, sources: Any = None, directions: Any = None, **given: Any) -> ct.Vectors:
    """Parallel rays, if they are given, instead of sources."""
    return ct.Vectors(sources=sources if directions is None else None, directions=directions, **given)


class Case(NamedTuple):
    """A call that works, and for each of its numbers a value to try."""

    call: Callable[..., Any]
    given: dict[str, Any]
    numbers: dict[str, Any]


def tree_case(call: Callable[..., Any], **numbers: Any) -> Case:
    return Case(call, {"image": IMAGE}, {**numbers, "workers": 2})


def filter_case(call: Callable[..., Any], **more: float) -> Case:
    given = {"image": IMAGE, "beta": 1.5}
    return Case(call, given, {"beta": 2, "neighbors": 8, "channel_axis": 1, "workers": 2, **more})


def variation_case(call: Callable[..., Any], **more: float) -> Case:
    return Case(call, {"image": IMAGE, **more}, {"spacing": 2, "smoothing": 0.25, "workers": 2, **more})


def iterative_case(call: Callable[..., Any], **more: float) -> Case:
    given = {"operator": PROJECTOR, "data": SINOGRAM, "n_iter": 2}
    return Case(call, given, {"n_iter": 2, "epsilon": 0.25, **more})


BOUNDS = {"lower": 0.25, "upper": 0.5}
NORM = {"axis_weights": 0.5, "hold_out": 0.5}
POCS = {
    **BOUNDS, **NORM, "n_subsets": 2, "relaxation": 0.5, "tv_steps": 3, "tv_step": 0.125, "stop_cosine": -0.5,
    "smoothing": 0.25,
}  # fmt: skip
FAN = {"n_detectors": 8, "source_to_axis": 16, "source_to_detector": 32, "detector_spacing": 0.5, "detector_offset": 2}

CASES = {
    **{f"Tree.{name}": Case(getattr(MAX_TREE, name), {}, {"node": 2}) for name in ("pixels", "mask", "children")},
    "Tree.path_to_root": Case(MAX_TREE.path_to_root, {}, {"node": 2}),
    "Lines.to_svg": Case(LINES.to_svg, {}, {"color": (1, 2, 3), "linewidth": 0.25}),
    "Lines.to_geojson": Case(LINES.to_geojson, {}, {"transform": (2, 0, 5, 0, 2, 5)}),
    "Lines.to_shapely": Case(LINES.to_shapely, {}, {"transform": (2, 0, 5, 0, 2, 5)}),
    "area_closing": tree_case(coarea.area_closing, area_threshold=7, connectivity=2),
    "area_opening": tree_case(coarea.area_opening, area_threshold=2.5, connectivity=2),
    "diameter_closing": tree_case(coarea.diameter_closing, diameter_threshold=3, connectivity=2),
    "diameter_opening": tree_case(coarea.diameter_opening, diameter_threshold=3, connectivity=2),
    "grain_filter": tree_case(coarea.grain_filter, area_threshold=4, border=20, channel_axis=1),
    **{
        name: Case(getattr(coarea, name), {"image": IMAGE, "thresholds": [2, 5]}, {"workers": 2})
        for name in ("attribute_profile", "pattern_spectrum")
    },
    "ultimate_opening": tree_case(coarea.ultimate_opening, max_size=5),
    "mser": Case(coarea.mser, {"tree": MAX_TREE}, {"delta": 2.5, "min_area": 2, "max_area": 64, "max_variation": 2}),
    "tbmr": Case(coarea.tbmr, {"tree": MAX_TREE}, {"min_area": 2, "max_area": 64}),
    "max_tree": tree_case(coarea.max_tree, connectivity=2),
    "min_tree": tree_case(coarea.min_tree, connectivity=2),
    "tree_of_shapes": tree_case(coarea.tree_of_shapes, border=20.5, channel_axis=1),
    "denoise_tv_l1": filter_case(coarea.denoise_tv_l1, quantile=0.25),
    "denoise_tv_l1 on trees": Case(
        coarea.denoise_tv_l1, {"image": IMAGE, "beta": 1.5, "domain": "max_tree"}, {"connectivity": 2, "beta": 2}
    ),
    "denoise_tv_l1 on shapes": Case(
        coarea.denoise_tv_l1, {"image": IMAGE, "beta": 1.5, "domain": "shapes"}, {"border": 3}
    ),
    "denoise_tv_l2": filter_case(coarea.denoise_tv_l2, resolution=0.5, huber_delta=4),
    "denoise_tv_l2 on trees": Case(
        coarea.denoise_tv_l2, {"image": IMAGE, "beta": 1.5, "domain": "min_tree"}, {"connectivity": 2, "beta": 2}
    ),
    "denoise_tv_l2 on shapes": Case(
        coarea.denoise_tv_l2, {"image": IMAGE, "beta": 1.5, "domain": "shapes"}, {"border": 3}
    ),
    "scale_space": Case(
        coarea.scale_space, {"image": IMAGE, "betas": [0.5, 1.5]}, {"quantile": 0.25, "border": 3, "workers": 2}
    ),
    "scale_space of trees": Case(
        coarea.scale_space, {"image": coarea.max_tree(IMAGE, connectivity=2), "betas": [1]}, {"connectivity": 2}
    ),
    "beta_for_regions": Case(
        coarea.beta_for_regions, {"image": IMAGE, "n": 9},
        {"n": 7, "min_area": 2, "quantile": 0.25, "border": 3, "workers": 2}),
    "beta_for_regions of trees": Case(
        coarea.beta_for_regions, {"image": IMAGE, "n": 9, "domain": "max_tree"}, {"connectivity": 2}
    ),
    "beta_for_residual": Case(
        coarea.beta_for_residual, {"image": IMAGE, "residual": 3},
        {"residual": 2.5, "quantile": 0.25, "border": 3, "workers": 2}),
    "beta_for_residual on trees": Case(
        coarea.beta_for_residual, {"image": IMAGE, "residual": 3, "domain": "max_tree"}, {"connectivity": 2}
    ),
    "edge_weights": Case(
        coarea.edge_weights, {"guide": IMAGE, "scale": 4.5}, {"scale": 2.5, "neighbors": 8, "channel_axis": 1}
    ),
    "minimize_tv_graph": Case(
        coarea.minimize_tv_graph, {"values": IMAGE[0, :9], "edges": PATH, "edge_weights": SIDES},
        {"beta": 2.5, "quantile": 0.25, "workers": 2},
    ),
    "minimize_tv_graph by squares": Case(
        coarea.minimize_tv_graph, {"values": IMAGE[0, :9], "edges": PATH, "edge_weights": SIDES, "fidelity": "l2"},
        {"resolution": 0.5, "huber_delta": 4},
    ),
    "meaningful_lines": Case(
        coarea.meaningful_lines, {"image": IMAGE}, {"nfa": 64, "beta": 0.5, "step": 2.5, "sigma": 0.25, "workers": 2}
    ),
    "neighbor_offsets": Case(coarea.neighbor_offsets, {"ndim": 2}, {"ndim": 2, "neighbors": 8}),
    "tv_norm": variation_case(coarea.tv_norm),
    "tv_gradient": variation_case(coarea.tv_gradient),
    "tv_norm_and_gradient": variation_case(coarea.tv_norm_and_gradient),
    "tv_descent": variation_case(coarea.tv_descent, n_iter=3, step=0.5),
    "ParallelBeam": Case(
        ct.ParallelBeam, {"angles": ANGLES, "n_detectors": 8},
        {name: FAN[name] for name in ("n_detectors", "detector_spacing", "detector_offset")},
    ),
    "FanBeam": Case(ct.FanBeam, {"angles": ANGLES, **FAN}, FAN),
    "ConeBeam": Case(
        ct.ConeBeam, {"angles": ANGLES, "detector_shape": (4, 5), "source_to_axis": 16, "source_to_detector": 32},
        {"detector_shape": (4, 5), "source_to_axis": 16, "source_to_detector": 64, "detector_spacing": (0.5, 2),
         "detector_offset": (1, 0.5)},
    ),
    "Vectors": Case(vectors_of, VECTORS, {"detector_shape": (4, 5)}),
    "Projector": Case(
        ct.Projector, {"geometry": PARALLEL, "shape": (8, 8)}, {"shape": (8, 8), "spacing": 0.5, "workers": 2}
    ),
    "add_poisson_noise": Case(ct.add_poisson_noise, {"projections": SINOGRAM, "rng": 3}, {"photons": 64}),
    "beam_hardening_curve": Case(ct.beam_hardening_curve, {"data": SCANNED, "paths": SCANNED**1.5}, {"degree": 2}),
    "beam_hardening_of_scan": Case(
        ct.beam_hardening_of_scan, {"projector": SCAN, "data": SCANNED}, {"degree": 2, "n_rounds": 1}
    ),
    "find_offset": Case(ct.find_offset, {"projector": SCAN, "data": SCANNED}, {"within": 4.5, "n_sweeps": 2}),
    "linearize": Case(ct.linearize, {"data": SCANNED, "curve": [1, 2]}, {"mu": 0.5}),
    "remove_rings": Case(ct.remove_rings, {"data": SCANNED}, {"width": 5}),
    "sart": iterative_case(ct.sart, **BOUNDS, hold_out=0.5, relaxation=0.5),
    "os_sart": iterative_case(ct.os_sart, **BOUNDS, hold_out=0.5, relaxation=0.5, n_subsets=2),
    "sirt": iterative_case(ct.sirt, **BOUNDS, hold_out=0.5, relaxation=0.5),
    "cgls": iterative_case(ct.cgls),
    "asd_pocs": iterative_case(
        ct.asd_pocs, **POCS, relaxation_decay=0.5, relaxation_backoff=0.5, tv_step_decay=0.5, max_tv_ratio=0.5
    ),
    "tv_pocs": iterative_case(ct.tv_pocs, **POCS),
    "tv_primal_dual": iterative_case(ct.tv_primal_dual, **BOUNDS, **NORM, balance=0.5),
    "tv_least_squares": Case(
        ct.tv_least_squares, {"operator": PROJECTOR, "data": SINOGRAM, "strength": 0.5, "n_iter": 2},
        {"strength": 0.25, "n_iter": 2, "lower": -0.5, "upper": 0.25, **NORM},
    ),
    "choose_strength": Case(
        ct.choose_strength, {"operator": PROJECTOR, "data": SINOGRAM, "n_iter": 2},
        {"n_iter": 3, "lower": -0.5, "upper": 0.25, **NORM},
    ),
    "fbp": Case(
        ct.fbp, {"data": SINOGRAM, "geometry": PARALLEL, "shape": (8, 8)},
        {"shape": (6, 8), "spacing": 0.5, "workers": 2},
    ),
    "fdk": Case(
        ct.fdk, {"data": np.ones((6, 6, 8)), "geometry": CONE, "shape": (4, 8, 8)},
        {"shape": (4, 6, 8), "spacing": 0.5, "workers": 2},
    ),
    "defrise_disks": Case(ct.defrise_disks, {}, {"n_disks": 3, "radius": 2.5}),
    "rasterize": Case(
        ct.rasterize, {"ellipses": ct.shepp_logan_ellipses(), "shape": (8, 8)},
        {"shape": (8, 8), "spacing": 0.25, "subsamples": 2},
    ),
    "shepp_logan": Case(ct.shepp_logan, {}, {"shape": (8, 8)}),
    "shepp_logan_ellipses": Case(ct.shepp_logan_ellipses, {}, {"ndim": 3, "radius": 2.5}),
    "panels": Case(coarea.ct.plot.panels, {"images": {"a": IMAGE}, "low": 0, "high": 90},
                   {"low": 0.5, "high": 64}),
    "show_geometry": Case(lambda **given: on_paper(ct.plot.show_geometry, PARALLEL, **given), {"shape": (8, 8)},
                          {"shape": (8, 8), "spacing": 0.5, "view": 2}),
    "draw_level_lines": Case(lambda **given: coarea.plot.draw_level_lines(IMAGE, IMAGE, **given), {},
                             {"scale": 3, "step": 2.5, "color": (1, 2, 3)}),
    "draw_regions": Case(lambda **given: coarea.plot.draw_regions(IMAGE, IMAGE, **given), {}, {"scale": 3}),
    "draw_saliency": Case(lambda **given: coarea.plot.draw_saliency(IMAGE[1:], IMAGE[:, 1:], **given), {},
                          {"scale": 3}),
    "level_line_sides": Case(lambda **given: coarea.plot.level_line_sides(IMAGE, **given), {}, {"step": 2.5}),
    "show_level_lines": Case(lambda **given: on_paper(coarea.plot.show_level_lines, IMAGE, **given), {},
                             {"step": 2.5, "color": (1, 2, 3), "linewidth": 0.5}),
}  # fmt: skip

NODES = np.arange(len(MAX_TREE))
FUSED = coarea.tree_of_shapes(COLORS, channel_axis=-1)
PIXELS = IMAGE > 40
LEVELS, SETS = coarea.threshold_decompose(IMAGE)
ELLIPSOIDS = ct.shepp_logan_ellipses(3)
for table in (scan_files.WITH_NUMBERS, calls_of_regions.WITH_NUMBERS, calls_of_dask.WITH_NUMBERS):
    CASES |= {name: Case(*call) for name, call in table.items()}
TURNS = np.linspace(0, 2 * np.pi, 6, endpoint=False)

# The arrays of a function by name; with what else it is called, where that is not in the other table.
ARRAYS: dict[str, dict[str, Any]] = {
    "Tree.reconstruct": {"value": NODES},
    "Tree.simplify": {"keep": NODES % 3 > 0},
    "Tree.accumulate": {"pixel_values": IMAGE},
    "Tree.outermost": {"condition": NODES % 3 > 0},
    "Tree.innermost": {"condition": NODES % 3 > 0},
    "Tree.lowest_common_ancestor": {"node": NODES, "other": NODES[::-1]},
    "Projector.back_project": {"projections": SINOGRAM},
    "attribute_filter": {"keep": np.arange(len(FUSED)) % 3 > 0, "image": COLORS},
    "extinction": {"attribute": coarea.attributes.area(MAX_TREE)},
    "increasing": {"attribute": NODES, "weights": NODES + 1},
    "prune": {"gain": NODES % 5 - 2},
    "pruning_scale": {"gain": NODES % 5 - 2, "cost": NODES},
    "dynamics_of_minima": {"attribute": coarea.attributes.area(MAX_TREE)},
    "tree_of_graph": {"values": IMAGE[0, :9], "edges": PATH},
    "attribute_profile": {"image": IMAGE, "thresholds": np.array([2, 5])},
    "pattern_spectrum": {"image": IMAGE, "thresholds": np.array([2, 5])},
    "threshold_reconstruct": {"levels": LEVELS, "sets": SETS},
    "beam_hardening_curve": {"data": SCANNED, "paths": SCANNED**1.5},
    "beam_hardening_of_scan": {"data": SCANNED},
    "find_center": {"projections": SCANNED, "angles": SCAN.geometry.angles},
    "find_offset": {"data": SCANNED},
    "linearize": {"data": SCANNED, "curve": np.array([1.0, 2])},
    "remove_rings": {"data": SCANNED},
    "line_integrals": {"counts": np.ones((6, 8)), "flat": np.full(8, 4), "dark": np.zeros(8)},
    "line_integrals_of": {"ellipses": ELLIPSOIDS, "heights": np.zeros(3)},
    "isolines": {"image": IMAGE, "levels": np.arange(4.5, 90, 20)},
    "contours": {"nodes": np.arange(len(MAX_TREE)) % 2 == 0, "mask": PIXELS},
    "edge_weights": {"guide": IMAGE},
    "minimize_tv_graph": {"values": IMAGE[0, :9], "edges": PATH, "edge_weights": np.ones(8), "weights": np.ones(9),
                          "fixed": PIXELS[0, :9], "lower": IMAGE[0, :9] // 2, "upper": IMAGE[0, :9]},
    "scale_space": {"image": IMAGE, "betas": np.array([0.5, 2]), "weights": IMAGE},
    "beta_for_regions": {"image": IMAGE, "weights": IMAGE},
    "beta_for_residual": {"image": IMAGE, "weights": IMAGE},
    "saliency": {"node_values": NODES},
    "draw_regions": {"labels": IMAGE, "background": IMAGE},
    "draw_saliency": {"below": IMAGE[1:], "right": IMAGE[:, 1:]},
    "add_poisson_noise": {"projections": SINOGRAM},
    "fbp": {"data": SINOGRAM},
    "fdk": {"data": np.ones((6, 6, 8))},
    "rasterize": {"ellipses": ct.shepp_logan_ellipses()},
}  # fmt: skip
ARRAYS |= {
    name: {"image": IMAGE}
    for name in (
        "area_closing", "area_opening", "diameter_closing", "diameter_opening", "grain_filter", "max_tree", "min_tree",
        "tree_of_shapes", "tv_norm", "tv_gradient", "tv_norm_and_gradient", "tv_descent", "level_sets", "luminance",
        "meaningful_lines", "threshold_decompose", "ultimate_opening",
    )
}  # fmt: skip
ARRAYS |= {
    name: {"image": IMAGE, "weights": IMAGE, "mask": PIXELS, "fixed": PIXELS, "edge_weights": np.ones((2, 9, 10)),
           "lower": IMAGE // 2, "upper": IMAGE}
    for name in ("denoise_tv_l1", "denoise_tv_l2")
}  # fmt: skip
ARRAYS |= {name: {"angles": ANGLES} for name in ("ParallelBeam", "FanBeam", "ConeBeam")}
ARRAYS |= {
    "Vectors": {**PLACES, "directions": np.array([[1, 0, 0], [0, 1, 0]])},
    "Vectors.rotated": {"rotation": np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])},
    "Vectors.shifted": {"by": np.array([[1, 0, 2], [2, 1, 3]])},
}
ARRAYS |= {
    name: {"data": SINOGRAM, "start": np.ones((8, 8)), "noise": np.ones(SINOGRAM.size), "weights": SINOGRAM > 0}
    for name in ("sart", "os_sart", "sirt", "cgls", "asd_pocs", "tv_pocs", "tv_primal_dual")
}
ARRAYS |= {
    name: {
        "data": SINOGRAM,
        "start": np.ones((8, 8)),
        "weights": SINOGRAM > 0,
        "lower": np.zeros((8, 8)),
        "upper": np.linspace(0.5, 1, 8),
    }
    for name in ("tv_least_squares", "choose_strength")
}
for name in ("sart", "os_sart", "sirt", "asd_pocs", "tv_pocs", "tv_primal_dual"):
    ARRAYS[name] |= {"lower": np.zeros((8, 8)), "upper": np.linspace(0.5, 1, 8)}
ARRAYS |= {name: {"filtered": IMAGE, "background": IMAGE} for name in ("draw_level_lines", "show_level_lines")}
ARRAYS |= calls_of_regions.ARRAYS | calls_of_dask.ARRAYS | {name: {"angles": TURNS} for name in scan_files.READERS}
ARRAYS["draw_level_lines"]["mask"] = PIXELS
ARRAYS["level_line_sides"] = {"image": IMAGE, "mask": PIXELS}
ARRAY_CALLS = CASES | {name: Case(*call) for name, call in (scan_files.READERS | calls_of_regions.CALLS).items()} | {
    "Tree.reconstruct": Case(MAX_TREE.reconstruct, {}, {}),
    "Tree.simplify": Case(MAX_TREE.simplify, {}, {}),
    "Tree.accumulate": Case(MAX_TREE.accumulate, {}, {}),
    "Tree.outermost": Case(MAX_TREE.outermost, {}, {}),
    "Tree.innermost": Case(MAX_TREE.innermost, {}, {}),
    "Tree.lowest_common_ancestor": Case(MAX_TREE.lowest_common_ancestor, {"node": 2, "other": 3}, {}),
    "Projector.back_project": Case(PROJECTOR.back_project, {}, {}),
    "attribute_filter": Case(coarea.attribute_filter, {"tree": FUSED, **ARRAYS["attribute_filter"]}, {}),
    "extinction": Case(coarea.attributes.extinction, {"tree": MAX_TREE}, {}),
    "increasing": Case(coarea.attributes.increasing, {"tree": MAX_TREE, "attribute": NODES, "how": "l2"}, {}),
    "prune": Case(coarea.prune, {"tree": MAX_TREE}, {}),
    "pruning_scale": Case(coarea.attributes.pruning_scale, {"tree": MAX_TREE, **ARRAYS["pruning_scale"]}, {}),
    "dynamics_of_minima": Case(coarea.attributes.dynamics_of_minima, {"tree": MAX_TREE}, {}),
    "tree_of_graph": Case(coarea.tree_of_graph, ARRAYS["tree_of_graph"], {}),
    "attribute_profile": Case(coarea.attribute_profile, ARRAYS["attribute_profile"], {}),
    "pattern_spectrum": Case(coarea.pattern_spectrum, ARRAYS["pattern_spectrum"], {}),
    "ultimate_opening": Case(coarea.ultimate_opening, {}, {}),
    "level_sets": Case(lambda **given: list(coarea.level_sets(**given)), {}, {}),
    "threshold_decompose": Case(coarea.threshold_decompose, {}, {}),
    "threshold_reconstruct": Case(coarea.threshold_reconstruct, ARRAYS["threshold_reconstruct"], {}),
    "find_center": Case(ct.find_center, ARRAYS["find_center"], {}),
    "line_integrals": Case(ct.line_integrals, ARRAYS["line_integrals"], {}),
    "line_integrals_of": Case(ct.line_integrals_of, {**ARRAYS["line_integrals_of"], "geometry": PARALLEL}, {}),
    "saliency": Case(coarea.saliency, {"tree": MAX_TREE}, {}),
    "draw_regions": Case(coarea.plot.draw_regions, {"labels": IMAGE, "background": IMAGE}, {}),
    "draw_saliency": Case(coarea.plot.draw_saliency, {"below": IMAGE[1:], "right": IMAGE[:, 1:]}, {}),
    "luminance": Case(coarea.plot.luminance, {}, {}),
    "isolines": Case(coarea.isolines, ARRAYS["isolines"], {}),
    "contours": Case(coarea.contours, {"tree": MAX_TREE}, {}),
    "level_line_sides": Case(coarea.plot.level_line_sides, {"image": IMAGE}, {}),
    "Vectors.rotated": Case(ct.Vectors(**VECTORS).rotated, {}, {}),
    "Vectors.shifted": Case(ct.Vectors(**VECTORS).shifted, {}, {}),
    "add_poisson_noise": Case(ct.add_poisson_noise, {"photons": 50, "rng": 3}, {}),
    "draw_level_lines": Case(coarea.plot.draw_level_lines, {"filtered": IMAGE, "background": IMAGE}, {}),
    "show_level_lines": Case(lambda **given: on_paper(coarea.plot.show_level_lines, **given), {"filtered": IMAGE}, {}),
}  # fmt: skip


def on_paper(draw: Callable[..., Any], *args: Any, **given: Any) -> None:
    from matplotlib import pyplot

    draw(*args, **given)
    pyplot.close("all")

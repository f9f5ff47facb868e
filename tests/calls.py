"""A call of every public function that takes numbers, for tests that walk all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import coarea
import coarea.ct.plot
from coarea import ct

IMAGE = np.random.default_rng(3).integers(0, 90, (9, 10)).astype(np.uint8)
COLORS = IMAGE[:8, :9].reshape(8, 3, 3)
ANGLES = np.linspace(0, np.pi, 6, endpoint=False)
PARALLEL = ct.ParallelBeam(angles=ANGLES, n_detectors=12)
CONE = ct.ConeBeam(angles=2 * ANGLES, detector_shape=(6, 8), source_to_axis=30, source_to_detector=50)
PROJECTOR = ct.Projector(PARALLEL, (8, 8))
SINOGRAM = PROJECTOR(ct.shepp_logan((8, 8)))
MAX_TREE = coarea.max_tree(IMAGE)
PATH = np.stack([np.arange(8), np.arange(1, 9)], 1)
SIDES = np.ones(8)


class Case(NamedTuple):
    """A call that works, and for each of its numbers a value to try."""

    call: Callable[..., Any]
    given: dict[str, Any]
    numbers: dict[str, Any]


def filter_case(call: Callable[..., Any], **more: float) -> Case:
    given = {"image": IMAGE, "beta": 1.5}
    return Case(call, given, {"beta": 2, "neighbors": 8, "channel_axis": 1, "workers": 2, **more})


def variation_case(call: Callable[..., Any], **more: float) -> Case:
    return Case(call, {"image": IMAGE, **more}, {"spacing": 2, "smoothing": 0.25, "workers": 2, **more})


def iterative_case(call: Callable[..., Any], **more: float) -> Case:
    given = {"operator": PROJECTOR, "data": SINOGRAM, "n_iter": 2}
    return Case(call, given, {"n_iter": 2, "epsilon": 0.25, **more})


BOUNDS = {"lower": 0.25, "upper": 0.5}
POCS = {
    **BOUNDS, "n_subsets": 2, "relaxation": 0.5, "tv_steps": 3, "tv_step": 0.125, "stop_cosine": -0.5, "smoothing": 0.25
}  # fmt: skip
FAN = {"n_detectors": 8, "source_to_axis": 16, "source_to_detector": 32, "detector_spacing": 0.5, "detector_offset": 2}

CASES = {
    **{f"Tree.{name}": Case(getattr(MAX_TREE, name), {}, {"node": 2}) for name in ("pixels", "mask", "children")},
    "Tree.path_to_root": Case(MAX_TREE.path_to_root, {}, {"node": 2}),
    "area_closing": Case(coarea.area_closing, {"image": IMAGE}, {"area_threshold": 7, "connectivity": 2}),
    "area_opening": Case(coarea.area_opening, {"image": IMAGE}, {"area_threshold": 2.5, "connectivity": 2}),
    "diameter_closing": Case(coarea.diameter_closing, {"image": IMAGE}, {"diameter_threshold": 3, "connectivity": 2}),
    "diameter_opening": Case(coarea.diameter_opening, {"image": IMAGE}, {"diameter_threshold": 3, "connectivity": 2}),
    "grain_filter": Case(coarea.grain_filter, {"image": IMAGE}, {"area_threshold": 4, "border": 20}),
    "ultimate_opening": Case(coarea.ultimate_opening, {"image": IMAGE}, {"max_size": 5}),
    "mser": Case(
        coarea.mser, {"tree": MAX_TREE, "min_area": 1},
        {"delta": 2.5, "min_area": 2, "max_area": 64, "max_variation": 2},
    ),
    "tbmr": Case(coarea.tbmr, {"tree": MAX_TREE}, {"min_area": 2, "max_area": 64}),
    "two_phase": Case(
        coarea.two_phase, {"image": IMAGE, "beta": 90}, {"beta": 64, "n_iter": 3, "neighbors": 8, "channel_axis": 1,
                                                        "workers": 2},
    ),
    "max_tree": Case(coarea.max_tree, {"image": IMAGE}, {"connectivity": 2}),
    "min_tree": Case(coarea.min_tree, {"image": IMAGE}, {"connectivity": 2}),
    "tree_of_shapes": Case(coarea.tree_of_shapes, {"image": IMAGE}, {"border": 20.5}),
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
    "Projector": Case(
        ct.Projector, {"geometry": PARALLEL, "shape": (8, 8)}, {"shape": (8, 8), "spacing": 0.5, "workers": 2}
    ),
    "add_poisson_noise": Case(ct.add_poisson_noise, {"projections": SINOGRAM, "rng": 3}, {"photons": 64}),
    "sart": iterative_case(ct.sart, **BOUNDS, relaxation=0.5),
    "os_sart": iterative_case(ct.os_sart, **BOUNDS, relaxation=0.5, n_subsets=2),
    "sirt": iterative_case(ct.sirt, **BOUNDS, relaxation=0.5),
    "cgls": iterative_case(ct.cgls),
    "asd_pocs": iterative_case(
        ct.asd_pocs, **POCS, relaxation_decay=0.5, relaxation_backoff=0.5, tv_step_decay=0.5, max_tv_ratio=0.5
    ),
    "tv_pocs": iterative_case(ct.tv_pocs, **POCS),
    "tv_primal_dual": iterative_case(ct.tv_primal_dual, **BOUNDS, balance=0.5),
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
    "level_lines": Case(lambda **given: coarea.plot.level_lines(IMAGE, **given), {}, {"step": 2.5}),
    "show_level_lines": Case(lambda **given: on_paper(coarea.plot.show_level_lines, IMAGE, **given), {},
                             {"step": 2.5, "color": (1, 2, 3), "linewidth": 0.5}),
}  # fmt: skip


def on_paper(draw: Callable[..., Any], *args: Any, **given: Any) -> None:
    from matplotlib import pyplot

    draw(*args, **given)
    pyplot.close("all")


def fingerprint(result: Any) -> Any:
    """What can be compared."""
    if isinstance(result, np.ndarray):
        return result.dtype, result.shape, result.tobytes()
    if isinstance(result, ct.Reconstruction):
        return fingerprint(result.image)
    if isinstance(result, ct.Projector):
        return fingerprint(result(np.ones(result.domain_shape)))
    if isinstance(result, coarea.TwoPhase):
        result = [result.mask, result.means]
    if hasattr(result, "certificate"):
        return fingerprint(result.values)
    if isinstance(result, list | tuple):
        return [fingerprint(part) for part in result]
    return result

"""What is taken for an array: every array of every public function, as people bring it.

An array that is new must be entered in the table.
"""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import coarea
from calls import ANGLES, CASES, IMAGE, MAX_TREE, PARALLEL, PATH, PROJECTOR, SINOGRAM, Case, fingerprint, on_paper
from coarea import ct
from public import public_callables

NODES = np.arange(len(MAX_TREE))
PIXELS = IMAGE > 40
LEVELS, SETS = coarea.threshold_decompose(IMAGE)
ELLIPSOIDS = ct.shepp_logan_ellipses(3)
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
    "attribute_filter": {"keep": NODES % 3 > 0},
    "extinction": {"attribute": coarea.attributes.area(MAX_TREE)},
    "increasing": {"attribute": NODES, "weights": NODES + 1},
    "prune": {"gain": NODES % 5 - 2},
    "pruning_scale": {"gain": NODES % 5 - 2, "cost": NODES},
    "level_sets": {"image": IMAGE},
    "threshold_decompose": {"image": IMAGE},
    "threshold_reconstruct": {"levels": LEVELS, "sets": SETS},
    "find_center": {"projections": np.ones((6, 8)), "angles": TURNS},
    "line_integrals": {"counts": np.ones((6, 8)), "flat": np.full(8, 4), "dark": np.zeros(8)},
    "line_integrals_of": {"ellipses": ELLIPSOIDS, "heights": np.zeros(3)},
    "luminance": {"image": IMAGE},
    "edge_weights": {"guide": IMAGE},
    "minimize_tv_graph": {"values": IMAGE[0, :9], "edges": PATH, "edge_weights": np.ones(8), "weights": np.ones(9),
                          "fixed": PIXELS[0, :9], "lower": IMAGE[0, :9] // 2, "upper": IMAGE[0, :9]},
    "add_poisson_noise": {"projections": SINOGRAM},
    "fbp": {"data": SINOGRAM},
    "fdk": {"data": np.ones((6, 6, 8))},
    "rasterize": {"ellipses": ct.shepp_logan_ellipses()},
}  # fmt: skip
ARRAYS |= {
    name: {"image": IMAGE}
    for name in (
        "area_closing", "area_opening", "diameter_closing", "diameter_opening", "grain_filter", "max_tree", "min_tree",
        "tree_of_shapes", "tv_norm", "tv_gradient", "tv_norm_and_gradient", "tv_descent", "level_lines",
    )
}  # fmt: skip
ARRAYS |= {
    name: {"image": IMAGE, "weights": IMAGE, "mask": PIXELS, "fixed": PIXELS, "edge_weights": np.ones((2, 9, 10)),
           "lower": IMAGE // 2, "upper": IMAGE}
    for name in ("denoise_tv_l1", "denoise_tv_l2")
}  # fmt: skip
ARRAYS |= {name: {"angles": ANGLES} for name in ("ParallelBeam", "FanBeam", "ConeBeam")}
ARRAYS |= {
    name: {"data": SINOGRAM, "start": np.ones((8, 8)), "noise": np.ones(SINOGRAM.size)}
    for name in ("sart", "os_sart", "sirt", "cgls", "asd_pocs", "tv_pocs", "tv_primal_dual")
}
ARRAYS |= {name: {"filtered": IMAGE, "background": IMAGE} for name in ("draw_level_lines", "show_level_lines")}
CALLS = CASES | {
    "Tree.reconstruct": Case(MAX_TREE.reconstruct, {}, {}),
    "Tree.simplify": Case(MAX_TREE.simplify, {}, {}),
    "Tree.accumulate": Case(MAX_TREE.accumulate, {}, {}),
    "Tree.outermost": Case(MAX_TREE.outermost, {}, {}),
    "Tree.innermost": Case(MAX_TREE.innermost, {}, {}),
    "Tree.lowest_common_ancestor": Case(MAX_TREE.lowest_common_ancestor, {"node": 2, "other": 3}, {}),
    "Projector.back_project": Case(PROJECTOR.back_project, {}, {}),
    "attribute_filter": Case(coarea.attribute_filter, {"tree": MAX_TREE}, {}),
    "extinction": Case(coarea.attributes.extinction, {"tree": MAX_TREE}, {}),
    "increasing": Case(coarea.attributes.increasing, {"tree": MAX_TREE, "attribute": NODES, "how": "l2"}, {}),
    "prune": Case(coarea.prune, {"tree": MAX_TREE}, {}),
    "pruning_scale": Case(coarea.attributes.pruning_scale, {"tree": MAX_TREE, **ARRAYS["pruning_scale"]}, {}),
    "level_sets": Case(lambda **given: list(coarea.level_sets(**given)), {}, {}),
    "threshold_decompose": Case(coarea.threshold_decompose, {}, {}),
    "threshold_reconstruct": Case(coarea.threshold_reconstruct, ARRAYS["threshold_reconstruct"], {}),
    "find_center": Case(ct.find_center, ARRAYS["find_center"], {}),
    "line_integrals": Case(ct.line_integrals, ARRAYS["line_integrals"], {}),
    "line_integrals_of": Case(ct.line_integrals_of, {**ARRAYS["line_integrals_of"], "geometry": PARALLEL}, {}),
    "luminance": Case(coarea.plot.luminance, {}, {}),
    "level_lines": Case(coarea.plot.level_lines, {}, {}),
    "add_poisson_noise": Case(ct.add_poisson_noise, {"photons": 50, "rng": 3}, {}),
    "draw_level_lines": Case(coarea.plot.draw_level_lines, {"filtered": IMAGE, "background": IMAGE}, {}),
    "show_level_lines": Case(lambda **given: on_paper(coarea.plot.show_level_lines, **given), {"filtered": IMAGE}, {}),
}  # fmt: skip
HONOURED = {("denoise_tv_l1", "image"), ("denoise_tv_l2", "image"), ("minimize_tv_graph", "values")}

each_array = pytest.mark.parametrize(
    ("name", "array"), [(name, array) for name, arrays in ARRAYS.items() for array in arrays]
)


def called(name: str, array: str, values: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fingerprint(CALLS[name].call(**{**CALLS[name].given, array: values}))


def test_the_table_holds_all_arrays_of_all_public_functions() -> None:
    found = {
        (name, parameter.name)
        for name, function in public_callables()
        for parameter in inspect.signature(function).parameters.values()
        if "ArrayLike" in str(parameter.annotation) or "_SupportsArray" in str(parameter.annotation)
    }
    assert found == {(name, array) for name, arrays in ARRAYS.items() for array in arrays}


@each_array
def test_arrays_come_in_many_ways(name: str, array: str) -> None:
    values = ARRAYS[name][array]
    expected = called(name, array, values)
    read_only = values.copy()
    read_only.flags.writeable = False
    spread = np.repeat(values, 2, axis=-1)[..., ::2]
    same_values = [read_only, spread, np.asfortranarray(values), np.ma.array(values)]
    if array != "value":  # the result is of its dtype
        same_values.append(values.astype(values.dtype.newbyteorder()))
    for same in same_values:
        assert called(name, array, same) == expected
    unhidden = np.ma.array(values, mask=np.zeros(values.shape, bool))
    assert called(name, array, unhidden) == expected


@each_array
def test_masks_are_honoured_or_refused_by_name(name: str, array: str) -> None:
    values = ARRAYS[name][array]
    mask = np.zeros(values.shape, bool)
    mask.flat[-1] = True
    masked = np.ma.array(values, mask=mask)
    for given in (masked, list(masked)) if values.ndim > 1 else (masked,):
        if (name, array) in HONOURED:
            called(name, array, given)
        else:
            with pytest.raises(ValueError, match=rf"^{array} must not be masked here: fill it first, {array}.filled"):
                called(name, array, given)


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "text": ("photo.png", TypeError, "must be an array, got 'photo.png': .* read it first, .*imread"),
    "path": (Path("photo.png"), TypeError, "must be an array, .* read it first"),
    "tree": (MAX_TREE, TypeError, r"must be an array, got a tree: tree.reconstruct\(\)"),
    "ragged": ([[1, 2], [3]], ValueError, "must be an array, got sequences of unequal lengths"),
    "sparse": (sparse.csr_matrix(np.eye(3)), TypeError, r"must be an array, got csr_matrix: give \w+.toarray\(\)"),
    "complex": (np.ones((2, 2), complex), TypeError, "must (have a real dtype|be boolean), got complex128: "),
    "object": (np.ones((2, 2), object), TypeError, "must (have a real dtype|be boolean), got object: "),
    "date": (np.ones((2, 2), "M8[s]"), TypeError, r"must (have a real dtype|be boolean), got datetime64\[s\]: "),
    "time": (np.ones((2, 2), "m8[s]"), TypeError, r"must (have a real dtype|be boolean), got timedelta64\[s\]: "),
    "texts": (np.array([["1", "2"]]), TypeError, "must (have a real dtype|be boolean), got <U1"),
    "fields": (np.ones((2, 2), "f4,f4"), TypeError, "must (have a real dtype|be boolean), got .*: "),
}
FILTERS_OF_TREES = ("area_closing", "area_opening", "diameter_closing", "diameter_opening", "grain_filter")
FILTERS_OF_TREES += ("denoise_tv_l1", "denoise_tv_l2")
ANY_DTYPE = {("Tree.reconstruct", "value"), ("luminance", "image")}


def is_wrong(name: str, array: str, kind: str) -> bool:
    """Whether such a thing is none of the function's."""
    taken = (name in FILTERS_OF_TREES and array == "image" and kind == "tree") or (
        (name, array) in ANY_DTYPE and isinstance(WRONG[kind][0], np.ndarray)
    )
    return not taken


@pytest.mark.parametrize(
    ("name", "array", "kind"),
    [
        (name, array, kind)
        for name, arrays in ARRAYS.items()
        for array in arrays
        for kind in WRONG
        if is_wrong(name, array, kind)
    ],
)
def test_what_is_no_array_is_refused_with_the_remedy(name: str, array: str, kind: str) -> None:
    wrong, error, remedy = WRONG[kind]
    with pytest.raises(error, match=f"^{array} {remedy}"):
        called(name, array, wrong)


def test_none_is_an_image_that_was_not_found() -> None:
    for function in (coarea.max_tree, coarea.tv_norm, lambda image: coarea.denoise_tv_l1(image, 1)):
        with pytest.raises(TypeError, match=r"^image is None: was the file found\?"):
            function(None)

"""Calls of the filters of dask arrays: what they are given, and for each of their numbers a value to try."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import dask.array as da
import numpy as np

import coarea.dask
import dask

IMAGE = np.random.default_rng(3).integers(0, 90, (9, 10)).astype(np.uint8)
PIXELS = IMAGE > 40
GIVEN = {"image": IMAGE, "beta": 1.5}


def in_chunks(function: Callable[..., Any], chunks: int = 5) -> Callable[..., Any]:
    """The function of arrays in memory, which are cut into chunks; its result is computed."""

    @wraps(function)
    def call(image: Any, **given: Any) -> Any:
        with dask.config.set(scheduler="synchronous"):
            lazy = da.from_array(image, chunks=chunks) if isinstance(image, np.ndarray) else image
            return dask.compute(function(lazy, **given))[0]

    return call


L1, L2 = coarea.dask.denoise_tv_l1, coarea.dask.denoise_tv_l2
ON_PIXELS = {"beta": 2, "neighbors": 8, "channel_axis": 1, "halo": 2, "max_remainder": 100}
AREA, DIAMETER = ({f"{name}_threshold": size, "connectivity": 2} for name, size in (("area", 7), ("diameter", 3)))
WITH_NUMBERS = {
    "dask.area_closing": (in_chunks(coarea.dask.area_closing), {"image": IMAGE}, AREA),
    "dask.area_opening": (in_chunks(coarea.dask.area_opening), {"image": IMAGE}, AREA),
    "dask.attribute_filter": (
        in_chunks(coarea.dask.attribute_filter),
        {"image": IMAGE, "attribute": "area", "threshold": 7},
        {"threshold": 5.5, "border": 20},
    ),
    "dask.attribute_filter on trees": (
        in_chunks(coarea.dask.attribute_filter),
        {"image": IMAGE, "attribute": "perimeter", "threshold": 7, "tree": "max_tree"},
        {"connectivity": 2},
    ),
    "dask.denoise_tv_l1": (in_chunks(L1), GIVEN, {**ON_PIXELS, "quantile": 0.25}),
    "dask.denoise_tv_l1 on shapes": (in_chunks(L1), {**GIVEN, "domain": "shapes"}, {"border": 3}),
    "dask.denoise_tv_l1 on trees": (in_chunks(L1), {**GIVEN, "domain": "max_tree"}, {"connectivity": 2}),
    "dask.denoise_tv_l2": (in_chunks(L2), GIVEN, {**ON_PIXELS, "resolution": 0.5, "huber_delta": 4}),
    "dask.denoise_tv_l2 on shapes": (in_chunks(L2, -1), {**GIVEN, "domain": "shapes"}, {"border": 3}),
    "dask.denoise_tv_l2 on trees": (in_chunks(L2, -1), {**GIVEN, "domain": "min_tree"}, {"connectivity": 2}),
    "dask.diameter_closing": (in_chunks(coarea.dask.diameter_closing), {"image": IMAGE}, DIAMETER),
    "dask.diameter_opening": (in_chunks(coarea.dask.diameter_opening), {"image": IMAGE}, DIAMETER),
    "dask.grain_filter": (
        in_chunks(coarea.dask.grain_filter), {"image": IMAGE}, {"area_threshold": 4, "border": 20},
    ),
}  # fmt: skip

# Beside the image, which must be a dask array.
ARRAYS = {
    name: {"weights": IMAGE, "mask": PIXELS, "fixed": PIXELS, "edge_weights": np.ones((2, 9, 10))}
    for name in ("dask.denoise_tv_l1", "dask.denoise_tv_l2")
}

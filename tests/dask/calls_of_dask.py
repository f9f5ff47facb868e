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
WITH_NUMBERS = {
    "dask.denoise_tv_l1": (in_chunks(L1), GIVEN, {**ON_PIXELS, "quantile": 0.25}),
    "dask.denoise_tv_l1 on shapes": (in_chunks(L1, -1), {**GIVEN, "domain": "shapes"}, {"border": 3}),
    "dask.denoise_tv_l1 on trees": (in_chunks(L1, -1), {**GIVEN, "domain": "max_tree"}, {"connectivity": 2}),
    "dask.denoise_tv_l2": (in_chunks(L2), GIVEN, {**ON_PIXELS, "resolution": 0.5, "huber_delta": 4}),
    "dask.denoise_tv_l2 on shapes": (in_chunks(L2, -1), {**GIVEN, "domain": "shapes"}, {"border": 3}),
    "dask.denoise_tv_l2 on trees": (in_chunks(L2, -1), {**GIVEN, "domain": "min_tree"}, {"connectivity": 2}),
}

# Beside the image, which must be a dask array.
ARRAYS = {
    name: {"weights": IMAGE, "mask": PIXELS, "fixed": PIXELS, "edge_weights": np.ones((2, 9, 10))}
    for name in ("dask.denoise_tv_l1", "dask.denoise_tv_l2")
}

"""The likeliest mistakes with filters of dask arrays, and the remedy that the message names."""

from __future__ import annotations

import dask.array as da
import numpy as np

import coarea
import coarea.dask

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
CHUNKED = da.from_array(IMAGE, chunks=6)
STACK = da.zeros((7, 12, 10), chunks=(1, 12, 10))
TREE = coarea.max_tree(IMAGE)
L1, L2 = coarea.dask.denoise_tv_l1, coarea.dask.denoise_tv_l2
FILTER, GRAIN = coarea.dask.attribute_filter, coarea.dask.grain_filter

MISTAKES_OF_DASK = {
    "dask.area_closing": [
        (lambda: coarea.dask.area_closing(IMAGE, 9), "image must be a dask array, got ndarray: use the function"),
        (lambda: coarea.dask.area_closing(CHUNKED, 9, 3), "connectivity must be one of 1, 2, got 3"),
    ],
    "dask.area_opening": [
        (lambda: coarea.dask.area_opening(IMAGE, 9), "image must be a dask array, got ndarray: use the function"),
        (lambda: coarea.dask.area_opening(CHUNKED, "9"), "area_threshold must be a finite number, got '9'"),
        (lambda: coarea.dask.area_opening(CHUNKED, 9, 3), "connectivity must be one of 1, 2, got 3"),
    ],
    "dask.attribute_filter": [
        (lambda: FILTER(IMAGE, "area", 9), "image must be a dask array, got ndarray"),
        (lambda: FILTER(TREE, "area", 9), "image must be a dask array, got Tree"),
        (lambda: FILTER(CHUNKED, "aera", 9), "attribute must be one of .*, got 'aera'"),
        (lambda: FILTER(CHUNKED, "area", 9, connectivity="self-dual"), "connectivity must not be 'self-dual'"),
        (lambda: FILTER(CHUNKED, "area", 9, border="median"), "border must be 'half-area', .*: compute the number"),
        (lambda: FILTER(CHUNKED, "area", 9, tree="max_tree", connectivity=3), "connectivity must be one of 1, 2, got"),
        (lambda: FILTER(CHUNKED, "area", 9, tree="max_tree", border=3), "border does not apply to tree='max_tree'"),
    ],
    "dask.denoise_tv_l1": [
        (lambda: L1(IMAGE, 1), "image must be a dask array, got ndarray: use the function of the same name in coarea"),
        (lambda: L1(TREE, 1), "image must be a dask array, got Tree"),
        (lambda: L1(CHUNKED[CHUNKED > 3], 1), r"known chunk sizes: call image.compute_chunk_sizes\(\) first"),
        (lambda: L1(CHUNKED, 1, 64), "give options by name, domain=..."),
        (lambda: L1(CHUNKED, 1, workers=2), r"'workers': Dask has the threads: result.compute\(num_workers=...\)"),
        (lambda: L1(CHUNKED, 1, solver="pymaxflow"), "'solver': chunks are solved by the native solver"),
        (lambda: L1(CHUNKED, 1, upper=IMAGE), "'upper': results in chunks have no bounds"),
        (lambda: L1(CHUNKED, 1, colors="input"), "'colors': colours of pixels that lie far apart"),
        (lambda: L1(CHUNKED, 1, depth=4), r"unexpected keyword argument 'depth'"),
        (lambda: L1(CHUNKED, 1, halo=2.5), "halo must be an integer of at least 0, got 2.5"),
        (lambda: L1(CHUNKED, 1, halo=(4, 4)), r"halo must be an integer of at least 0, got \(4, 4\)"),
        (lambda: L1(CHUNKED, 1, max_remainder=1e12), "max_remainder must be an integer of at least 0"),
        (lambda: L1(CHUNKED, 1, connectivity="8-4"), "connectivity does not apply to domain='pixels'.*: say neighbors"),
        (
            lambda: L1(CHUNKED, 1, domain="shapes", weights=IMAGE),
            r"one chunk for weights with domain='shapes', got 2x2 chunks: image.rechunk\({0: -1, 1: -1}\), or domain",
        ),
        (lambda: L1(CHUNKED, np.pi, domain="shapes"), "beta must be a fraction with a denominator .*: take fewer d"),
        (lambda: L1(STACK, 1, domain="shapes", channel_axis=0, halo=3), "halo does not apply to domain='shapes', got"),
        (lambda: L1(STACK, 1, weights=IMAGE), r"weights must have shape \(7, 12, 10\), got \(12, 10\)"),
        (lambda: L1(CHUNKED, 1, fixed=CHUNKED), "fixed must be boolean, got uint8: give a condition, such as fixed"),
    ],
    "dask.denoise_tv_l2": [
        (lambda: L2(CHUNKED, -1), "beta must be a finite number >= 0, got -1"),
        (lambda: L2(CHUNKED, 1, quantile=0.5), "unexpected keyword argument 'quantile'"),
        (lambda: L2(CHUNKED, 1, lower=0), "'lower': results in chunks have no bounds"),
        (lambda: L2(CHUNKED, 1, resolution=0), "resolution must be a finite number > 0, got 0"),
        (lambda: L2(CHUNKED, 1, max_iter=9), "the result is exact"),
        (lambda: L2(STACK, 1, domain="shapes"), r"one chunk for the L2 fidelity with .* image.rechunk\({0: -1}\)"),
    ],
    "dask.diameter_closing": [
        (lambda: coarea.dask.diameter_closing(IMAGE, 9), "image must be a dask array, got ndarray: use the function"),
        (lambda: coarea.dask.diameter_closing(CHUNKED, 9, 3), "connectivity must be one of 1, 2, got 3"),
    ],
    "dask.diameter_opening": [
        (lambda: coarea.dask.diameter_opening(IMAGE, 9), "image must be a dask array, got ndarray: use the function"),
        (lambda: coarea.dask.diameter_opening(CHUNKED, 9, 3), "connectivity must be one of 1, 2, got 3"),
    ],
    "dask.grain_filter": [
        (lambda: GRAIN(IMAGE, 9), "image must be a dask array, got ndarray: use the function of the same name"),
        (lambda: GRAIN(CHUNKED, 9, connectivity="self-dual"), "connectivity must not be 'self-dual'"),
        (lambda: GRAIN(CHUNKED, 9, border="median"), "border must be 'half-area', a number or a pixel in chunks"),
        (lambda: GRAIN(CHUNKED, 9, channel_axis=-1), "channel_axis must be None for a dask array.* one by one, or"),
        (lambda: GRAIN(CHUNKED, 9, connectivity=3), "connectivity must be one of '8-4', '4-8', 'self-dual', got 3"),
    ],
}  # fmt: skip

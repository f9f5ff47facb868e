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

MISTAKES_OF_DASK = {
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
        (lambda: L1(CHUNKED, 1, domain="shapes"), r"got 2x2 chunks: image.rechunk\({0: -1, 1: -1}\), or domain=\"pixe"),
        (lambda: L1(STACK, 1, domain="shapes"), r"image.rechunk\({0: -1}\), for a stack of images channel_axis=0"),
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
    ],
}  # fmt: skip

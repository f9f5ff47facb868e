"""Random problems for filters in chunks and in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

import coarea
import coarea.dask
from coarea.base.neighborhoods import neighbor_offsets

IN_MEMORY = {"l1": coarea.denoise_tv_l1, "l2": coarea.denoise_tv_l2}
IN_CHUNKS = {"l1": coarea.dask.denoise_tv_l1, "l2": coarea.dask.denoise_tv_l2}
DTYPES = ("u1", "u2", "i2", "i4", "i8", "f2", "f4", "f8", "?")
NEIGHBORS = {1: (2,), 2: (4, 4, 8, 16), 3: (6, 26)}
SIDES = {1: 60, 2: 26, 3: 9}


def random_image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Noise, smooth or not, over a range that suits the dtype."""
    noise = ndimage.gaussian_filter(rng.normal(size=shape), rng.choice([0, 0.7, 1.5]))
    unit = (noise - noise.min()) / max(np.ptp(noise), 1e-9)
    wide = {
        "u1": (0, rng.choice([4, 255])),
        "u2": (0, 65535),
        "i2": (-1500, 3000),
        "i4": (-1.5e9, 3e9),
        "i8": (0, 2**40),
    }
    if dtype == "?":
        return unit > 0.5
    low, span = wide.get(dtype, (-1, 3))
    return (low + span * unit).astype(dtype)


def random_problem(rng: np.random.Generator) -> tuple[str, np.ndarray, float, dict[str, Any], dict[str, Any]]:
    """The fidelity, an image, beta, options of the filter, and how it is cut."""
    ndim = int(rng.choice([1, 2, 2, 2, 2, 3]))
    shape = tuple(int(n) for n in rng.integers(1, SIDES[ndim], ndim))
    image = random_image(rng, shape, str(rng.choice(DTYPES)))
    span = float(np.ptp(image.astype(float))) or 1.0
    fidelity = str(rng.choice(["l1", "l1", "l2"]))
    neighbors = int(rng.choice(NEIGHBORS[ndim]))
    beta = float(rng.choice([0, 0.2, 0.37, 0.5, 1, 1.5, 3, 10, 100, 1e6 * np.pi])) * (
        span / 20 if fidelity == "l2" else 1
    )
    options: dict[str, Any] = {"channel_axis": None, "tie": str(rng.choice(["lower", "upper"])), "neighbors": neighbors}
    if fidelity == "l1" and rng.random() < 0.3:
        options["quantile"] = float(rng.choice([0.1, 0.25, 0.9, 0, 1]))
    if fidelity == "l2" and rng.random() < 0.3:
        options["huber_delta"] = span / 7
    if fidelity == "l2" and rng.random() < 0.3:
        options["resolution"] = span / float(rng.choice([100, 333]))
    kind = rng.random()
    if kind < 0.4:
        real = rng.random(shape)
        few = rng.integers(0, 4, shape).astype(float)
        options["weights"] = (few, real * (real < 0.7), real * 1e-30, np.zeros(shape))[int(kind * 10)]
    if rng.random() < 0.25:
        options["mask"] = rng.random(shape) < 0.3
        image[options["mask"] & (rng.random(shape) < 0.5)] = np.nan if image.dtype.kind == "f" else image.max()
    if rng.random() < 0.25:
        options["fixed"] = rng.random(shape) < 0.1
        if image.dtype.kind == "f":
            image[options["fixed"] & np.isnan(image)] = 0
    pairs = (len(neighbor_offsets(ndim, neighbors)), *shape)
    kind = rng.random()
    if kind < 0.3:
        real = rng.random(pairs)
        options["edge_weights"] = (rng.integers(0, 4, pairs).astype(float), real, real * (real < 0.5))[int(kind * 10)]
    cut = {
        "chunks": tuple(int(rng.integers(max(1, n // 3), n + 1)) for n in shape),
        "halo": int(rng.integers(0, 9 if ndim < 3 else 3)),
    }
    return fidelity, image, beta, options, cut

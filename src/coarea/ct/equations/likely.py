"""Warnings of what data that were given by mistake look like: counts of photons, or those of a larger object."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.colors import level_of_caller
from coarea.base.namespaces import Home, as_numpy
from coarea.ct.equations.operators import LinearMap, MatrixMap, ProjectorMap
from coarea.ct.projector import Projector

LARGE = 50.0  # counts are more; so are line integrals only if lengths are in small units
VIEWS_MAX = 64  # that are looked at
MISMATCH = 0.05  # of sums that should be equal: back projections that are not quite the transpose are in use
ROUNDING = 1e-3
TALL = 0.1  # of the largest data: more than the offsets that a scan without a sample has
FEW = 0.02  # of the rays


def warn_of_likely_mistakes(maps: list[LinearMap], data: Array, weights: Array | None) -> None:
    """Warn of counts given for line integrals, and of a grid that does not hold the object."""
    first = maps[0]
    shape = first.range_shape if len(maps) == 1 else data.shape
    some = some_views(shape[0]) if len(shape) > 1 else slice(None)
    values = data.reshape(shape)[some]
    measured = np.ones(values.shape, bool) if weights is None else weights.reshape(shape)[some] > 0
    if not measured.any() or warn_of_counts(values, measured):
        return
    if len(maps) == 1 and isinstance(first, ProjectorMap) and first.projector._in_space is None:
        missing = _missing(first.projector.subset(some)) & measured
        if _hold_more_than_noise(values[missing], np.abs(values[measured])):
            warnings.warn(
                "data of rays that miss the image are not 0: it must hold the whole object, also what lies outside of "
                "the field of view; give the projector a larger shape, or check spacing and detector_spacing",
                stacklevel=level_of_caller(),
            )


def some_views(n: int) -> slice:
    """Which of n views are looked at."""
    return slice(None, None, 1 + (n - 1) // VIEWS_MAX)


def warn_of_counts(values: Array, measured: Array) -> bool:
    """Warn of counts given for line integrals; tells whether it did."""
    if not _look_like_counts(values, measured):
        return False
    warnings.warn(
        "data look like counts of photons, not like line integrals: ct.line_integrals(counts, flat, dark) makes these",
        stacklevel=level_of_caller(),
    )
    return True


def warn_of_wrong_adjoint(first: LinearMap, home: Home, dtype: np.dtype[Any]) -> None:
    """Warn if the adjoint of a user's operator is plainly another one: of ones, <A x, y> and <x, A' y> are equal."""
    if isinstance(first, ProjectorMap | MatrixMap):
        return
    there = first.forward(home.bring(np.ones(first.domain_shape, dtype)))
    back = first.adjoint(home.bring(np.ones(first.range_shape, dtype)))
    there, back = (np.asarray(as_numpy(values), np.float64) for values in (there, back))
    least = ROUNDING * np.linalg.norm(there) * math.sqrt(there.size)  # of signed values the sums may be rounding
    if abs(there.sum() - back.sum()) > max(MISMATCH * max(abs(there.sum()), abs(back.sum())), least):
        warnings.warn(
            f"the adjoint of operator is not that of its forward projection: <A x, y> and <x, A' y> are "
            f"{there.sum():.4g} and {back.sum():.4g} for ones; the methods may not converge",
            stacklevel=level_of_caller(),
        )


def _look_like_counts(values: Array, measured: Array) -> bool:
    """Large numbers that are whole, or largest at the ends of the detector, which see the air."""
    seen = values[measured]
    middle = np.median(seen)
    if middle <= LARGE:
        return False
    if values.dtype.kind in "ui" and seen.min() > LARGE:
        return True
    if values.ndim < 2 or values.shape[-1] < 4:
        return False
    ends = values[..., [0, -1]][measured[..., [0, -1]]]
    return bool(ends.size and np.median(ends) > max(1.05 * middle, 0.8 * np.quantile(seen, 0.99)))


def _hold_more_than_noise(values: Array, sizes: Array) -> bool:
    """Whether most values are well above 0, or more well above their median than below it, where noise has as many."""
    if not values.size:
        return False
    limit, middle = TALL * np.quantile(sizes, 0.99), np.median(values)
    above, below = int((values > middle + limit).sum()), int((values < middle - limit).sum())
    return bool(middle > limit) or above - below > max(FEW * values.size, 4 * math.sqrt(above + below))


def _missing(projector: Projector) -> Array:
    """Which rays miss the image, in the shape of the projections."""
    rays, heights, shape = projector._rays, projector._heights, projector.range_shape
    beside = rays.lo >= rays.hi
    if heights is None:
        return np.broadcast_to(beside if len(shape) == 2 else beside[:, None], shape)
    missing = np.empty(shape, bool)
    step, top = np.arange(shape[1])[:, None], projector.domain_shape[0] + 1
    for view in range(shape[0]):
        near, far, z0, bottom = (array[view] for array in heights.arrays()[:4])
        rise, ends = step * heights.step[view], []
        for row in (rays.lo[view], rays.hi[view] - 1):
            part = near + far * row
            ends.append(z0 + part * (bottom + rise) if heights.is_divergent else z0 + part * bottom + rise)
        missing[view] = beside[view] | (np.maximum(*ends) <= 0) | (np.minimum(*ends) >= top)
    return missing

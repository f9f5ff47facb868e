"""Pixels without data: what they hold need not be a number."""

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.missing import nearest_data


def filled(
    name: str,
    values: Array,
    has_data: NDArray[np.bool_] | None,
    *,
    remedy: str,
    nearest: bool = False,
    inside: bool = False,
) -> Array:
    """Values that are finite everywhere.

    Parameters
    ----------
    values : ndarray
    has_data : ndarray of bool, shape of `values`, optional
        Default: everywhere.
    remedy : str
        How to say that data are missing.
    nearest : bool
        Whether numbers that are missing become those of the nearest data, as a tree is made of them; else any will do.
    inside : bool
        Whether to move values without data into the range of the others, where they would make the levels coarser.

    Raises
    ------
    ValueError
        If a value is not finite where there are data.
    """
    if has_data is not None and not has_data.any():
        return np.where(np.isfinite(values), values, values.dtype.type(0)) if values.dtype.kind == "f" else values
    if has_data is None or has_data.all():
        _check_finite(name, values, remedy)
        return values
    known = values[has_data]
    _check_finite(name, known, remedy)
    if values.dtype.kind == "f":
        is_lost = ~np.isfinite(values)
        if is_lost.any():
            values = np.where(is_lost, nearest_data(values, has_data) if nearest else known.min(), values)
    return np.minimum(np.maximum(values, known.min()), known.max()) if inside else values


def _check_finite(name: str, values: Array, remedy: str) -> None:
    if values.dtype.kind != "f":
        return
    extremes = values.min(), values.max()  # both are NaN if any value is
    if not np.isfinite(extremes).all():
        found = "NaN" if np.isnan(extremes).any() else "infinite values"
        raise ValueError(f"{name} contains {found}: where data are missing give {remedy}")

"""Neighbourhoods of the pixel grid and the weights that make their perimeter a length."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import as_image
from coarea.base.colors import channel_axis_of
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_number
from coarea.base.types import NOT_GIVEN, NotGiven

Offset = tuple[int, ...]

COUNTS = {1: (2,), 2: (4, 8, 16), 3: (6, 26)}  # by dimension; the first one is the default

# Shares of the directions of space that are nearest to an edge, a face diagonal and a space diagonal of the cube.
SOLID_ANGLES = (0.0457785, 0.0369806, 0.0351956)


def perimeter_weights(ndim: int, neighbors: int | None) -> dict[Offset, float]:
    """The weight of the pairs (p, p + offset), one of each offset and its opposite.

    Pairs that share a face weigh 1 where there are no others. The weights of larger neighbourhoods follow from the
    formula of Cauchy and Crofton [BoykovKolmogorov2003]_: each direction stands for the directions nearest to it.
    """
    if ndim not in COUNTS:
        raise ValueError(f"image must be 1-D to 3-D for domain='pixels', got {ndim}-D")
    count = COUNTS[ndim][0] if neighbors is None else as_choice("neighbors", neighbors, COUNTS[ndim])
    axes = axis_offsets(ndim)
    if count == 2 * ndim:
        return dict.fromkeys(axes, 1.0)
    if count == 26:
        half = [step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]
        steps = sorted(half, key=lambda step: sum(map(abs, step)))
        return {step: 4 * SOLID_ANGLES[sum(map(abs, step)) - 1] / math.hypot(*step) for step in steps}
    diagonals = [(1, 1), (1, -1)]
    if count == 8:
        return dict.fromkeys(axes, math.pi / 8) | dict.fromkeys(diagonals, math.pi / (8 * math.sqrt(2)))
    knights = [(1, 2), (2, 1), (1, -2), (2, -1)]
    near_axis, near_diagonal = math.atan(1 / 2), math.pi / 4 - math.atan(1 / 2)
    return (
        dict.fromkeys(axes, near_axis / 2)
        | dict.fromkeys(diagonals, near_diagonal / (2 * math.sqrt(2)))
        | dict.fromkeys(knights, math.pi / (16 * math.sqrt(5)))
    )


def axis_offsets(ndim: int) -> list[Offset]:
    """The offsets along the axes."""
    return [tuple(int(i == axis) for i in range(ndim)) for axis in range(ndim)]


def pair_slices(offset: Offset) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """The first and the second pixels of all pairs (p, p + offset) inside an array."""
    first = tuple(slice(max(0, -step), min(0, -step) or None) for step in offset)
    second = tuple(slice(max(0, step), min(0, step) or None) for step in offset)
    return first, second


@with_hints
def neighbor_offsets(ndim: int, neighbors: int | None = None) -> list[Offset]:
    """Offsets of a neighbourhood, one of each and its opposite, in the order in which `edge_weights` takes them.

    Parameters
    ----------
    ndim : int
        1 to 3.
    neighbors : int, optional
        As in :func:`denoise_tv_l1`.

    Returns
    -------
    list of tuple of int

    See Also
    --------
    edge_weights : a weight for each pair.

    Examples
    --------
    >>> import coarea
    >>> coarea.neighbor_offsets(2, 8)
    [(1, 0), (0, 1), (1, 1), (1, -1)]
    """
    return list(perimeter_weights(as_choice("ndim", ndim, COUNTS), neighbors))


@with_hints
def edge_weights(
    guide: ArrayLike,
    scale: float,
    *,
    neighbors: int | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
) -> NDArray[np.float64]:
    """Weights of edges that are small where an image changes, for filters that keep its contours.

    The pair (p, q) weighs ``exp(-|g_p - g_q| / scale)``, with the Euclidean norm over the channels.

    Parameters
    ----------
    guide : array_like
        1-D to 3-D, and one axis more with `channel_axis`; finite.
    scale : float
        Difference of the values at which the weight has fallen to 1/e, positive.
    neighbors : int, optional
        As in :func:`denoise_tv_l1`; leave it for trees.
    channel_axis : int or None, optional
        Axis of the channels; None if there is none, which silences the warning for what looks like a colour image.

    Returns
    -------
    (n_offsets, ...) ndarray of float64
        As :func:`denoise_tv_l1` takes them; 0 for pairs that leave the image.

    See Also
    --------
    neighbor_offsets : the pairs of pixels, in their order.
    denoise_tv_l1, denoise_tv_l2, two_phase

    Examples
    --------
    >>> import coarea
    >>> coarea.edge_weights([0, 0, 9], 1.0).round(3).tolist()
    [[1.0, 0.0, 0.0]]
    """
    image = as_image(guide, name="guide", finite=True)
    step = as_number("scale", scale, above=0)
    axis = channel_axis_of(image, channel_axis)
    channels = (image[None] if axis is None else np.moveaxis(image, axis, 0)).astype(np.float64)
    offsets = neighbor_offsets(channels.ndim - 1, neighbors)
    weights = np.zeros((len(offsets), *channels.shape[1:]))
    for own, offset in zip(weights, offsets, strict=True):
        first, second = pair_slices(offset)
        difference = channels[(slice(None), *first)] - channels[(slice(None), *second)]
        own[first] = np.exp(-np.linalg.norm(difference, axis=0) / step)
    return weights

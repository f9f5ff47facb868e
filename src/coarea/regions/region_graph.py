"""The graph of the regions of a label image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, Indices, as_real
from coarea.base.keywords import with_hints
from coarea.regions._labels import Numbered, numbered

LARGEST = 1e140  # of numbers whose products can be summed


class RegionGraph(NamedTuple):
    """Which regions touch, and along what; regions are numbered from 0 in the order of their labels.

    Attributes
    ----------
    arcs : (m, 2) ndarray of int32
        The two regions of each pair that touches, the smaller number first, in lexicographic order.
    weights : (m,) ndarray of float64 or None
        The mean strength over the pixel sides between the two.
    lengths : (m,) ndarray of float64
        The number of pixel sides between the two.
    labels : (n,) ndarray
        The label of each region, increasing: region k has the label ``labels[k]``.

    See Also
    --------
    region_graph : builds one.
    merge_regions, minimize_tv_graph, tree_of_graph

    Examples
    --------
    >>> import coarea
    >>> graph = coarea.region_graph([[1, 1, 2]])
    >>> graph.arcs.tolist(), graph.weights, graph.lengths.tolist(), graph.labels.tolist()
    ([[0, 1]], None, [1.0], [1, 2])
    """

    arcs: Indices
    weights: NDArray[np.float64] | None
    lengths: NDArray[np.float64]
    labels: Array


@with_hints
def region_graph(labels: ArrayLike, strength: ArrayLike | None = None) -> RegionGraph:
    """Find which regions of a label image touch, how long their common boundaries are, and how strong.

    Parameters
    ----------
    labels : array_like of int
        Any number of axes and any integers; 0 is a region like others. A region need not be connected.
    strength : (ndim,) + labels.shape array_like, optional
        Values on the pixel sides, at least 0, such as :func:`edge_strength` gives: ``strength[k][p]`` lies between
        pixel p and the next one along axis k. The last ones along their own axis lie outside and do not count.

    Returns
    -------
    RegionGraph
        ``arcs``, ``weights``, ``lengths``, ``labels``.

    Raises
    ------
    TypeError
        If the labels are not integers, or the strength is not real.
    ValueError
        If the shapes do not fit, or a strength between two regions is negative or NaN.

    See Also
    --------
    edge_strength : strengths of the sides.
    merge_regions : merges along the arcs.

    Examples
    --------
    >>> import coarea
    >>> graph = coarea.region_graph([[3, 3, 8], [5, 5, 8]])
    >>> graph.arcs.tolist(), graph.lengths.tolist(), graph.labels.tolist()
    ([[0, 1], [0, 2], [1, 2]], [2.0, 1.0, 1.0], [3, 5, 8])
    """
    regions = numbered(labels)
    if strength is None:
        return graph_of(regions)
    return graph_of(regions, as_sides("strength", strength, regions.number.shape))


def as_sides(name: str, values: ArrayLike, shape: tuple[int, ...], *, hint: str = "") -> Array:
    """Values on the pixel sides of an image, infinite ones included."""
    sides = as_real(name, values)
    if sides.shape != (len(shape), *shape):
        raise ValueError(
            f"{name} must have shape {(len(shape), *shape)}, the pixel sides along each axis of the labels as of "
            f"coarea.edge_strength{hint}, got {sides.shape}"
        )
    return sides


def graph_of(regions: Numbered, strength: Array | None = None, *, name: str = "strength") -> RegionGraph:
    """The graph of regions that are numbered; `name` is the parameter that the strength came in."""
    number, n = regions.number, len(regions.labels)
    pairs, values = [], []
    for axis in range(number.ndim):
        near, far = sides_along(number, axis)
        crossed = near != far
        one, other = near[crossed].astype(np.int64), far[crossed].astype(np.int64)
        pairs.append(keys_of_pairs(one, other, n))
        if strength is not None:
            values.append(sides_along(strength[axis], axis)[0][crossed])
    found, arc_of_side = np.unique(np.concatenate(pairs), return_inverse=True)
    arcs = np.stack([found // n, found % n], axis=1).astype(np.int32)
    lengths = np.bincount(arc_of_side, minlength=len(found)).astype(np.float64)
    if strength is None:
        return RegionGraph(arcs, None, lengths, regions.labels)
    weights = np.concatenate(values).astype(np.float64)
    check_weights(name, weights)
    return RegionGraph(arcs, np.bincount(arc_of_side, weights, minlength=len(found)) / lengths, lengths, regions.labels)


def keys_of_pairs(one: Array, other: Array, n: int) -> Array:
    """A number for each pair of numbers below n, in whichever order; increasing with the smaller, then the larger."""
    keys: Array = np.minimum(one, other) * n + np.maximum(one, other)
    return keys


def sides_along(image: Array, axis: int) -> tuple[Array, Array]:
    """The pixels before and after each side along an axis, or what lies at their places."""
    near, far = (tuple(s if k == axis else slice(None) for k in range(image.ndim)) for s in (slice(-1), slice(1, None)))
    return image[near], image[far]


def check_weights(name: str, values: NDArray[np.float64]) -> None:
    """Refuse what is negative, NaN, or too large to be summed; infinite ones stand for boundaries that stay."""
    if not (values >= 0).all():
        what = "NaN" if np.isnan(values).any() else f"{values.min():g}"
        raise ValueError(f"{name} must be numbers >= 0, got {what}: the smaller, the sooner its regions are merged")
    if (values[np.isfinite(values)] > LARGEST).any():
        raise ValueError(f"{name} must be infinite or at most {LARGEST:g}, or sums overflow: divide them")

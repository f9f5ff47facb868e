"""Colours for the pixels that a filter of a multivariate tree takes from their nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_image
from coarea.trees import _passes
from coarea.trees.tree import Tree, count_pixels, places_of_kept


def recolored(tree: Tree, kept: NDArray[np.bool_], image: ArrayLike | None) -> Array:
    """The colour image in which pixels of nodes that are not kept have a colour of the nearest kept node around."""
    if image is None:
        raise TypeError(
            f"image must be given with a {tree.kind}, which holds depths and no colours: "
            "attribute_filter(tree, keep, image=image)"
        )
    colors = as_image(image)
    shape = tree.node_of_pixel.shape
    if colors.shape[:-1] != shape:
        raise ValueError(
            f"image must have the shape {shape} of the tree and then an axis of channels, got {colors.shape}"
        )
    flat, nodes = colors.reshape(-1, colors.shape[-1]), tree.node_of_pixel.ravel()
    gives = kept & (count_pixels(len(tree), nodes) > 0)
    gives[0] = True
    source = _typical_pixels(len(tree), nodes, flat)[np.flatnonzero(gives)][places_of_kept(tree, gives)]
    return flat[np.where(kept[nodes], np.arange(len(nodes)), source[nodes])].reshape(colors.shape)


def _typical_pixels(n: int, nodes: NDArray[np.int32], colors: Array) -> NDArray[np.int64]:
    """Of the pixels that a node owns, the one nearest to their mean colour, of equals the first; 0 if it owns none."""
    count = np.bincount(nodes, minlength=n)
    closeness = np.zeros(len(nodes))
    with np.errstate(over="ignore", invalid="ignore"):
        for channel in colors.T.astype(np.float64):
            # times the number of pixels, where integers of 8 and 16 bits are exact, and so are ties
            closeness -= np.abs(count[nodes] * channel - np.bincount(nodes, channel, n)[nodes])
    closeness[np.isnan(closeness)] = -np.inf  # infinite values have no mean
    best = np.full(n, -np.inf)
    _passes.max_pixels(nodes, closeness, best)
    (is_best,) = np.nonzero(closeness == best[nodes])
    typical = np.zeros(n, np.int64)
    typical[nodes[is_best[::-1]]] = is_best[::-1]  # the first one is written last
    return typical

"""Colours for the pixels whose nodes a filter takes from a multivariate tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_image
from coarea.trees import _passes
from coarea.trees.tree import Tree, places_of_kept

Pixels = NDArray[np.int64]


def recolored(tree: Tree, kept: NDArray[np.bool_], image: ArrayLike | None) -> Array:
    """The colour image in which what is removed has colours of what is around it."""
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
    flat = colors.reshape(-1, colors.shape[-1])
    return flat[_sources(tree, kept, flat.astype(np.float64))].reshape(colors.shape)


class _Sides(NamedTuple):
    """Sides of pixels at which a grain ends: the grain within, and the pixel beyond."""

    grain: Pixels
    beyond: Pixels


def _sources(tree: Tree, kept: NDArray[np.bool_], colors: NDArray[np.float64]) -> Pixels:
    """The pixel from which each pixel has its colour.

    A grain is a node that goes while its parent stays, with all in it but what stays. It takes one colour from the
    pixels around it that belong to the same node that stays, where there are any, otherwise from all.
    """
    nodes = tree.node_of_pixel.ravel()
    source = np.where(kept[nodes], np.arange(len(nodes)), -1)
    is_top = kept | kept[tree.parent]
    grain = np.flatnonzero(is_top)[places_of_kept(tree, is_top)][nodes]
    around = np.flatnonzero(kept)[places_of_kept(tree, kept)][nodes]
    for everywhere in (False, True):
        sides = _sides_of_grains(tree.node_of_pixel.shape, source, grain, around, everywhere=everywhere)
        while (known := source[sides.beyond] >= 0).any():  # grains that touch others wait for their colours
            grains, beyond = sides.grain[known], sides.beyond[known]
            typical = _typical(len(tree), grains, beyond, colors[source[beyond]])
            has_color = np.zeros(len(tree), bool)
            has_color[grains] = True
            source = np.where((source < 0) & has_color[grain], source[typical[grain]], source)
            waits = ~has_color[sides.grain]
            sides = _Sides(sides.grain[waits], sides.beyond[waits])
    return np.maximum(source, 0)  # -1 where nothing that stays owns a pixel, in trees that were put together by hand


def _sides_of_grains(
    shape: tuple[int, ...], source: Pixels, grain: Pixels, around: Pixels, *, everywhere: bool
) -> _Sides:
    """The sides of the grains that have no colour yet; unless `everywhere`, those within the nodes around them."""
    pixel = np.arange(len(grain)).reshape(shape)
    sides = []
    for axis in range(len(shape)):
        along = np.moveaxis(pixel, axis, 0)
        ends = along[1:].ravel(), along[:-1].ravel()
        for within, beyond in (ends, ends[::-1]):
            ends_here = (source[within] < 0) & (grain[within] != grain[beyond])
            if not everywhere:
                ends_here &= around[within] == around[beyond]
            sides.append(_Sides(grain[within[ends_here]], beyond[ends_here]))
    return _Sides(*map(np.concatenate, zip(*sides, strict=True)))


def _typical(n: int, grain: Pixels, beyond: Pixels, colors: NDArray[np.float64]) -> Pixels:
    """Of the pixels beyond the sides of each grain the one nearest to their mean colour, of equals the first."""
    count = np.bincount(grain, minlength=n)
    closeness = np.zeros(len(grain))
    with np.errstate(over="ignore", invalid="ignore"):
        for channel in colors.T:
            # times the number of sides, where integers of 8 and 16 bits are exact, and so are ties
            closeness -= np.abs(count[grain] * channel - np.bincount(grain, channel, n)[grain])
    closeness[np.isnan(closeness)] = -np.inf  # infinite values have no mean
    best = np.full(n, -np.inf)
    _passes.max_pixels(grain.astype(np.int32), closeness, best)
    is_best = np.flatnonzero(closeness == best[grain])
    is_best = is_best[np.argsort(-beyond[is_best], kind="stable")]
    typical = np.zeros(n, np.int64)
    typical[grain[is_best]] = beyond[is_best]  # the first one in the raster is written last
    return typical

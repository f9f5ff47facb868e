"""Superpixels: the watershed of pixel sides, cut to a number of regions by area."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_image
from coarea.base.keywords import with_hints
from coarea.base.options import as_count
from coarea.regions import _watershed
from coarea.regions._sides import sorted_sides


@with_hints
def superpixels(strength: ArrayLike, n: int) -> NDArray[np.int32]:
    """Divide an image into n connected regions, along the strongest sides of its pixels.

    The hierarchical watershed by area [CoustyNajman2011]_ of the graph of the pixels, whose edges are their sides.

    Parameters
    ----------
    strength : (n_axes,) + shape array_like
        Of any real dtype, as from :func:`edge_strength`: ``[0][r, c]`` is the strength of the side between pixels
        (r, c) and (r + 1, c), ``[1][r, c]`` that between (r, c) and (r, c + 1). The last row, or column, does not
        count, but must not be NaN. Only the order of the strengths matters.
    n : int
        Number of regions, at least 1. Where there are fewer basins, the number of basins.

    Returns
    -------
    labels : ndarray of int32, shape of the image
        0 to n - 1, in the order of the first pixels of the regions, row by row.

    Raises
    ------
    ValueError
        If the strengths contain NaN, or are not an array for each axis of an image.
    TypeError
        If they are not real.

    See Also
    --------
    edge_strength : the strengths of the sides.
    region_graph, merge_regions

    Notes
    -----
    The basins are those of the minima: connected sets of sides of one strength without a weaker side beside them. Where
    the strength is constant there is one. Sides are opened in the order of their strengths. Where basins meet, the
    smaller one has lived: the area that it has then is its extinction value, and n - 1 basins of the largest values are
    kept beside the one that survives all. So a dust of small basins disappears, whatever its contrast.

    The result is determined, and the regions for n lie in those for any smaller number. Sides of equal strengths are
    opened pixel by pixel, row by row, the side to the right before that below. Of equal extinction values, those of
    basins that meet later are kept.

    Examples
    --------
    >>> import coarea
    >>> image = [[1, 1, 7, 8, 8, 2], [1, 1, 7, 8, 8, 2]]
    >>> strength = coarea.edge_strength(image, [0], power=1)
    >>> coarea.superpixels(strength, 3).tolist()
    [[0, 0, 1, 1, 1, 2], [0, 0, 1, 1, 1, 2]]
    """
    array = as_image(strength, name="strength")
    if len(array) != array.ndim - 1:
        raise ValueError(
            "strength must have shape (2, h, w), an array of the sides below and one of those to the right of each "
            f"pixel, or (3, d, h, w), got {array.shape}: coarea.edge_strength(image) makes one"
        )
    number = as_count("n", n)
    if array.size > INDEX_MAX:
        raise ValueError(f"strength must have at most {INDEX_MAX} entries, got {array.size}: divide the image")
    shape, n_pixels = array.shape[1:], array[0].size
    stride = np.cumprod([1, *shape[:0:-1]]).astype(np.int32)
    joined, saliency = _minimum_tree(array, stride)
    basins = np.flatnonzero(saliency)
    n_cut = min(number - 1, len(basins))
    by_area = basins[np.argsort(saliency[basins], kind="stable")]
    keep = np.ones(len(joined), bool)
    keep[by_area[len(basins) - n_cut :]] = False
    labels = np.empty(shape, np.int32)
    _watershed.label_parts(joined[keep], stride, np.empty(n_pixels, np.int32), labels.reshape(-1))
    return labels


def _minimum_tree(strength: Array, stride: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The sides of a minimum spanning tree, and their saliency, in the order in which they join pixels."""
    key, side = sorted_sides(strength)
    link, area, largest, joined, saliency = np.empty((5, strength[0].size), np.int32)
    level = np.empty(len(link), np.uint32)
    n_joined = _watershed.join_basins(key, side, stride, link, area, largest, level, joined, saliency)
    return joined[:n_joined], saliency[:n_joined]

"""Form of the shapes: centroids and second moments."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from coarea.attributes import _sums
from coarea.attributes._size import area, as_volume
from coarea.base.arrays import Array
from coarea.trees._given import as_tree_of_image
from coarea.trees.tree import Tree

PIXEL = 1 / 12  # the variance of the coordinates within a pixel


def centroid(tree: Tree) -> NDArray[np.float64]:
    """Mean coordinates of the pixels of each shape.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n, ndim) ndarray of float64
        In pixels, along the axes of the image.

    See Also
    --------
    second_moments : how far the pixels are from it.
    bounding_box : the smallest box around each shape.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.centroid(tree).tolist()
    [[1.0, 1.5], [1.0, 2.0]]
    """
    ndim = as_tree_of_image(tree).node_of_pixel.ndim
    means = _means_of(tree)
    return np.stack([means[name] for name in "zyx"[3 - ndim :]], axis=1)


def second_moments(tree: Tree) -> NDArray[np.float64]:
    """Covariance of the coordinates of the pixels of each shape: their central second moments over its area.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n, ndim, ndim) ndarray of float64
        In square pixels, along the axes of the image.

    See Also
    --------
    centroid : the mean coordinates.
    inertia, eccentricity, orientation

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.second_moments(tree)[1].round(3).tolist()
    [[0.0, 0.0], [0.0, 0.667]]
    """
    ndim = as_tree_of_image(tree).node_of_pixel.ndim
    means = _means_of(tree)
    covariance = np.empty((len(tree), ndim, ndim))
    for (i, first), (j, second) in combinations_with_replacement(enumerate("zyx"[3 - ndim :]), 2):
        covariance[:, i, j] = means[first + second] - means[first] * means[second]
        covariance[:, j, i] = covariance[:, i, j]
    return covariance


def inertia(tree: Tree) -> NDArray[np.float64]:
    """Moment of inertia of each plane shape about its centroid, over the square of its area.

    The first invariant of [Hu1962]_, of pixels that are points: 1 / (2 pi) for a large disc, more for all other shapes.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    compactness : how close each shape is to a disc, by its perimeter.
    second_moments : of which it is made.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.inertia(tree).round(3).tolist()
    [0.16, 0.222]
    """
    return inertia_of(_plane_moments(tree), area(tree))


def elongation(tree: Tree) -> NDArray[np.float64]:
    """Ratio of the axes of the ellipse with the second moments of each plane shape: at least 1.

    Pixels are squares here: a row of n of them has the elongation n.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    eccentricity : the same ellipse, from 0 to 1.
    compactness : how close each shape is to a disc.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.elongation(tree).round(3).tolist()
    [1.333, 3.0]
    """
    return elongation_of(_plane_moments(tree))


def eccentricity(tree: Tree) -> NDArray[np.float64]:
    """Eccentricity of the ellipse with the second moments of each plane shape, as in scikit-image's regionprops.

    0 for a disc, 1 for a line; 0 for a single pixel.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    elongation : the ratio of the axes of the ellipse.
    orientation : the direction of its long axis.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.eccentricity(tree).round(3).tolist()
    [0.683, 1.0]
    """
    return eccentricity_of(_plane_moments(tree))


def orientation(tree: Tree) -> NDArray[np.float64]:
    """Angle between the axis of rows and the long axis of each plane shape, counter-clockwise, in radians.

    In [-pi/2, pi/2]; pi/4 for shapes without a long axis. As in scikit-image's regionprops.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    eccentricity : how long the shape is along that axis.
    second_moments : of which it is made.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.orientation(tree).round(3).tolist()
    [1.571, 1.571]
    """
    moments = _plane_moments(tree)
    across, along = 2 * moments[:, 0, 1], moments[:, 0, 0] - moments[:, 1, 1]
    angle = np.arctan2(across, along) / 2
    return np.where((np.abs(across) < 1e-12) & (np.abs(along) < 1e-12), math.pi / 4, angle)


def _means_of(tree: Tree) -> dict[str, NDArray[np.float64]]:
    """Of each shape the means of y, x, yy, yx, xx and, in volumes, z, zz, zy, zx: of exact sums."""
    n, is_volume = len(tree), tree.node_of_pixel.ndim == 3
    names = ["y", "x", "yy", "yx", "xx", "z", "zz", "zy", "zx"][: 9 if is_volume else 5]
    means = np.empty((len(names), n))
    sums, planes = np.zeros((n, 6), np.int64), np.zeros((n if is_volume else 0, 4), np.int64)
    _sums.moments(tree.parent, as_volume(tree), sums, planes, means)
    return dict(zip(names, means, strict=True))


def _plane_moments(tree: Tree) -> NDArray[np.float64]:
    if as_tree_of_image(tree).node_of_pixel.ndim != 2:
        raise ValueError(f"tree must be of a 2-D image, got {tree.node_of_pixel.ndim}-D: make one of each slice")
    return second_moments(tree)


def inertia_of(moments: NDArray[np.float64], area: Array) -> NDArray[np.float64]:
    """The inertia of plane shapes with these covariances of the coordinates."""
    found: NDArray[np.float64] = (moments[:, 0, 0] + moments[:, 1, 1]) / area
    return found


def elongation_of(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """The elongation of plane shapes with these covariances of the coordinates."""
    largest, smallest = _principal(moments)
    ratio: NDArray[np.float64] = np.sqrt((largest + PIXEL) / (smallest + PIXEL))
    return ratio


def eccentricity_of(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """The eccentricity of plane shapes with these covariances of the coordinates."""
    largest, smallest = _principal(moments)
    ratio = np.divide(smallest, largest, out=np.ones(len(moments)), where=largest > 0)
    eccentricities: NDArray[np.float64] = np.sqrt(1 - ratio)
    return eccentricities


def _principal(moments: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    middle = (moments[:, 0, 0] + moments[:, 1, 1]) / 2
    distance = np.hypot((moments[:, 0, 0] - moments[:, 1, 1]) / 2, moments[:, 0, 1])
    return middle + distance, np.maximum(middle - distance, 0)

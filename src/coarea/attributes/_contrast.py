"""Grey values of the nodes of a tree and of what is inside them: contrasts, means, variations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coarea.attributes._size import area, perimeter
from coarea.base.arrays import Array
from coarea.base.levels import steps_between, to_levels
from coarea.trees import _passes
from coarea.trees._given import as_grey_tree, as_tree_of_image
from coarea.trees.tree import Tree


def height(tree: Tree) -> Array:
    """Largest difference of grey value between a node's parent and the nodes of its subtree.

    ``height[i] = max(abs(value[d] - value[parent[i]]))`` over the descendants d of i, itself included; the root is
    compared with itself. On a max-tree it is the contrast of a peak above its surroundings.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray
        int64 for integer images of up to 32 bits, uint64 for 64 bits, otherwise the dtype of the image.

    See Also
    --------
    dynamics : how far one must climb down from a peak to reach a higher one.
    volume : the same difference, summed over the pixels.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> tree.value.tolist(), coarea.attributes.height(tree).tolist()
    ([0, 5, 7], [7, 7, 2])
    """
    levels, values = to_levels(as_grey_tree(tree).value)
    highest = levels.astype(np.int32)
    lowest = highest.copy()
    _passes.accumulate_max(tree.parent, highest)
    _passes.accumulate_min(tree.parent, lowest)
    if values.dtype.kind in "bui":
        values = values.astype(np.int64 if values.itemsize < 8 else np.uint64)  # differences wrap to the right value
    around = levels[tree.parent]
    with np.errstate(over="ignore", invalid="ignore"):  # an infinite value less itself is no difference: fmax drops it
        above = values[np.maximum(highest, around)] - values[around]
        below = values[around] - values[np.minimum(lowest, around)]
    heights: Array = np.fmax(np.fmax(above, below), values.dtype.type(0))
    return heights


def volume(tree: Tree) -> NDArray[np.float64]:
    """Area times jump to the parent's value, summed over each node and its descendants.

    ``volume[i] = sum(area[d] * abs(value[d] - value[parent[d]]))`` over the descendants d of i, itself included
    [VachierMeyer1995]_. On a max-tree it is the volume between the image and the parent's value, over the shape.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    height : the largest difference, not the sum.
    extinction : up to which size of it each branch persists.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.volume(tree).tolist()
    [17.0, 17.0, 2.0]
    """
    return _sum_of_subtrees(as_grey_tree(tree), area(tree) * jump(tree))


def total_variation(tree: Tree) -> NDArray[np.float64]:
    """The total variation that each subtree carries: perimeter times jump, over each node and its descendants.

    At the root it is the total variation of the image (the coarea formula, :doc:`/explanations/theory`).

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    coarea.tv_norm : the total variation of an image, without a tree.
    perimeter : the lengths of the lines.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.total_variation(tree).tolist(), coarea.tv_norm([[0, 5, 5, 7]])
    ([7.0, 7.0, 2.0], 7.0)
    """
    return _sum_of_subtrees(as_grey_tree(tree), perimeter(tree) * jump(tree))


def mean(tree: Tree) -> NDArray[np.float64]:
    """Mean grey value of the pixels of each shape, in the image that the tree stands for.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    variance : how far the grey values are from it.
    coarea.Tree.accumulate : sums of another image over the shapes.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.mean(tree).round(2).tolist()
    [4.25, 5.67, 7.0]
    """
    return as_grey_tree(tree).accumulate(tree.reconstruct(_float_values(tree))) / area(tree)


def variance(tree: Tree) -> NDArray[np.float64]:
    """Variance of the grey values of the pixels of each shape: the mean square of their distance to the mean.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    mean : the value that the distances are to.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.variance(tree).round(2).tolist()
    [6.69, 0.89, 0.0]
    """
    values = as_grey_tree(tree).reconstruct(_float_values(tree))
    values -= values.mean()  # less is lost in the difference of squares
    size = area(tree)
    spread: NDArray[np.float64] = tree.accumulate(values**2) / size - (tree.accumulate(values) / size) ** 2
    return np.maximum(spread, 0)


def mean_contrast(tree: Tree) -> NDArray[np.float64]:
    """Mean step of the grey values across the contour of each shape.

    ``abs(sum(u_p - u_q)) / perimeter`` over the pairs of pixels p, q that share a face with only p in the shape. All
    steps go one way, unless the tree was simplified. 0 where the perimeter is 0.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    height : the largest difference to the value of the parent.
    perimeter : the number of the pairs.

    Notes
    -----
    Pairs inside the shape cancel in the sum of the differences of all its pixels to their neighbours.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.mean_contrast(tree).tolist()
    [0.0, 5.0, 2.0]
    """
    values = as_grey_tree(as_tree_of_image(tree)).reconstruct(_float_values(tree))
    steps = np.zeros_like(values)
    for axis in range(values.ndim):
        difference = np.diff(values, axis=axis)
        inner = [slice(None)] * values.ndim
        inner[axis] = slice(None, -1)
        steps[tuple(inner)] -= difference
        inner[axis] = slice(1, None)
        steps[tuple(inner)] += difference
    length = perimeter(tree)
    return np.divide(np.abs(tree.accumulate(steps)), length, out=np.zeros(len(tree)), where=length > 0)


def _float_values(tree: Tree) -> NDArray[np.float64]:
    return tree.value.astype(np.float64)


def jump(tree: Tree) -> NDArray[np.float64]:
    """The distance of each grey value to the parent's."""
    values = tree.value if tree.value.dtype.kind in "bui" else _float_values(tree)
    return steps_between(values, values[tree.parent]).astype(np.float64)


def _sum_of_subtrees(tree: Tree, values: NDArray[np.float64]) -> NDArray[np.float64]:
    _passes.accumulate_sum(tree.parent, values)
    return values

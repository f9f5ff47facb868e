"""All thresholds of a connected filter at once: profiles of pixels, the spectrum of sizes, the ultimate opening."""

from __future__ import annotations

from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea import attributes
from coarea.attributes._contrast import jump
from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.levels import steps_between
from coarea.base.options import as_number, one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import ProfileTree
from coarea.filters._measure import Attribute, as_thresholds, finite_tree_of, measured
from coarea.filters.connected import attribute_filter
from coarea.trees import _passes
from coarea.trees._given import check_tree, image_of_tree
from coarea.trees.components import component_tree
from coarea.trees.shapes import shapes_of
from coarea.trees.tree import Tree, places_of_kept


@with_hints
def attribute_profile(
    image: ArrayLike | Tree,
    thresholds: ArrayLike,
    *,
    attribute: Attribute | None = None,
    tree: ProfileTree = "shapes",
    workers: int | None = None,
) -> Array:
    """An image filtered with one threshold after the other: a feature vector for each pixel [DallaMura2010]_.

    Parameters
    ----------
    image : array_like or Tree
        2-D or 3-D for "shapes", n-D for "min-max". For other conventions than those of :func:`tree_of_shapes`, give the
        tree of shapes.
    thresholds : (k,) array_like
        Increasing. Nodes whose attribute is at least the threshold stay.
    attribute : function of a tree, optional
        For example ``coarea.attributes.inertia``. Default: the area. If it does not grow towards the root, nodes go one
        by one, as with the rule "direct" of :func:`attribute_filter`.
    tree : {"shapes", "min-max"}, default "shapes"
        Filter bright and dark shapes at once, on the tree of shapes, or apart, on the min-tree and the max-tree.
    workers : int, optional
        Number of threads that build the trees, as in :func:`tree_of_shapes`.

    Returns
    -------
    ndarray
        In the dtype of the image. For "shapes" of shape ``(1 + k,) + image.shape``: the image and its filtered
        versions. For "min-max" of shape ``(2 k + 1,) + image.shape``: the closings from the largest threshold to the
        smallest, the image, and the openings from the smallest threshold to the largest.

    See Also
    --------
    attribute_filter : one threshold.
    pattern_spectrum : one number for each threshold, of the whole image.

    Examples
    --------
    >>> import coarea
    >>> coarea.attribute_profile([[5, 5, 5, 9, 0]], [2, 3], tree="min-max").tolist()
    [[[5, 5, 5, 9, 9]], [[5, 5, 5, 9, 9]], [[5, 5, 5, 9, 0]], [[5, 5, 5, 5, 0]], [[5, 5, 5, 5, 0]]]
    """
    one_of("tree", tree, get_args(ProfileTree))
    numbers = as_thresholds(thresholds)
    threads = number_of_workers(workers)
    if isinstance(image, Tree):
        if tree == "min-max":
            raise ValueError("tree='min-max' needs the image, of which two trees are made: tree.reconstruct()")
        return np.stack(_filtered(check_tree(image, "tree of shapes"), numbers, attribute))
    array = image_of_tree(image)
    if tree == "shapes":
        return np.stack(_filtered(shapes_of(array, workers=threads), numbers, attribute))
    closed, opened = (
        _filtered(component_tree(array, kind=kind, workers=threads), numbers, attribute)
        for kind in ("min-tree", "max-tree")
    )
    return np.stack(closed[::-1] + opened[1:])


@with_hints
def pattern_spectrum(
    image: ArrayLike | Tree,
    thresholds: ArrayLike,
    *,
    attribute: Attribute | None = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """How much of an image lies in shapes of each size: area times jump of grey value, by classes of an attribute.

    On a max-tree entry j is what the openings lose from one threshold to the next [Maragos1989]_: the sum over the
    pixels of the opening with ``thresholds[j - 1]`` minus that with ``thresholds[j]``.

    Parameters
    ----------
    image : array_like, n-D, or Tree
        An image stands for its :func:`max_tree`. Of a min-tree, it is the spectrum of the dark components, by closings;
        of a tree of shapes that of both.
    thresholds : (k,) array_like
        Increasing; the bounds between the classes.
    attribute : function of a tree, optional
        One that grows towards the root. Default: the area.
    workers : int, optional
        Number of threads that build the tree, as in :func:`max_tree`.

    Returns
    -------
    (k + 1,) ndarray of float64
        Entry 0 is of the shapes below ``thresholds[0]``, entry j of those from ``thresholds[j - 1]`` to below
        ``thresholds[j]``, and the last entry of those of at least ``thresholds[-1]``. All together are the sum of
        area times jump over all nodes, on a max-tree the volume of the image above its least value.

    Raises
    ------
    ValueError
        If the attribute does not grow towards the root, the thresholds do not increase, or a grey value is infinite.

    See Also
    --------
    attribute_profile : the filtered images.
    ultimate_opening : the size of the largest step, for each pixel.

    Examples
    --------
    >>> import coarea
    >>> coarea.pattern_spectrum([[0, 3, 0, 5, 5, 0]], [2, 3]).tolist()
    [3.0, 10.0, 0.0]
    """
    numbers = as_thresholds(thresholds)
    tree = finite_tree_of(image, number_of_workers(workers))
    size = measured(tree, attribute, increasing=True)
    volume = attributes.area(tree) * jump(tree)
    return np.bincount(np.digitize(size, numbers), volume, len(numbers) + 1).astype(np.float64)


class UltimateOpening(NamedTuple):
    """The largest step of each pixel over all openings.

    Attributes
    ----------
    residue : ndarray, shape of the image
        The step of grey value, at least 0: int64 for integer images of up to 32 bits, uint64 for 64 bits, otherwise the
        dtype of the image.
    size : ndarray, shape of the image
        The attribute of the shape whose removal makes the step, 0 where there is none; dtype of the attribute.
    """

    residue: Array
    size: Array


@with_hints
def ultimate_opening(
    image: ArrayLike | Tree,
    *,
    attribute: Attribute | None = None,
    max_size: float | None = None,
    workers: int | None = None,
) -> UltimateOpening:
    """The largest step that each pixel makes while an opening grows, and the size at which it makes it.

    ``residue = max over s of |opening(s) - opening(s')|``, where s runs over the sizes of the shapes and s' is the next
    larger one [RetornazMarcotegui2007]_. Contrasted objects stand out at their own size, without a parameter; of equal
    steps the one of the largest size counts.

    Parameters
    ----------
    image : array_like, n-D, or Tree
        An image stands for its :func:`max_tree`: bright objects. With a min-tree it is the ultimate closing, with a
        tree of shapes it is self-dual.
    attribute : function of a tree, optional
        One that grows towards the root. Default: the area.
    max_size : float, optional
        Shapes with a larger attribute do not count. Default: all do, the background too: after the largest size only
        the root is left, a step that light from one side makes large.
    workers : int, optional
        Number of threads that build the tree, as in :func:`max_tree`.

    Returns
    -------
    UltimateOpening
        (residue, size).

    Raises
    ------
    ValueError
        If the attribute does not grow towards the root, or a grey value is infinite.

    See Also
    --------
    pattern_spectrum : how much of the image has each size.
    area_opening : one of the openings.

    Examples
    --------
    >>> import coarea
    >>> residue, size = coarea.ultimate_opening([[0, 9, 9, 2, 0]])
    >>> residue.tolist(), size.tolist()
    ([[0, 7, 7, 2, 0]], [[0, 2, 2, 3, 0]])
    """
    largest_size = np.inf if max_size is None else as_number("max_size", max_size, least=0)
    tree = finite_tree_of(image, number_of_workers(workers))
    value = tree.value
    size = measured(tree, attribute, increasing=True)
    is_last = size < size[tree.parent]  # of its size, on the way to the root
    is_last[0] = True
    outside = tree.parent[np.flatnonzero(is_last)][places_of_kept(tree, is_last)]
    inside = np.where(size <= largest_size, np.arange(len(tree)), outside)
    steps, rank = np.unique(steps_between(value[inside], value[outside]), return_inverse=True)
    rank = rank.astype(np.int32)
    largest = rank.copy()
    _passes.propagate_max(outside, largest)
    is_largest = rank > largest[outside]
    is_largest[0] = True
    place = np.empty(len(tree), np.int32)
    _passes.keep_nodes(outside, is_largest.view(np.uint8), place)
    residue = steps[largest]
    size_of_step = np.where(residue > 0, size[is_largest][place], size.dtype.type(0))
    return UltimateOpening(tree.reconstruct(residue), tree.reconstruct(size_of_step))


def _filtered(tree: Tree, thresholds: list[float], attribute: Attribute | None) -> list[Array]:
    """The image, and what is left of it at each threshold."""
    size = measured(tree, attribute, increasing=False)
    return [tree.reconstruct(), *(attribute_filter(tree, size >= threshold) for threshold in thresholds)]

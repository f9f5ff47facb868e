"""Connected filters: nodes of a tree are removed, contours never move."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea import attributes
from coarea.base.arrays import Array, as_image
from coarea.base.keywords import with_hints
from coarea.base.options import as_axis, as_number, one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import MULTIVARIATE, NOT_GIVEN, Border, KeepRule, NotGiven, ShapeConnectivity, TreeKind
from coarea.filters._colors import recolored
from coarea.filters.prunings import best_pruning
from coarea.trees import _passes
from coarea.trees._given import as_tree, check_tree, image_of_tree
from coarea.trees._selections import kept_ancestors, spread
from coarea.trees.components import component_tree
from coarea.trees.shapes import tree_of_shapes
from coarea.trees.tree import Tree, nodes_to_keep


@with_hints
def area_opening(
    image: ArrayLike | Tree,
    area_threshold: float = 64,
    connectivity: int | None = None,
    *,
    workers: int | None = None,
) -> Array:
    """Remove the bright components with fewer pixels than a threshold.

    The largest image below the given one whose upper level sets have no component of smaller area [Vincent1993]_;
    that of :func:`skimage.morphology.area_opening`.

    Parameters
    ----------
    image : array_like, n-D, or Tree
        The image, or its max-tree.
    area_threshold : float, default 64
        In pixels. Components of this area stay.
    connectivity : int, optional
        As in :func:`max_tree`. Default 1, or that of the tree.
    workers : int, optional
        Number of threads that build the tree, as in :func:`max_tree`.

    Returns
    -------
    ndarray
        Shape and dtype of the image; no new grey values.

    See Also
    --------
    area_closing : removes the dark components.
    grain_filter : removes both kinds at once.
    attribute_filter : by any attribute.

    Examples
    --------
    >>> import coarea
    >>> coarea.area_opening([[0, 5, 5, 0, 9]], 2).tolist()
    [[0, 5, 5, 0, 0]]
    """
    threshold = as_number("area_threshold", area_threshold)
    tree = _component_tree(image, "max-tree", connectivity, workers)
    return attribute_filter(tree, attributes.area(tree) >= threshold)


@with_hints
def area_closing(
    image: ArrayLike | Tree,
    area_threshold: float = 64,
    connectivity: int | None = None,
    *,
    workers: int | None = None,
) -> Array:
    """Remove the dark components with fewer pixels than a threshold: the dual of :func:`area_opening`.

    The parameters are the same, with the min-tree for a tree.

    See Also
    --------
    area_opening, diameter_closing, grain_filter

    Examples
    --------
    >>> import coarea
    >>> coarea.area_closing([[9, 5, 5, 9, 0]], 2).tolist()
    [[9, 5, 5, 9, 9]]
    """
    threshold = as_number("area_threshold", area_threshold)
    tree = _component_tree(image, "min-tree", connectivity, workers)
    return attribute_filter(tree, attributes.area(tree) >= threshold)


@with_hints
def diameter_opening(
    image: ArrayLike | Tree,
    diameter_threshold: float = 8,
    connectivity: int | None = None,
    *,
    workers: int | None = None,
) -> Array:
    """Remove the bright components whose bounding box is shorter than a threshold along every axis.

    As :func:`skimage.morphology.diameter_opening`.

    Parameters
    ----------
    image : array_like, n-D, or Tree
        The image, or its max-tree.
    diameter_threshold : float, default 8
        In pixels. Components of this extension stay.
    connectivity : int, optional
        As in :func:`max_tree`. Default 1, or that of the tree.
    workers : int, optional
        Number of threads that build the tree, as in :func:`max_tree`.

    Returns
    -------
    ndarray
        Shape and dtype of the image; no new grey values.

    See Also
    --------
    diameter_closing : removes the dark components.
    area_opening : by the number of pixels.

    Examples
    --------
    >>> import coarea
    >>> coarea.diameter_opening([[0, 5, 5, 0, 9]], 2).tolist()
    [[0, 5, 5, 0, 0]]
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    tree = _component_tree(image, "max-tree", connectivity, workers)
    return attribute_filter(tree, _diameter(tree) >= threshold)


@with_hints
def diameter_closing(
    image: ArrayLike | Tree,
    diameter_threshold: float = 8,
    connectivity: int | None = None,
    *,
    workers: int | None = None,
) -> Array:
    """Remove the dark components whose bounding box is short: the dual of :func:`diameter_opening`.

    The parameters are the same, with the min-tree for a tree.

    See Also
    --------
    diameter_opening, area_closing

    Examples
    --------
    >>> import coarea
    >>> coarea.diameter_closing([[9, 5, 5, 9, 0]], 2).tolist()
    [[9, 5, 5, 9, 9]]
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    tree = _component_tree(image, "min-tree", connectivity, workers)
    return attribute_filter(tree, _diameter(tree) >= threshold)


@with_hints
def grain_filter(
    image: ArrayLike | Tree,
    area_threshold: float = 64,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    workers: int | None = None,
) -> Array:
    """Remove the bright and the dark shapes with fewer pixels than a threshold, at once [CasellesMonasse2002]_.

    Parameters
    ----------
    image : array_like, 2-D or 3-D, or Tree
        The image, or its tree of shapes.
    area_threshold : float, default 64
        In pixels. Shapes of this area stay.
    connectivity, border : optional
        As in :func:`tree_of_shapes`. Defaults as there, or those of the tree.
    channel_axis : int or None, optional
        The axis of the channels: removes the shapes of the tree of all channels, as :func:`attribute_filter` does. None
        if there are no channels, as in :func:`tree_of_shapes`.
    workers : int, optional
        Number of threads that build the tree, as in :func:`tree_of_shapes`.

    Returns
    -------
    ndarray
        Shape and dtype of the image; no new grey values, and no new colours.

    See Also
    --------
    area_opening, area_closing
    tree_of_shapes : the tree that it filters.

    Notes
    -----
    With ``connectivity="self-dual"`` the filter commutes with the negative: ``grain_filter(-image) ==
    -grain_filter(image)``. With another pair of connectivities, the pair must be exchanged too.

    Examples
    --------
    >>> import coarea
    >>> coarea.grain_filter([[5, 5, 5, 5], [5, 9, 0, 5], [5, 5, 5, 5]], 2).tolist()
    [[5, 5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 5]]
    """
    threshold = as_number("area_threshold", area_threshold)
    threads = number_of_workers(workers)
    if isinstance(image, Tree):
        if channel_axis not in (None, NOT_GIVEN):
            raise ValueError(f"channel_axis does not apply to a tree, got {channel_axis!r}")
        tree = check_tree(image, "tree of shapes", connectivity=connectivity, border=border)
        return attribute_filter(tree, attributes.area(tree) >= threshold)
    tree = tree_of_shapes(image, connectivity=connectivity, border=border, channel_axis=channel_axis, workers=threads)
    keep = attributes.area(tree) >= threshold
    if tree.kind != MULTIVARIATE:
        return attribute_filter(tree, keep)
    colors = as_image(image)
    axis = as_axis("channel_axis", channel_axis, colors.ndim)
    return np.ascontiguousarray(
        np.moveaxis(attribute_filter(tree, keep, image=np.moveaxis(colors, axis, -1)), -1, axis)
    )


@with_hints
def attribute_filter(
    tree: Tree, keep: ArrayLike, *, rule: KeepRule = "direct", image: ArrayLike | None = None
) -> Array:
    """Keep some nodes of a tree and give the image that is left.

    Parameters
    ----------
    tree : Tree
    keep : (n,) array_like of bool
        The nodes to keep, for example ``attributes.area(tree) >= 50``; the root always stays.
    rule : {"direct", "min", "max", "viterbi", "subtractive"}, default "direct"
        What happens where a node that is kept lies inside one that is not [Salembier1998]_. For an
        attribute that grows towards the root, such as the area, all rules are the same.

        "direct"
            Nodes go one by one. The pixels of a removed node take the value of the first ancestor that is kept.
        "min"
            A node stays if all its ancestors stay too.
        "max"
            A node stays if a descendant stays.
        "viterbi"
            With a node all its ancestors stay, and the fewest nodes are treated against `keep`; of several such
            choices, the one that keeps most. Between "min" and "max": :func:`prune` with gains of 1 and -1.
        "subtractive"
            As "direct", but what lies inside a removed node moves with it, so that steps of grey value are
            kept [UrbachWilkinson2002]_. Max-trees and min-trees of finite images only; new grey values are possible.
    image : (h, w, n_channels) array_like, optional
        With a multivariate tree only, and needed with it, since it holds no colours: the image of which it is.

    Returns
    -------
    ndarray
        Shape and dtype of the image; but for "subtractive", no new grey values.

    See Also
    --------
    prune : chooses the nodes of the largest total gain.
    Tree.simplify : gives a tree of the nodes that are left.
    attribute_profile : one threshold after the other.

    Notes
    -----
    The nodes of a multivariate tree own pixels of several colours. A pixel keeps its colour if its node stays.
    Where a node goes and its parent stays, the pixels in it that go take one colour from those that share a side with
    them and belong to the same node that stays: of their colours, the one nearest to the mean over these sides, by the
    sum of the distances of all channels, and of equals the first one in the raster. Grains that touch only others
    follow when these have their colours, and last those that nothing of the same node touches, with the colours of all
    pixels around them. So there are no new colours, and no channel and no end of the scale is preferred.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 9, 9, 5, 0]])
    >>> keep = coarea.attributes.area(tree) != 4
    >>> coarea.attribute_filter(tree, keep).tolist()
    [[0, 0, 9, 9, 0, 0]]
    >>> coarea.attribute_filter(tree, keep, rule="subtractive").tolist()
    [[0, 0, 4, 4, 0, 0]]
    """
    one_of("rule", rule, get_args(KeepRule))
    if image is not None and as_tree(tree).kind != MULTIVARIATE:
        raise ValueError(f"image does not apply to a {tree.kind}, whose nodes have their grey values: leave it out")
    kept = nodes_to_keep(as_tree(tree), keep)
    if rule == "subtractive":
        return tree.reconstruct(_subtract(tree, kept))
    if rule == "min":
        _passes.propagate_min(tree.parent, kept.view(np.uint8))
    elif rule == "max":
        descendants = kept.astype(np.int32)
        _passes.accumulate_max(tree.parent, descendants)
        kept = descendants > 0
    elif rule == "viterbi":
        kept = best_pruning(tree, np.where(kept, 1.0, -1.0), tie="upper")
    if tree.kind == MULTIVARIATE:
        return recolored(tree, kept, image)
    return tree.reconstruct(spread(tree.value, kept_ancestors(tree.parent, kept)))


def _subtract(tree: Tree, kept: NDArray[np.bool_]) -> Array:
    """The values of the nodes with the steps of the removed ones taken out."""
    if tree.kind not in ("max-tree", "min-tree"):
        raise ValueError(f"rule='subtractive' needs a max-tree or a min-tree, got a {tree.kind}")
    dtype = tree.value.dtype
    if dtype.kind == "f" and not np.isfinite(tree.value).all():
        raise ValueError("rule='subtractive' needs finite grey values, got infinite ones")
    wide = tree.value.astype(np.float64 if dtype.kind == "f" else np.int64)  # of 64 bits, steps wrap to the right value
    steps = np.where(kept, wide - wide[tree.parent], 0)
    steps[0] = wide[0]
    _passes.propagate_sum(tree.parent, steps)
    return steps.astype(dtype)


def _component_tree(image: ArrayLike | Tree, kind: TreeKind, connectivity: int | None, workers: int | None) -> Tree:
    threads = number_of_workers(workers)
    if isinstance(image, Tree):
        return check_tree(image, kind, connectivity=connectivity)
    given = 1 if connectivity is None else connectivity
    return component_tree(image_of_tree(image), given, kind=kind, workers=threads)


def _diameter(tree: Tree) -> NDArray[np.int32]:
    box = attributes.bounding_box(tree)
    ndim = tree.node_of_pixel.ndim
    diameter: NDArray[np.int32] = (box[:, ndim:] - box[:, :ndim]).max(axis=1)
    return diameter

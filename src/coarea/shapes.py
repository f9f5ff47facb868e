"""The tree of shapes: components of upper and lower level sets with their holes filled."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea import _contour_tree, _tree
from coarea._cells import Cells, Indices
from coarea._check import Array, as_image, one_of
from coarea.tree import Tree, count_pixels

BORDERS = ("half-area", "median", "mean", "minimum", "maximum")


def tree_of_shapes(
    image: ArrayLike, *, connectivity: str = "8-4", border: str | float | Sequence[int] = "half-area"
) -> Tree:
    """Tree of shapes: the components of upper and lower level sets with their holes filled, ordered by inclusion.

    Parameters
    ----------
    image : array_like, 2-D
        Any real dtype, without NaN.
    connectivity : {"8-4", "4-8"}, default "8-4"
        Neighbourhoods of upper and of lower level sets. "8-4" is the convention of the Fast Level Set Transform
        [MonasseGuichard2000]_. The tree of ``-image`` with one pair is the tree of ``image`` with the other, with
        upper and lower exchanged.
    border : "half-area", number, name or pixel, default "half-area"
        Where the outside of the shapes is.

        "half-area"
            A level line that ends on the image frame bounds two regions; its shape is the smaller one, and of two
            equal halves the one without pixel (0, 0). The convention of [MonasseGuichard2000]_.
        a number, or "median", "mean", "minimum", "maximum" of the frame's pixels
            The image is surrounded by a ring of that value. The root stands for the ring: it may own no pixel, and
            ``value[0]`` is the ring's value rounded down to the image's dtype. An empty root above a node that is
            the whole image is dropped.
        (row, column)
            The outside is that pixel.

    Returns
    -------
    Tree
        Root: the whole image.

    Raises
    ------
    ValueError
        If the image is not 2-D, contains NaN or is empty, or an option is unknown.
    TypeError
        If the dtype is not real.

    Notes
    -----
    The tree of level lines does not depend on where its root is; it is the contour tree of [Carr2003]_, rooted at
    the ring or a pixel. For "half-area" it is rooted at pixel (0, 0), then the edges are reversed on the way to the
    region from which no open level line has more than half of the image on its far side.

    Examples
    --------
    >>> import numpy as np
    >>> import coarea
    >>> image = np.zeros((5, 7), np.uint8)
    >>> image[1:4, 1:4] = 9
    >>> image[2, 2] = 4
    >>> tree = coarea.tree_of_shapes(image)
    >>> tree.value.tolist(), tree.polarity.tolist(), tree.parent.tolist()
    ([0, 9, 4], [0, 1, -1], [0, 0, 1])
    """
    array = as_image(image, ndim=2)
    one_of("connectivity", connectivity, ("8-4", "4-8"))
    cells = Cells(array)
    outside = _outside(cells, array.shape, border)
    if isinstance(outside, tuple):
        parent, level, node_of_pixel = _level_lines(cells, connectivity, root=cells.index(outside))
        if border == "half-area":
            parent, level, node_of_pixel = _turn_open_lines(parent, level, node_of_pixel)
        height, value = level, cells.values[level]
    else:
        below, is_level, rounded = cells.rank(outside)
        parent, level, node_of_pixel = _level_lines(
            cells, connectivity, exterior=int(cells.start[below]), exterior_level=below if is_level else -1
        )
        height = level.astype(float)
        height[0] = below if is_level else below - 0.5
        value = cells.values[np.maximum(level, 0)]
        value[0] = rounded
        if np.count_nonzero(parent == 0) == 2 and not (node_of_pixel == 0).any():  # the root and a single child
            parent, height, value = np.maximum(parent[1:] - 1, 0), height[1:], value[1:]
            node_of_pixel = node_of_pixel - 1
    polarity = np.sign(height - height[parent]).astype(np.int8)
    kept_border = border if isinstance(border, str) else outside
    return Tree(parent, value, node_of_pixel, polarity, "tree of shapes", connectivity, kept_border)


def _outside(cells: Cells, shape: tuple[int, ...], border: Any) -> float | tuple[int, ...]:
    """The pixel at which a tree of shapes is rooted, or the value of the ring around the image."""
    if isinstance(border, np.generic):
        border = border.item()
    if isinstance(border, str) and border == "half-area":
        return (0,) * len(shape)
    if isinstance(border, Sequence | np.ndarray) and not isinstance(border, str):
        pixel = tuple(border)
        inside = [isinstance(i, int | np.integer) and 0 <= i < length for i, length in zip(pixel, shape, strict=False)]
        if len(pixel) != len(shape) or not all(inside):
            raise ValueError(f"border must be a pixel (row, column) inside the image of shape {shape}, got {border!r}")
        return tuple(map(int, pixel))
    value = _frame_statistic(cells.frame_values(), border) if isinstance(border, str) else border
    if not isinstance(value, int | float):
        raise ValueError(f"border must be a name, a number or a pixel, got {border!r}")
    if not abs(value) <= sys.float_info.max:
        raise ValueError(f"border must be finite, got {border!r}, which is {value}")
    return value


@np.errstate(over="ignore", invalid="ignore")  # not finite: refused by the caller
def _frame_statistic(frame: Array, name: str) -> float:
    one_of("border", name, BORDERS)
    if name in ("minimum", "maximum"):
        extreme: float = (frame.min() if name == "minimum" else frame.max()).item()
        return extreme
    frame = frame.astype(np.result_type(frame, np.float64))
    return float(np.median(frame) if name == "median" else np.mean(frame))


def _level_lines(
    cells: Cells, connectivity: str, *, root: int = 0, exterior: int = -1, exterior_level: int = -1
) -> tuple[Indices, Indices, Indices]:
    """Parent and level of the nodes and the node of each pixel, from the contour tree."""
    upper, lower = (cells.offsets({"4": 1, "8": 2}[side]) for side in connectivity.split("-"))
    nothing = np.empty(0, np.int32)
    frame, ring = (nothing, nothing) if exterior < 0 else (cells.frame, cells.ring)
    parent, level = np.empty((2, len(cells.order) + 1), np.int32)
    node = np.empty(cells.padded.size, np.int32)
    levels = cells.padded.ravel()
    n = _contour_tree.contour_tree(
        levels, cells.order, upper, lower, root, exterior, exterior_level, frame, ring, parent, level, node
    )
    return parent[:n].copy(), level[:n].copy(), cells.crop(node)


def _turn_open_lines(parent: Indices, level: Indices, node_of_pixel: Indices) -> tuple[Indices, Indices, Indices]:
    """Move the root so that no open shape is larger than half of the image."""
    area = count_pixels(len(parent), node_of_pixel)
    _tree.accumulate_sum(parent, area)
    is_open = np.zeros(len(parent), np.int32)
    for side in (node_of_pixel[0], node_of_pixel[-1], node_of_pixel[:, 0], node_of_pixel[:, -1]):
        is_open[side] = 1
    _tree.accumulate_max(parent, is_open)
    on_path = (is_open > 0) & (area > node_of_pixel.size - area)  # two such shapes are nested: a path from the root
    path = np.flatnonzero(on_path)
    order = np.concatenate([path[::-1], np.flatnonzero(~on_path)])
    number = np.empty(len(parent), np.int32)
    number[order] = np.arange(len(parent), dtype=np.int32)
    turned = parent.copy()
    turned[path[:-1]] = path[1:]
    turned[path[-1]] = path[-1]
    return number[turned[order]], level[order], number[node_of_pixel]

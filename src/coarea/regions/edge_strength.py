"""How strong the contours of an image are along each side of its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_image
from coarea.base.colors import channel_axis_of
from coarea.base.keywords import with_hints
from coarea.base.levels import steps_between
from coarea.base.options import as_flag, as_number, came
from coarea.base.threads import number_of_workers, thread_map
from coarea.base.types import NOT_GIVEN, Border, NotGiven, ShapeConnectivity, Tie
from coarea.regions import _jumps
from coarea.regions._sides import sorted_sides
from coarea.scales.scale_space import ScaleSpace, as_betas, scale_space
from coarea.trees._given import as_tree_of_image
from coarea.trees.domains import tree_on
from coarea.trees.tree import Tree

LANES = 8  # filtered images that the kernel takes at once


@with_hints
def edge_strength(
    image: ArrayLike | Tree | Sequence[Tree],
    betas: ArrayLike = (1, 2, 4, 8, 16, 32),
    *,
    power: float = 0.5,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    rank: bool = False,
    tie: Tie = "lower",
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    workers: int | None = None,
) -> NDArray[np.float32]:
    """Strength of the contours on each side of a pixel: how far the image jumps there, filtered by many betas.

        ``strength(p, q) = mean over beta of || u_beta(p) - u_beta(q) || ** power``

    with the filter ``u_beta = denoise_tv_l1(image, beta, domain="shapes")`` of each channel, and the Euclidean norm
    over the channels. The filter moves no contour: where shapes survive large betas the strength is large, on the very
    sides where the image jumps, and texture and noise fade.

    Parameters
    ----------
    image : array_like, Tree or sequence of Tree
        Any real dtype, finite, 2-D or 3-D, and one axis more with `channel_axis`. Colours are best given in Lab. A tree
        of the grey values, of any of the three kinds, stands for its image, and a sequence of trees for the channels.
    betas : (n_betas,) array_like, default (1, 2, 4, 8, 16, 32)
        Weights of the total variation, at least 0, in any order; one that is given twice counts twice.
    power : float, default 0.5
        Positive. 1 adds the jumps themselves, in grey values; with less a single strong contrast dominates less.
    channel_axis : int or None, optional
        Axis of the channels; None if there is none, which silences the warning for what looks like a colour image.
    rank : bool, default False
        Give the rank instead: the share of the image's sides that are not stronger, and 0 where the strength is 0. The
        strongest sides have 1, equal ones the same. A threshold then means the same in all images: more than t have the
        strongest ``1 - t`` of the sides, as far as they have a strength, and those that are equal to one of them.
    tie, connectivity, border : optional
        As for :func:`denoise_tv_l1`; conventions of given trees must not be contradicted.
    workers : int, optional
        Number of threads; -1 is one per processor, the default, -2 one less. Channels are worked on side by side, and
        each tree is built by an equal share of the threads. No result depends on it.

    Returns
    -------
    (n_axes,) + shape ndarray of float32
        Entry ``[0][r, c]`` is the strength between pixels (r, c) and (r + 1, c), ``[1][r, c]`` that between (r, c) and
        (r, c + 1); in a volume the first is that between planes. The last row, or column, is 0.

    Raises
    ------
    ValueError
        If the image is not finite, a beta is negative, trees are of different shapes, or an option breaks its rules;
        also if strengths exceed what float32 holds.
    TypeError
        If the image or the betas are not real.

    See Also
    --------
    superpixels, region_graph
    saliency : the lines of one tree, with given values.

    Notes
    -----
    The strength is 0 inside flat zones, and vanishes for large betas. Whether it is positive depends only on the order
    of the grey values, not on the values: strictly increasing changes of contrast keep these sides. With the
    "self-dual" connectivity that of ``-image`` is that of `image` with the other `tie`.

    Each channel's tree is built once and filtered for all betas by :func:`scale_space`. Differences are computed in
    float32 for 8- and 16-bit images, which it holds exactly, and otherwise in float64.

    Examples
    --------
    >>> import coarea
    >>> below, right = coarea.edge_strength([[0, 0, 9, 9], [0, 4, 9, 9]], [0, 1], power=1)
    >>> below.tolist()
    [[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    >>> right.tolist()
    [[0.0, 9.0, 0.0, 0.0], [2.0, 7.0, 0.0, 0.0]]
    """
    exponent, wants_rank = as_number("power", power, above=0), as_flag("rank", rank)
    numbers = np.sort(as_betas(betas))
    increasing, column = np.unique(numbers, return_inverse=True)

    def solve(channel: Array | Tree) -> ScaleSpace:
        if isinstance(channel, Tree):
            return scale_space(channel, increasing, tie=tie, connectivity=connectivity, border=border)
        tree = tree_on("shapes", channel, connectivity=connectivity, border=border, workers=share)
        return scale_space(tree, increasing, tie=tie)

    threads, channels = number_of_workers(workers), _channels(image, channel_axis)
    share = max(1, threads // len(channels))  # of each channel
    with thread_map(min(len(channels), threads)) as run:
        spaces = list(run(solve, channels))
    strength = _mean_jumps(spaces, column, exponent)
    return _ranks(strength) if wants_rank else strength


def _channels(
    image: ArrayLike | Tree | Sequence[Tree], channel_axis: int | NotGiven | None
) -> Sequence[Array] | Sequence[Tree]:
    """The channels, or their trees."""
    parts: Sequence[Any] = image if isinstance(image, list | tuple) else [image]
    if not any(isinstance(part, Tree) for part in parts):
        if parts is image and any(isinstance(part, np.ndarray) and part.ndim > 1 for part in parts):
            raise TypeError(
                "image must be an array, a Tree or a sequence of Trees, got a sequence of arrays: "
                "of channels, numpy.stack(image) with channel_axis=0"
            )
        array = as_image(cast(ArrayLike, image), finite=True)
        axis = channel_axis_of(array, channel_axis)
        return [np.ascontiguousarray(channel) for channel in ([array] if axis is None else np.moveaxis(array, axis, 0))]
    if not all(isinstance(part, Tree) for part in parts):
        raise TypeError("image must be an array, a Tree or a sequence of Trees, got Trees and others")
    if channel_axis not in (None, NOT_GIVEN):
        raise ValueError(f"channel_axis does not apply to trees, got {came(channel_axis)}: they are one per channel")
    trees = [as_tree_of_image(part) for part in parts]
    if len(shapes := {tree.node_of_pixel.shape for tree in trees}) > 1:
        raise ValueError(f"image must be Trees of images of one shape, got {' and '.join(map(str, sorted(shapes)))}")
    return trees


def _mean_jumps(spaces: Sequence[ScaleSpace], column: NDArray[np.intp], power: float) -> NDArray[np.float32]:
    """The strength, from the values of the nodes: no filtered image is written."""
    shape = spaces[0].tree.node_of_pixel.shape
    starts = np.cumsum([0] + [len(space.tree) for space in spaces])
    if starts[-1] > INDEX_MAX:
        raise ValueError(f"image must have trees of at most {INDEX_MAX} nodes in all, got {starts[-1]}: divide it")
    nodes = np.stack(
        [space.tree.node_of_pixel.reshape(-1) + np.int32(start) for space, start in zip(spaces, starts, strict=False)]
    )
    tables, unit = _tables([space.values for space in spaces])
    strength = np.zeros((len(shape), *shape), np.float32)
    for first in range(0, len(column), LANES):
        chosen = column[first : first + LANES]
        lanes = np.zeros((starts[-1], LANES), tables[0].dtype)
        for table, start, stop in zip(tables, starts[:-1], starts[1:], strict=True):
            lanes[start:stop, : len(chosen)] = table[chosen].T
        for axis, own in enumerate(strength):
            _jumps.add_jumps(nodes, lanes, int(np.prod(shape[axis + 1 :])), power, own.reshape(-1))
    for axis, own in enumerate(strength):
        np.moveaxis(own, axis, 0)[-1] = 0  # their pixels have no neighbour there
    with np.errstate(over="ignore", invalid="ignore"):
        strength = (strength * (np.float64(unit) ** power / len(column))).astype(np.float32)
    if not np.isfinite(strength).all():
        raise ValueError("image must have smaller differences or power be less: strengths exceed what float32 holds")
    return strength


def _tables(values: Sequence[Array]) -> tuple[list[Array], float]:
    """The values of nodes as the kernel subtracts them, in a unit that keeps their squares in range."""
    if all(table.dtype.itemsize <= 2 for table in values):
        return [table.astype(np.float32) for table in values], 1.0
    wide = [
        (steps_between(table, table.min()) if table.dtype.kind in "iu" else table).astype(np.float64)
        for table in values
    ]
    largest = max(float(np.abs(table).max()) for table in wide)
    unit = 2.0 ** (int(np.frexp(largest)[1]) - 1)  # not more: the largest floats are less than 2 ** 1024
    return [table / unit for table in wide], unit


def _ranks(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each side the share of those that are not stronger."""
    key, side = sorted_sides(strength)
    is_last = np.append(key[1:] != key[:-1], [True] * min(len(key), 1))  # of those that are equal
    last = np.flatnonzero(is_last)
    ranks = np.zeros((*strength.shape[1:], len(strength)), np.float32)
    ranks.reshape(-1)[side] = np.repeat((last + 1) / max(len(key), 1), np.diff(last, prepend=-1))
    return np.where(strength > 0, np.moveaxis(ranks, -1, 0)[::-1], np.float32(0))

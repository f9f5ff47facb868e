"""A quadtree of tasks: what chunks do not know goes up until it is known, and comes down again."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

ObjectArray = NDArray[np.object_]


def merge_up(
    pieces: ObjectArray,
    merge: Callable[..., tuple[Any, Any]],
    split: Callable[[Any, Any], list[Any]],
    *shared: Any,
) -> tuple[ObjectArray, list[Any]]:
    """Merge the pieces of neighbouring chunks, two along each axis, until there is one, and bring down what was found.

    Parameters
    ----------
    pieces : ndarray of Delayed
        Of each chunk, in the shape of the grid of chunks.
    merge : callable
        ``merge(pieces, last, *shared)`` gives the piece of a union and what is kept of it for the way down. `last`: nothing lies
        outside. A single chunk is merged too.
    split : callable
        ``split(above, kept)`` gives a part for each of the pieces that were merged, in their order; `above` is what came
        down for the merged piece, None at the top.
    *shared
        What each merge is told beside, perhaps Delayed.

    Returns
    -------
    parts : ndarray of Delayed
        What comes down to each chunk, in the shape of the grid.
    kept : list of Delayed
        What is kept of all merges, those of chunks first.

    Notes
    -----
    The number of tasks is proportional to that of the chunks: no task meets them all.
    """
    from dask import delayed

    levels = []
    while not levels or pieces.size > 1:
        members: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for place in np.ndindex(pieces.shape):
            members.setdefault(tuple(k // 2 for k in place), []).append(place)
        above = np.empty([-(-n // 2) for n in pieces.shape], object)
        kept = np.empty(above.shape, object)
        last = above.size == 1
        for place, own in members.items():
            merged = delayed(merge, nout=2)([pieces[k] for k in own], last, *shared)
            above[place], kept[place] = merged
        levels.append((pieces.shape, members, kept))
        pieces = above
    parts = np.full((1,) * pieces.ndim, None, object)
    for shape, members, kept in reversed(levels):
        below = np.empty(shape, object)
        for place, own in members.items():
            shares = delayed(split, nout=len(own))(parts[place], kept[place])
            for k, share in zip(own, shares, strict=True):
                below[k] = share
        parts = below
    return parts, [one for _, _, kept in levels for one in kept.flat]

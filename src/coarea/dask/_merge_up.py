"""A quadtree of tasks: what chunks do not know goes up until it is known, and comes down again."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from coarea.base.arrays import Array

Key = tuple[Any, ...]
Graph = dict[Any, Any]


def merge_up(
    graph: Graph,
    name: str,
    pieces: Array,
    *,
    merge: Callable[..., tuple[Any, Any]],
    split: Callable[[Any, Any], list[Any]],
    shared: Sequence[Key] = (),
) -> tuple[Array, list[Key]]:
    """Merge the pieces of neighbouring chunks, two along each axis, until there is one, and bring down what was found.

    Parameters
    ----------
    graph : dict
        Of tasks by key; those of the merges are added.
    name : str
        What the keys of these begin with, of no other task.
    pieces : ndarray of keys
        Of the piece of each chunk, in the shape of the grid of chunks.
    merge : callable
        ``merge(pieces, last, *shared)`` gives the piece of a union and what is kept of it for the way down. `last`:
        nothing lies outside. A single chunk is merged too.
    split : callable
        ``split(above, kept)`` gives a part for each of the pieces that were merged, in their order; `above` is what
        came down for the merged piece, None at the top.
    shared : sequence of keys
        Of what each merge is told beside.

    Returns
    -------
    parts : ndarray of keys
        Of what comes down to each chunk, in the shape of the grid.
    kept : list of keys
        Of what is kept of all merges, the first ones first.

    Notes
    -----
    The number of tasks is proportional to that of the chunks: no task meets them all.
    """
    levels: list[tuple[dict[Key, list[Key]], Array]] = []
    grids = [pieces.shape]
    while not levels or pieces.size > 1:
        level, members = len(levels), _fours(pieces.shape)
        above, kept = (np.empty([-(-n // 2) for n in pieces.shape], object) for _ in range(2))
        for place, own in members.items():
            given = [pieces[k] for k in own], len(members) == 1, *shared
            merged = added(graph, (f"{name}-merged", level, *place), merge, *given)
            above[place] = added(graph, (f"{name}-piece", level, *place), itemgetter(0), merged)
            kept[place] = added(graph, (f"{name}-kept", level, *place), itemgetter(1), merged)
        levels.append((members, kept))
        pieces = above
        grids.append(pieces.shape)
    parts = np.full(pieces.shape, None, object)
    for level in reversed(range(len(levels))):
        members, kept = levels[level]
        below = np.empty(grids[level], object)
        for place, own in members.items():
            shares = added(graph, (f"{name}-split", level, *place), split, parts[place], kept[place])
            for k, one in enumerate(own):
                below[one] = added(graph, (f"{name}-part", level, *one), itemgetter(k), shares)
        parts = below
    return parts, [one for _, kept in levels for one in kept.flat]


def _fours(shape: tuple[int, ...]) -> dict[Key, list[Key]]:
    """Neighbouring places of a grid, two along each axis, by their place in the coarser grid."""
    members: dict[Key, list[Key]] = {}
    for place in np.ndindex(shape):
        members.setdefault(tuple(k // 2 for k in place), []).append(place)
    return members


def added(graph: Graph, key: Key, function: Callable[..., Any], *arguments: Any) -> Key:
    """The key of a task that was added."""
    graph[key] = (function, *arguments)
    return key

"""Pixels that their chunks leave undecided: pieces of one graph, merged until what surrounds them is known.

A piece says what its pixels want, how they pull at each other, and how what lies outside pulls at them: an outside
whose bounds meet is known, and holds them. Once all of it is known, so is the minimiser on the piece, and it is that of
the whole image.
"""

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.neighborhoods import pair_slices
from coarea.cuts.terms import Weights
from coarea.dask._brackets import Box, Problem, Window, within
from coarea.dask._remainders import Remainder, solve
from coarea.dask._whole import Whole

Places = NDArray[np.int64]


class RemainderTooLarge(MemoryError):
    """More pixels are decided only globally than `max_remainder` allows.

    See Also
    --------
    denoise_tv_l1, denoise_tv_l2 : raise it when they are computed.
    Remainders : how many pixels there were.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[0, 9] * 8] * 16, chunks=(4, 4))
    >>> try:
    ...     coarea.dask.denoise_tv_l1(image, 9, halo=1, max_remainder=0).compute()
    ... except coarea.dask.RemainderTooLarge:
    ...     print("larger chunks, or a larger halo")
    larger chunks, or a larger halo
    """


class Outer(NamedTuple):
    """Edges to pixels outside, and bounds of these."""

    site: Places  # of the piece
    outside: Places  # flat index in the image
    capacity: Weights
    low: Array  # marks
    high: Array


class Piece(NamedTuple):
    """The undecided pixels of a box of the image."""

    box: Box
    pixel: Places  # flat index in the image
    marks: Array
    rows: Weights  # (3, n): slope, up and down
    edges: Places  # (2, n_edges): sites
    capacity: Weights
    outer: Outer
    rim: Places  # decided pixels that others outside may ask for, flat indices in the image, increasing
    rim_marks: Array


class Kept(NamedTuple):
    """What a merge keeps: the marks that it decided, of which pixels, and how many each piece brought."""

    marks: Array
    is_decided: NDArray[np.bool_]
    counts: list[int]


def piece_of(
    whole: Whole, problem: Problem, window: Window, low: Array, high: Array
) -> tuple[Array, NDArray[np.bool_], Piece]:
    """Of a chunk whose bounds are given: marks, where they are not known yet, and the piece of these pixels."""
    chunk = within(window.chunk, window.outer)
    is_own = np.zeros(low.shape, bool)
    is_own[chunk] = True
    is_open = is_own & (low != high)
    place = _places(window.outer, whole.question.shape)
    site = np.full(low.shape, -1)
    site[is_open] = np.arange(np.count_nonzero(is_open))
    edges, capacities, outer = [], [], []
    for offset, capacity in problem.capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, site[first].shape)
        pulls = wide > 0
        both = is_open[first] & is_open[second] & pulls
        edges.append(np.stack([site[first][both], site[second][both]]))
        capacities.append(wide[both])
        for own, other in ((first, second), (second, first)):
            one = is_open[own] & ~is_open[other] & pulls
            outer.append(Outer(site[own][one], place[other][one], wide[one], low[other][one], high[other][one]))
    decided = is_own & ~is_open
    rim, rim_marks = place[decided], low[decided]
    near = _near_sides(rim, window.chunk, whole)
    rows = np.stack([np.broadcast_to(row, low.shape)[is_open] for row in problem.rows])
    piece = Piece(
        window.chunk, place[is_open], problem.marks[is_open], rows, np.concatenate(edges, 1),
        np.concatenate(capacities), _joined(outer), rim[near], rim_marks[near],
    )  # fmt: skip
    return low[chunk], is_open[chunk], piece


def merge(pieces: list[Piece], last: bool, whole: Whole, max_remainder: int) -> tuple[Piece, Kept]:
    """The piece of neighbouring ones, and what was decided of it."""
    counts = [len(piece.pixel) for piece in pieces]
    if sum(counts) > max_remainder:
        raise RemainderTooLarge(_too_large(sum(counts), whole, max_remainder))
    piece = _settled(_union(pieces))
    outer = piece.outer
    remainder = Remainder(
        piece.pixel, piece.marks, piece.rows, piece.edges, piece.capacity, outer.site, outer.outside, outer.capacity,
        outer.low,
    )  # fmt: skip
    low, high = solve(whole, remainder, outer.high)
    is_decided = low == high
    assert is_decided.all() or not last, "nothing is left outside of the whole image"
    return _undecided(piece, low, is_decided, whole), Kept(low, is_decided, counts)


def split(above: Array | None, kept: Kept) -> list[Array]:
    """The marks of the pixels of each piece that was merged, with those that came down."""
    marks = kept.marks
    if not kept.is_decided.all():
        marks = marks.copy()
        marks[~kept.is_decided] = above
    return np.split(marks, np.cumsum(kept.counts)[:-1])


def _union(pieces: Sequence[Piece]) -> Piece:
    """All in one, nothing settled yet."""
    starts = np.cumsum([0, *(len(piece.pixel) for piece in pieces)])[:-1]
    outer = _joined(
        [piece.outer._replace(site=piece.outer.site + start) for piece, start in zip(pieces, starts, strict=True)]
    )
    box = tuple(
        slice(min(part.start for part in parts), max(part.stop for part in parts))
        for parts in zip(*(piece.box for piece in pieces), strict=True)
    )
    rim = np.concatenate([piece.rim for piece in pieces])
    order = np.argsort(rim)
    return Piece(
        box,
        np.concatenate([piece.pixel for piece in pieces]),
        np.concatenate([piece.marks for piece in pieces]),
        np.concatenate([piece.rows for piece in pieces], 1),
        np.concatenate([piece.edges + start for piece, start in zip(pieces, starts, strict=True)], 1),
        np.concatenate([piece.capacity for piece in pieces]),
        outer,
        rim[order],
        np.concatenate([piece.rim_marks for piece in pieces])[order],
    )


def _settled(piece: Piece) -> Piece:
    """With edges to pixels that are no longer outside as edges inside, once, or as held by what is known."""
    order = np.argsort(piece.pixel)
    outer = piece.outer
    where, is_site = _found(piece.pixel[order], outer.outside)
    other = order[where[is_site]]
    once = outer.site[is_site] < other
    edges = np.stack([outer.site[is_site][once], other[once]])
    capacity = outer.capacity[is_site][once]
    outer = Outer(*(part[~is_site] for part in outer))
    where, is_known = _found(piece.rim, outer.outside)
    low, high = outer.low.copy(), outer.high.copy()
    low[is_known] = high[is_known] = piece.rim_marks[where[is_known]]
    return piece._replace(
        edges=np.concatenate([piece.edges, edges], 1),
        capacity=np.concatenate([piece.capacity, capacity]),
        outer=outer._replace(low=low, high=high),
    )


def _undecided(piece: Piece, marks: Array, is_decided: NDArray[np.bool_], whole: Whole) -> Piece:
    """The piece of the pixels that are left; those decided hold them from outside."""
    is_left = ~is_decided
    site = np.cumsum(is_left) - 1
    first, second = piece.edges
    inside = is_left[first] & is_left[second]
    stays = is_left[piece.outer.site]
    outer = [Outer(site[piece.outer.site[stays]], *(part[stays] for part in piece.outer[1:]))]
    for own, other in ((first, second), (second, first)):
        one = is_left[own] & is_decided[other]
        known = marks[other[one]]
        outer.append(Outer(site[own[one]], piece.pixel[other[one]], piece.capacity[one], known, known))
    rim = np.concatenate([piece.rim, piece.pixel[is_decided]])
    rim_marks = np.concatenate([piece.rim_marks, marks[is_decided]])
    near = _near_sides(rim, piece.box, whole)
    return Piece(
        piece.box, piece.pixel[is_left], piece.marks[is_left], piece.rows[:, is_left], site[piece.edges[:, inside]],
        piece.capacity[inside], _joined(outer), rim[near], rim_marks[near],
    )  # fmt: skip


def _joined(parts: Sequence[Outer]) -> Outer:
    return Outer(*(np.concatenate(same) for same in zip(*parts, strict=True)))


def _found(increasing: Places, wanted: Places) -> tuple[Places, NDArray[np.bool_]]:
    """Where the wanted numbers are among increasing ones, and whether they are."""
    where = np.minimum(np.searchsorted(increasing, wanted), max(len(increasing) - 1, 0))
    is_there = increasing[where] == wanted if len(increasing) else np.zeros(len(wanted), bool)
    return where, is_there


def _places(box: Box, shape: tuple[int, ...]) -> Places:
    """The flat indices of the pixels of a box in the image."""
    strides = np.cumprod([1, *shape[:0:-1]])[::-1]
    along = [np.arange(part.start, part.stop) * stride for part, stride in zip(box, strides, strict=True)]
    return reduce(np.add.outer, along)


def _near_sides(places: Places, box: Box, whole: Whole) -> NDArray[np.bool_]:
    """Which pixels of a box others outside of it may be neighbours of."""
    shape, near = whole.question.shape, np.zeros(len(places), bool)
    for along, part, length in zip(np.unravel_index(places, shape), box, shape, strict=True):
        near |= (part.start > 0) & (along < part.start + whole.question.reach)
        near |= (part.stop < length) & (along >= part.stop - whole.question.reach)
    return near


def _too_large(n_pixels: int, whole: Whole, max_remainder: int) -> str:
    size = math.prod(whole.question.shape)
    return (
        f"{n_pixels} of {size} pixels are decided only globally, more than max_remainder={max_remainder}: beta is "
        "large for these chunks; take chunks wider than 4 beta or a larger halo, or raise max_remainder"
    )

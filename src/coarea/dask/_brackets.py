"""Bounds of the minimiser on a window: what lies outside is held at the lowest grey value, then at the highest.

Of a problem with the pixels outside of a window held, the smallest (or the largest) minimiser rises with what they are
held at. So the minimiser of the whole image lies between the two, and where they meet it is known.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.neighborhoods import Offset
from coarea.cuts.grid import minimize_grid
from coarea.cuts.terms import Term, Weights
from coarea.dask._whole import Tile, Whole

Box = tuple[slice, ...]


class Window(NamedTuple):
    """A chunk, the chunk with its halo, and this with the ring of pixels that are held, as places in the image."""

    chunk: Box
    inner: Box
    outer: Box

    @classmethod
    def around(cls, chunk: Box, halo: int, reach: int, shape: tuple[int, ...]) -> "Window":
        """Cut at the frame of the image, where nothing is held."""
        inner = grown(chunk, halo, shape)
        return cls(chunk, inner, grown(inner, reach, shape))


class Problem(NamedTuple):
    """The pixels of a box in integers."""

    marks: Array
    rows: Sequence[Weights]  # slope, up and down
    capacities: Mapping[Offset, Weights]
    fixed: NDArray[np.bool_] | None = None


def problem_of(whole: Whole, tile: Tile) -> Problem:
    """The pixels of a tile as they are in the whole image's problem."""
    values, weights = tile.known()
    marks = whole.marks(values, tile.has_data(weights))
    return Problem(marks, whole.rows(weights), whole.capacities(values.shape, tile.edge_weights), tile.held())


def bracket(whole: Whole, problem: Problem, window: Window) -> tuple[Array, Array]:
    """Marks between which the minimiser lies, in the outer box of a window."""
    inner = within(window.inner, window.outer)
    ring = np.ones(problem.marks.shape, bool)
    ring[inner] = False
    held = ring if problem.fixed is None else ring | problem.fixed
    if not ring.any():
        found = minimum(whole, problem, held, problem.marks)
        return found, found
    low, high = (minimum(whole, problem, held, np.where(ring, end, problem.marks)) for end in whole.ends)
    return low, high


def minimum(whole: Whole, problem: Problem, held: NDArray[np.bool_], marks: Array) -> Array:
    """The minimiser where some pixels are held at their marks."""
    level, n_levels, table = whole.levels(marks)
    pull = 2 * sum(int(capacity.max(initial=0)) for capacity in problem.capacities.values())
    rows = [np.where(held, pull + 1, row) for row in problem.rows] if held.any() else list(problem.rows)
    term = Term.of(level, *rows, n_levels=n_levels).bounded(pull)
    found = minimize_grid(term, problem.capacities, tie=whole.question.tie).level
    return found if table is None else table[found]


def grown(box: Box, width: int, shape: tuple[int, ...]) -> Box:
    """The box with so many pixels more on all sides, inside the image."""
    return tuple(slice(max(0, s.start - width), min(n, s.stop + width)) for s, n in zip(box, shape, strict=True))


def within(box: Box, outer: Box) -> Box:
    """The places of a box in another one."""
    return tuple(slice(s.start - o.start, s.stop - o.start) for s, o in zip(box, outer, strict=True))

"""The minimiser on pixels that are left over: scattered ones as a graph, those that fill their box as a grid."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.neighborhoods import pair_slices
from coarea.cuts.graph import minimize_graph
from coarea.cuts.terms import Term, Weights
from coarea.dask._brackets import Box, Problem, grown, minimum
from coarea.dask._whole import Whole

Places = NDArray[np.int64]

DENSE = 0.2  # share of its box that a component fills, from which on a grid is solved faster
WORTH_A_GRID = 4096  # pixels
HOLD_MAX = 2**60  # a node that is held adds up no more


class Remainder(NamedTuple):
    """Pixels, what they want, their edges, and those to pixels outside that are held at marks."""

    pixel: Places  # flat index in the image
    marks: Array
    rows: Weights  # (3, n): slope, up and down
    edges: Places  # (2, n_edges): sites
    capacity: Weights
    site: Places
    outside: Places  # flat index in the image
    outer_capacity: Weights
    held: Array

    def of(self, chosen: NDArray[np.bool_]) -> "Remainder":
        """That of some of the pixels, which no edge joins to the others."""
        site = np.cumsum(chosen) - 1
        inner, outer = chosen[self.edges[0]], chosen[self.site]
        return Remainder(
            self.pixel[chosen], self.marks[chosen], self.rows[:, chosen], site[self.edges[:, inner]],
            self.capacity[inner], site[self.site[outer]], self.outside[outer], self.outer_capacity[outer],
            self.held[outer],
        )  # fmt: skip


def solve(whole: Whole, remainder: Remainder, high: Array) -> tuple[Array, Array]:
    """Marks between which the minimiser lies: with the outside held where it is, and at marks that are higher."""
    if not len(remainder.pixel):
        return remainder.marks, remainder.marks
    component, n_components = _components(remainder)
    is_open = np.zeros(n_components, bool)
    is_open[component[remainder.site[remainder.held != high]]] = True
    low = _minimum(whole, remainder, component)
    chosen = is_open[component]
    if not chosen.any():
        return low, low
    upper = low.copy()
    upper[chosen] = _minimum(whole, remainder._replace(held=high).of(chosen), component[chosen])
    return low, upper


def _components(remainder: Remainder) -> tuple[Places, int]:
    """The component of each pixel, and their number."""
    from scipy import sparse  # here: its import takes longer than that of the library
    from scipy.sparse import csgraph

    n_pixels = len(remainder.pixel)
    ones = np.ones(len(remainder.capacity), np.int8)
    links = sparse.coo_matrix((ones, tuple(remainder.edges)), (n_pixels, n_pixels))
    n_components, component = csgraph.connected_components(links, directed=False)
    return component, n_components


def _minimum(whole: Whole, remainder: Remainder, component: Places) -> Array:
    """The minimiser with the outside held: components that fill their box on a grid, the others as one graph."""
    found = remainder.marks.copy()
    rest = np.ones(len(found), bool)
    for chosen, box in _dense_components(whole, remainder, component):
        found[chosen] = _on_grid(whole, remainder.of(chosen), box)
        rest &= ~chosen
    found[rest] = _on_graph(whole, remainder.of(rest))
    return found


def _dense_components(whole: Whole, remainder: Remainder, component: Places) -> Iterator[tuple[NDArray[np.bool_], Box]]:
    """Components that fill their box, and the box."""
    for label in np.flatnonzero(np.bincount(component) >= WORTH_A_GRID):
        chosen = component == label
        along = np.unravel_index(remainder.pixel[chosen], whole.question.shape)
        box = tuple(slice(int(part.min()), int(part.max()) + 1) for part in along)
        if np.count_nonzero(chosen) > DENSE * np.prod([float(part.stop - part.start) for part in box]):
            yield chosen, box


def _on_grid(whole: Whole, remainder: Remainder, box: Box) -> Array:
    """The minimiser of a component, with all other pixels of its box held."""
    box = grown(box, whole.question.reach, whole.question.shape)
    begin = [part.start for part in box]
    shape = tuple(part.stop - part.start for part in box)

    def inside(places: Places) -> tuple[Places, ...]:
        along = np.unravel_index(places, whole.question.shape)
        return tuple(part - start for part, start in zip(along, begin, strict=True))

    own, other = inside(remainder.pixel), inside(remainder.outside)
    marks = np.full(shape, whole.ends[0])
    held = np.ones(shape, bool)
    marks[own], held[own], marks[other] = remainder.marks, False, remainder.held
    rows = [np.zeros(shape, np.int64) for _ in range(3)]
    for row, given in zip(rows, remainder.rows, strict=True):
        row[own] = given
    site = [part[np.append(remainder.edges[0], remainder.site)] for part in own]
    far = [np.append(part[remainder.edges[1]], beyond) for part, beyond in zip(own, other, strict=True)]
    capacity = np.append(remainder.capacity, remainder.outer_capacity)
    capacities = {}
    for offset in whole.edges:
        full = np.zeros(shape, np.int64)
        for first, second in ((site, far), (far, site)):
            steps = zip(first, second, offset, strict=True)
            along = np.logical_and.reduce([one + step == two for one, two, step in steps])
            full[tuple(part[along] for part in first)] = capacity[along]
        capacities[offset] = np.ascontiguousarray(full[pair_slices(offset)[0]])
    found = minimum(whole, Problem(marks, rows, capacities), held, marks)
    return found[own]


def _on_graph(whole: Whole, remainder: Remainder) -> Array:
    """The minimiser with the outside held; what is held at one mark is one node."""
    n_pixels = len(remainder.pixel)
    if not n_pixels:
        return remainder.marks
    capacity = np.concatenate([remainder.capacity, remainder.outer_capacity])
    held, node = np.unique(remainder.held, return_inverse=True)
    if capacity.sum(dtype=np.float64) > HOLD_MAX:
        held, node = remainder.held, np.arange(len(remainder.held))
    level, n_levels, table = whole.levels(np.concatenate([remainder.marks, held]))
    first = np.concatenate([remainder.edges[0], remainder.site]).astype(np.int32)
    second = np.concatenate([remainder.edges[1], n_pixels + node]).astype(np.int32)
    sums = np.zeros(len(level), np.int64)
    np.add.at(sums, first, capacity)
    np.add.at(sums, second, capacity)
    pull = int(sums.max())
    rows = [np.append(row, np.full(len(held), pull + 1)) for row in remainder.rows]
    term = Term.of(level, *rows, n_levels=n_levels).bounded(pull)
    found = minimize_graph(term, first, second, capacity, tie=whole.question.tie).level[:n_pixels]
    return found if table is None else table[found]

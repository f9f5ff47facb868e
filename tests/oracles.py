"""Brute force by definition: slow, obvious, and independent of the code it judges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import csgraph

CROSS = ndimage.generate_binary_structure(2, 1)
SQUARE = ndimage.generate_binary_structure(2, 2)
FACES, CUBE = (ndimage.generate_binary_structure(3, c) for c in (1, 3))
UPPER_AND_LOWER = {"8-4": (SQUARE, CROSS), "4-8": (CROSS, SQUARE), "26-6": (CUBE, FACES), "6-26": (FACES, CUBE)}


class Node(NamedTuple):
    """What is known of a node of a tree: its grey value, +1 (sup), -1 (inf) or 0 (root), and the mask of its parent."""

    value: float
    polarity: int
    parent: bytes


# Trees: a node is the bytes of the boolean mask of its pixels ----------------------------------------------------


def components(mask: np.ndarray, structure: np.ndarray) -> Iterator[np.ndarray]:
    labels, count = ndimage.label(mask, structure)
    for label in range(1, count + 1):
        yield labels == label


def shapes_of_a_component(
    component: np.ndarray, dual: np.ndarray, outside: tuple[int, ...] | None, step: int = 1
) -> list[np.ndarray]:
    """The component with its holes filled, as seen from the pixel `outside` (None: the half-area rule).

    Of a component on a finer grid, the pixels at every `step`-th place count.
    """
    labels, _ = ndimage.label(~component, dual)
    pixels = (slice(None, None, step),) * component.ndim
    if outside is not None:
        return [] if component[outside] else [(labels != labels[outside])[pixels]]
    frame = frame_mask(component.shape)
    sides = [(labels != label)[pixels] for label in np.unique(labels[frame & ~component])]
    if not component[frame].any():  # a closed line: its inside, whatever its size
        return sides
    first = (0,) * component.ndim
    return [s for s in sides if 2 * s.sum() < s.size or (2 * s.sum() == s.size and not s[first])]


def level_set_shapes(
    image: np.ndarray, structures: tuple[np.ndarray, np.ndarray], outside: tuple[int, ...] | None
) -> dict[bytes, tuple[float, int]]:
    """Every shape but the root; a shape of several levels has the extreme one."""
    found = {}
    levels = np.unique(image)
    upper, lower = structures
    for level in levels:
        for component in components(image >= level, upper):
            for shape in shapes_of_a_component(component, lower, outside):
                found[shape.tobytes()] = (level, 1)
    for level in levels[::-1]:
        for component in components(image <= level, lower):
            for shape in shapes_of_a_component(component, upper, outside):
                found[shape.tobytes()] = (level, -1)
    return found


def self_dual_faces(image: np.ndarray, root: tuple[int, int]) -> np.ndarray:
    """The level of the pixels, edges and corners, at even and odd places of a grid, flooded from a pixel.

    Edges and corners hold the interval of their pixels' values, and take the one that is nearest to the level of the
    flood that reaches them.
    """
    shape = tuple(2 * length - 1 for length in image.shape)
    low, high = (
        np.array([[extreme(image[i // 2 : (i + 1) // 2 + 1, j // 2 : (j + 1) // 2 + 1]) for j in range(shape[1])]
                  for i in range(shape[0])]) for extreme in (np.min, np.max)
    )  # fmt: skip
    start = tuple(2 * i for i in root)
    low, high = low.astype(float), high.astype(float)
    level, waiting, faces = low[start], {start: low[start]}, np.full(shape, np.nan)
    while waiting:
        face = min(waiting, key=lambda face: abs(waiting[face] - level))
        level = faces[face] = waiting.pop(face)
        for step in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            i, j = face[0] + step[0], face[1] + step[1]
            if 0 <= i < shape[0] and 0 <= j < shape[1] and np.isnan(faces[i, j]) and (i, j) not in waiting:
                waiting[i, j] = min(max(level, low[i, j]), high[i, j])
    return faces


def self_dual_shapes(
    image: np.ndarray, root: tuple[int, int], outside: tuple[int, int] | None
) -> dict[bytes, tuple[float, int]]:
    """Every shape but the root; saddles are decided seen from `root`, and `outside` is as for `level_set_shapes`."""
    faces = self_dual_faces(image, root)
    seen_from = None if outside is None else tuple(2 * i for i in outside)
    found = {}
    for polarity in (1, -1):
        for level in np.unique(faces)[::polarity]:
            for component in components(polarity * faces >= polarity * level, CROSS):
                for shape in shapes_of_a_component(component, SQUARE, seen_from, step=2):
                    found[shape.tobytes()] = (level, polarity)
    found.pop(bytes(image.size), None)
    return found


def frame_mask(shape: tuple[int, ...]) -> np.ndarray:
    frame = np.ones(shape, dtype=bool)
    frame[(slice(1, -1),) * len(shape)] = False
    return frame


def ring_value(image: np.ndarray, border: str | float) -> float:
    statistic = {"median": np.median, "mean": np.mean, "minimum": np.min, "maximum": np.max}
    if isinstance(border, str):
        return float(statistic[border](image[frame_mask(image.shape)].astype(float)))
    return float(border)


def tree_of_shapes(image: np.ndarray, connectivity: str, border: str | float | tuple[int, int]) -> dict[bytes, Node]:
    """The tree of shapes of a small image whose values are integers that a float holds."""
    whole = np.ones(image.shape, dtype=bool).tobytes()

    def shapes_of(image, outside):
        if connectivity == "self-dual":
            return self_dual_shapes(image, outside or (0, 0), outside)
        return level_set_shapes(image, UPPER_AND_LOWER[connectivity], outside)

    if border == "half-area" or isinstance(border, tuple):
        shapes = shapes_of(image, None if border == "half-area" else border)
        covered = (
            np.any([np.frombuffer(s, dtype=bool) for s in shapes], axis=0) if shapes else np.zeros(image.size, bool)
        )
        (root_value,) = np.unique(image.ravel()[~covered])
    else:
        ring = ring_value(image, border)
        inner = (slice(1, -1),) * image.ndim
        padded = np.pad(image.astype(float), 1, constant_values=ring)
        cut = [(np.frombuffer(s, dtype=bool).reshape(padded.shape)[inner].tobytes(), known)
               for s, known in shapes_of(padded, (0,) * image.ndim).items()]  # fmt: skip
        shapes = dict(cut)
        limits = np.iinfo(image.dtype)
        root_value = min(max(math.floor(ring), limits.min), limits.max)
        if whole in shapes:  # the ring would be an empty root
            root_value = shapes.pop(whole)[0]
    return with_parents({whole: (root_value, 0)} | shapes)


def component_tree(image: np.ndarray, connectivity: int, side: int) -> dict[bytes, Node]:
    """The max-tree (side 1) or the min-tree (side -1) in any number of dimensions."""
    structure = ndimage.generate_binary_structure(image.ndim, connectivity)
    found = {}
    for level in np.unique(image)[::side]:
        for component in components(side * image >= side * level, structure):
            found[component.tobytes()] = (level, side)
    whole = np.ones(image.shape, dtype=bool).tobytes()
    found[whole] = (found[whole][0], 0)
    return with_parents(found)


def with_parents(shapes: dict[bytes, tuple[float, int]]) -> dict[bytes, Node]:
    """Add to each shape the smallest one that strictly encloses it (to the root: itself)."""
    keys = sorted(shapes, key=lambda key: -key.count(1))
    masks = np.array([np.frombuffer(key, dtype=bool) for key in keys])
    enclosed = masks.astype(int) @ (~masks).T.astype(int) == 0  # [i, j]: i is a subset of j
    parents = [max((j for j in np.flatnonzero(row) if j < i), default=0) for i, row in enumerate(enclosed)]
    return {key: Node(*shapes[key], keys[parent]) for key, parent in zip(keys, parents, strict=True)}


def node_masks(parent: np.ndarray, node_of_pixel: np.ndarray) -> np.ndarray:
    """(n_nodes,) + image.shape, bool: a pixel is in a node that is its own or an ancestor of its own."""
    masks = np.zeros((len(parent), *node_of_pixel.shape), dtype=bool)
    for pixel, node in np.ndenumerate(node_of_pixel):
        while node != parent[node]:
            masks[node][pixel] = True
            node = parent[node]
        masks[node][pixel] = True
    return masks


def nodes_of(tree) -> dict[bytes, Node]:
    """A tree of the package in the form of the trees above."""
    keys = [mask.tobytes() for mask in node_masks(tree.parent, tree.node_of_pixel)]
    assert len(set(keys)) == len(keys), "two nodes are the same set of pixels"
    return {
        key: Node(value.item(), int(polarity), keys[parent])
        for key, value, polarity, parent in zip(keys, tree.value, tree.polarity, tree.parent, strict=True)
    }


def fingerprints(tree) -> set[tuple[int, int, int, int]]:
    """A random number, the value, the polarity and the parent's number of each shape: for trees of large images."""
    random = np.random.default_rng(5).integers(0, 2**44, tree.node_of_pixel.size, dtype=np.uint64)
    number = np.zeros(len(tree), dtype=np.uint64)
    np.add.at(number, tree.node_of_pixel.ravel(), random)
    for node in range(len(tree) - 1, 0, -1):
        number[tree.parent[node]] += number[node]
    columns = (number, tree.value, tree.polarity, number[tree.parent])
    shapes = set(zip(*(column.tolist() for column in columns), strict=True))
    assert len(shapes) == len(tree)
    return shapes


# Attributes of sets of pixels ------------------------------------------------------------------------------------


def neighbor_pairs(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices of the pairs of pixels that differ by one along one axis."""
    index = np.arange(math.prod(shape)).reshape(shape)
    pairs = [(np.delete(index, -1, axis).ravel(), np.delete(index, 0, axis).ravel()) for axis in range(len(shape))]
    return np.concatenate([p for p, _ in pairs]), np.concatenate([q for _, q in pairs])


def perimeter(mask: np.ndarray) -> int:
    p, q = neighbor_pairs(mask.shape)
    return int((mask.ravel()[p] != mask.ravel()[q]).sum())


def total_variation(image: np.ndarray) -> int:
    """Of an integer image, over the 4-neighbours (in n dimensions, the 2n-neighbours)."""
    return sum(int(np.abs(np.diff(image.astype(np.int64), axis=axis)).sum()) for axis in range(image.ndim))


# Energies and their minimisers -----------------------------------------------------------------------------------


class Problem(NamedTuple):
    """sum_i mass_i |u_i - value_i| + beta * sum_k coefficient_k |u_first(k) - u_second(k)|."""

    value: np.ndarray
    mass: np.ndarray
    first: np.ndarray
    second: np.ndarray
    coefficient: np.ndarray
    beta: float

    def terms(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Fidelity and total variation of the labelings u, one per column."""
        difference = np.abs(u[self.first] - u[self.second])
        return self.mass @ np.abs(u - self.value[:, None]), self.coefficient @ difference

    def energy(self, u: np.ndarray) -> float:
        fidelity, variation = self.terms(u.reshape(-1, 1))
        return float(fidelity[0] + self.beta * variation[0])


def pixel_problem(image: np.ndarray, beta: float, neighbors: int = 4, weights: np.ndarray | None = None) -> Problem:
    """neighbors=4: every pair counts 1. neighbors=8: pi/8, and pi/(8 sqrt 2) along the diagonals."""
    first, second = neighbor_pairs(image.shape)
    coefficient = np.ones(len(first), dtype=np.int64)
    if neighbors == 8:
        index = np.arange(image.size).reshape(image.shape)
        diagonals = [(index[:-1, :-1], index[1:, 1:]), (index[:-1, 1:], index[1:, :-1])]
        first = np.concatenate([first, *(p.ravel() for p, _ in diagonals)])
        second = np.concatenate([second, *(q.ravel() for _, q in diagonals)])
        diagonal = np.full(len(first) - len(coefficient), np.pi / 8 / np.sqrt(2))
        coefficient = np.concatenate([np.full(len(coefficient), np.pi / 8), diagonal])
    mass = np.ones(image.size, dtype=np.int64) if weights is None else weights.ravel()
    return Problem(image.ravel().astype(np.int64), mass, first, second, coefficient, beta)


def tree_problem(tree, beta: float, weights: np.ndarray | None = None) -> Problem:
    """The energy on the nodes of a tree, with the perimeters counted pair by pair."""
    n_nodes = len(tree.parent)
    weights = np.ones(tree.node_of_pixel.shape, dtype=np.int64) if weights is None else weights
    mass = np.array([weights[tree.node_of_pixel == node].sum() for node in range(n_nodes)])
    lengths = np.array([perimeter(mask) for mask in node_masks(tree.parent, tree.node_of_pixel)])
    nodes = np.arange(1, n_nodes)
    return Problem(tree.value.astype(np.int64), mass, nodes, tree.parent[1:], lengths[1:], beta)


class Minimum(NamedTuple):
    energy: float
    lower: np.ndarray
    upper: np.ndarray
    n_minimisers: int


@lru_cache(maxsize=8)
def labelings(n_sites: int, n_levels: int) -> np.ndarray:
    return np.indices((n_levels,) * n_sites, dtype=np.int8).reshape(n_sites, -1)


def minimum_over_labelings(problem: Problem, levels: np.ndarray) -> Minimum:
    """Try every labeling; the minimisers form a lattice, whose ends are `lower` and `upper`."""
    u = np.asarray(levels, dtype=np.int64)[labelings(len(problem.value), len(levels))]
    fidelity, variation = problem.terms(u)
    energies = fidelity + problem.beta * variation
    threshold = energies.min() + 1e-9 * (1 + energies.min())
    best = u[:, energies <= threshold]
    lower, upper = best.min(axis=1), best.max(axis=1)
    for end in (lower, upper):  # else the tolerance has let in what is no minimiser
        assert problem.energy(end) <= threshold
    return Minimum(float(energies.min()), lower, upper, best.shape[1])


def independent_cuts(problem: Problem) -> Minimum:
    """One minimum cut per grey level, by scipy's maximum flow; mass, coefficient and beta are integers."""
    levels = np.unique(problem.value)
    lower, upper = (np.full(len(problem.value), levels[0]) for _ in range(2))
    for level in levels[1:]:
        smallest, largest = binary_cut(problem, problem.value >= level)
        lower[smallest], upper[largest] = level, level
    return Minimum(problem.energy(lower), lower, upper, 0)


def binary_cut(problem: Problem, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest set x that minimises mass @ (x != wanted) + beta * the length of its boundary."""
    n_sites = len(wanted)
    source, sink = n_sites, n_sites + 1
    inside, outside = np.flatnonzero(wanted), np.flatnonzero(~wanted)
    length = (problem.beta * problem.coefficient).astype(np.int32)
    rows = [problem.first, problem.second, np.full(len(inside), source), outside]
    columns = [problem.second, problem.first, inside, np.full(len(outside), sink)]
    capacity = np.concatenate([length, length, problem.mass[inside], problem.mass[outside]]).astype(np.int32)
    ends = (np.concatenate(rows), np.concatenate(columns))
    graph = sparse.csr_array((capacity, ends), shape=(n_sites + 2, n_sites + 2))
    residual = sparse.csr_array(graph - csgraph.maximum_flow(graph, source, sink).flow)
    residual.eliminate_zeros()
    smallest, largest = np.zeros(n_sites + 2, dtype=bool), np.ones(n_sites + 2, dtype=bool)
    smallest[csgraph.breadth_first_order(residual, source, return_predecessors=False)] = True
    largest[csgraph.breadth_first_order(residual.T.tocsr(), sink, return_predecessors=False)] = False
    return smallest[:n_sites], largest[:n_sites]

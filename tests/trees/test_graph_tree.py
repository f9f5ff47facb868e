"""The tree of a graph against the trees of images, and against components by definition."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

import coarea
import oracles
from coarea import attributes

OF_IMAGES = (
    "bounding_box", "centroid", "compactness", "eccentricity", "elongation", "inertia", "mean_contrast", "orientation",
    "perimeter", "second_moments", "total_variation", "touches_frame",
)  # fmt: skip


def grid_edges(shape: tuple[int, ...]) -> np.ndarray:
    return np.stack(oracles.neighbor_pairs(shape), axis=1)


def nodes_of(tree: coarea.Tree) -> set[tuple[bytes, float, int, bytes]]:
    return {(key, *node) for key, node in oracles.nodes_of(tree).items()}


def random_graphs(rng: np.random.Generator, number: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Values and edges of connected graphs: a random tree and some more edges, loops and doubles among them."""
    for _ in range(number):
        n = int(rng.integers(1, 12))
        tree = [(i, rng.integers(0, i)) for i in range(1, n)]
        more = rng.integers(0, n, (rng.integers(0, 6), 2)).tolist()
        edges = np.array([*tree, *more], int).reshape(-1, 2)
        edges = np.where(rng.random((len(edges), 1)) < 0.5, edges, edges[:, ::-1])
        order = rng.permutation(n)
        yield rng.integers(0, 5, n), order[rng.permutation(edges)]


@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, bool])
def test_the_tree_of_a_grid_is_that_of_the_image(kind, dtype, rng):
    build = coarea.max_tree if kind == "max" else coarea.min_tree
    for _ in range(40):
        image = rng.integers(0, 6, rng.integers(1, 7, 2)).astype(dtype)
        tree = coarea.tree_of_graph(image.ravel(), grid_edges(image.shape), kind)
        assert tree.value.dtype == dtype
        assert tree.kind == f"{kind}-tree"
        assert nodes_of(tree) == nodes_of(build(image))
        np.testing.assert_array_equal(tree.reconstruct(), image.ravel())


@pytest.mark.parametrize("kind", ["max", "min"])
def test_nodes_are_the_components_of_level_sets(kind, rng):
    side = 1 if kind == "max" else -1
    for values, edges in random_graphs(rng, 300):
        found = set()
        for level in np.unique(values):
            inside = side * values >= side * level
            own = edges[inside[edges].all(axis=1)]
            graph = sparse.coo_array((np.ones(len(own)), own.T), shape=(len(values),) * 2)
            labels = np.where(inside, csgraph.connected_components(graph, directed=False)[1], -1)
            found |= {(labels == label).tobytes() for label in np.unique(labels[inside])}
        tree = coarea.tree_of_graph(values, edges, kind)
        nodes = oracles.nodes_of(tree)
        assert set(nodes) == found
        assert (tree.parent[1:] < np.arange(1, len(tree))).all()
        assert tree.polarity.tolist() == [0] + [side] * (len(tree) - 1)
        np.testing.assert_array_equal(tree.reconstruct(), values)


def test_attributes_and_filters_apply_but_not_what_needs_a_plane(rng):
    image = rng.integers(0, 9, (9, 11)).astype(np.uint8)
    tree = coarea.tree_of_graph(image.ravel(), grid_edges(image.shape))
    assert coarea.area_opening(tree, 4).tolist() == coarea.area_opening(image, 4).ravel().tolist()
    known = {"area", "own_area", "depth", "height", "volume", "mean", "variance", "dynamics"}
    table = attributes.table(tree)
    assert set(table) == {"parent", "value", "polarity", *known}
    for name in OF_IMAGES:
        with pytest.raises(ValueError, match="tree must be of an image, got that of a graph"):
            getattr(attributes, name)(tree)
    with pytest.raises(ValueError, match="got that of a graph"):
        coarea.denoise_tv_l1(tree, 2)
    simple = tree.simplify(attributes.area(tree) > 3)
    assert simple.connectivity == "graph"
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert repr(tree) == f"<max-tree of a graph of 99 vertices, uint8: {len(tree)} nodes>"
    assert "graph" in tree._repr_html_()


def test_all_ways_to_give_edges_are_one(rng):
    values, edges = [3, 1, 2], np.array([[0, 1], [1, 2]])
    expected = coarea.tree_of_graph(values, edges)
    read_only = edges.astype(np.uint8)
    read_only.flags.writeable = False
    for same in (edges.tolist(), edges[:, ::-1], edges.astype(">i8"), read_only, np.asfortranarray(edges), edges[::-1]):
        assert coarea.tree_of_graph(values, same) == expected
    assert len(coarea.tree_of_graph([5], [])) == 1
    assert len(coarea.tree_of_graph([5], [[0, 0]])) == 1


@pytest.mark.parametrize(
    ("values", "edges", "message"),
    [
        ([1, 2, 3], [[0, 1]], "edges must connect all vertices, got a graph in several parts: take them one by one"),
        ([1, 2], [], "edges must connect all vertices"),
        ([1, 2], [[0, 2]], r"edges must join nodes in \[0, 2\), got 0 to 2"),
        ([1, 2], [[-1, 0]], r"edges must join nodes in \[0, 2\), got -1 to 0"),
        ([1, 2, 3], ([0, 1, 2], [1, 2, 0]), r"edges must have shape \(n_edges, 2\), got \(2, 3\): give edges.T"),
        ([1, 2], [0, 1], r"edges must have shape \(n_edges, 2\)"),
        ([1, 2], [[0.0, 1.0]], "edges must be integers, got float64"),
        ([1, np.nan], [[0, 1]], "values contains NaN"),
        ([[1, 2]], [[0, 1]], "values must be 1-D, got 2-D"),
        ([], [], "values must hold at least one"),
    ],
)
def test_wrong_graphs_are_refused(values, edges, message):
    with pytest.raises((ValueError, TypeError), match=message):
        coarea.tree_of_graph(values, edges)


def test_more_vertices_than_indices_are_refused(monkeypatch):
    monkeypatch.setattr("coarea.trees.graph.INDEX_MAX", 2)
    assert len(coarea.tree_of_graph([1, 2], [[0, 1]])) == 2
    with pytest.raises(ValueError, match="values must be of at most 2 vertices, got 3"):
        coarea.tree_of_graph([1, 2, 3], [[0, 1], [1, 2]])


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="kind must be one of 'max', 'min', got 'max-tree'"):
        coarea.tree_of_graph([1], [], "max-tree")

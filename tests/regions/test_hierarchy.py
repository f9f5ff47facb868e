"""Laws of hierarchies: cuts are nested and have their numbers, the boundary map is their components."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import ndimage
from scipy.cluster import hierarchy as clusters
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import coarea


def random_hierarchy(rng, shape=(12, 13), n=20, distinct=6):
    """Of connected regions."""
    seeds = np.zeros(shape, int)
    seeds.ravel()[rng.permutation(seeds.size)[:n]] = range(1, n + 1)
    places = ndimage.distance_transform_cdt(seeds == 0, "taxicab", return_distances=False, return_indices=True)
    labels = seeds[tuple(places)]
    whole = np.zeros(shape, int)
    for label in range(1, n + 1):
        pieces, _ = ndimage.label(labels == label)
        whole[pieces > 0] = pieces[pieces > 0] + whole.max()
    sides = rng.integers(0, distinct, (len(shape), *shape)).astype(float)
    return coarea.merge_regions(whole, sides, area_power=0.5 * rng.integers(0, 2))


def components(sides, level):
    """The pieces of pixels over sides of at most a level, numbered in raster order."""
    shape = sides.shape[1:]
    index = np.arange(sides[0].size).reshape(shape)
    ends = []
    for axis in range(len(shape)):
        near = tuple(slice(-1) if k == axis else slice(None) for k in range(len(shape)))
        far = tuple(slice(1, None) if k == axis else slice(None) for k in range(len(shape)))
        passed = sides[axis][near] <= level
        ends.append(np.stack([index[near][passed], index[far][passed]]))
    one, other = np.concatenate(ends, axis=1)
    found = connected_components(coo_array((np.ones(len(one)), (one, other)), (index.size,) * 2), directed=False)[1]
    return raster(found).reshape(shape)


def raster(labels):
    """Labels in the order of their first places."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


@pytest.mark.parametrize("shape", [(12, 13), (5, 6, 4), (40,)])
def test_cuts_by_level_are_components_of_the_boundary_map(rng, shape):
    for _ in range(6):
        h = random_hierarchy(rng, shape)
        sides = h.boundary_map()
        assert sides.shape == (len(shape), *shape)
        for level in [*np.unique(h.level).tolist(), *(np.unique(h.level) * (1 - 1e-12)).tolist()]:
            labels = h.cut(level=level)
            assert labels.tolist() == components(sides, level).tolist()
            n_regions = h.n_leaves - np.count_nonzero(h.level[h.n_leaves :] <= level)
            assert labels.max() + 1 == n_regions
            assert labels.tolist() == h.cut(n_regions=n_regions).tolist()


def test_cuts_are_nested_and_have_their_numbers(rng):
    h = random_hierarchy(rng)
    assert (
        h.cut(n_regions=h.n_leaves).tolist() == raster(h.leaf_of_pixel.ravel()).reshape(h.leaf_of_pixel.shape).tolist()
    )
    finer = h.cut(n_regions=h.n_leaves)
    for n in range(h.n_leaves - 1, 0, -1):
        labels = h.cut(n)
        assert len(np.unique(labels)) == n == labels.max() + 1
        assert len(np.unique(np.stack([finer.ravel(), labels.ravel()]), axis=1).T) == n + 1  # one pair has become one
        assert labels.dtype == np.int32
        assert raster(labels.ravel()).tolist() == labels.ravel().tolist()
        finer = labels


def test_sides_of_regions_in_pieces(rng):
    """The boundary map is by nodes; its components are the connected parts of the regions."""
    h = coarea.merge_regions(rng.integers(0, 5, (8, 9)), rng.random((2, 8, 9)))
    sides = h.boundary_map()
    for level in h.level[5:].tolist():
        labels = h.cut(level=level)
        inside = [labels[1:] == labels[:-1], labels[:, 1:] == labels[:, :-1]]
        assert ((sides[0, :-1] <= level) == inside[0]).all()
        assert ((sides[1, :, :-1] <= level) == inside[1]).all()
    assert not sides[0, -1].any()
    assert not sides[1, :, -1].any()


def test_linkage_matrices(rng):
    for _ in range(5):
        h = random_hierarchy(rng)
        linkage = h.to_linkage()
        assert clusters.is_valid_linkage(linkage)
        assert clusters.is_monotonic(linkage)
        for level in np.unique(h.level).tolist():
            found = clusters.fcluster(linkage, level, "distance")
            assert raster(found[h.leaf_of_pixel.ravel()]).tolist() == h.cut(level=level).ravel().tolist()
        assert coarea.Hierarchy.from_linkage(linkage, h.leaf_of_pixel) == h
    points = rng.random((30, 2))
    for method in ("single", "average", "ward"):
        linkage = clusters.linkage(points, method)
        h = coarea.Hierarchy.from_linkage(linkage)
        np.testing.assert_array_equal(h.to_linkage()[:, 2:], linkage[:, 2:])
        for level in (0.05, 0.2, 0.5):
            assert h.cut(level=level).tolist() == raster(clusters.fcluster(linkage, level, "distance")).tolist()
    in_pieces = coarea.merge_regions(np.arange(4), [1], arcs=[[1, 2]]).to_linkage()
    assert clusters.is_valid_linkage(in_pieces)
    assert raster(clusters.fcluster(in_pieces, 5, "distance")).tolist() == [0, 1, 1, 2]


def test_trees_of_any_number_of_children():
    """Sorted by level; several children are joined one after the other; of an only child the node is left out."""
    parent, level = [7, 7, 7, 5, 5, 6, 8, 8, 8], [0, 0, 0, 0, 0, 4, 5, 3, 9]
    h = coarea.Hierarchy.from_parents(parent, level)
    assert h.level.tolist() == [0, 0, 0, 0, 0, 3, 3, 4, 9]
    assert h.parent.tolist() == [5, 5, 6, 7, 7, 6, 8, 8, 8]
    assert h.cut(level=3).tolist() == [0, 0, 0, 1, 2]
    assert h.cut(level=4).tolist() == [0, 0, 0, 1, 1]
    assert coarea.Hierarchy.from_parents(h.parent, h.level) == coarea.Hierarchy(h.parent, h.level, np.arange(5))
    assert coarea.Hierarchy.from_parents([0], [0]).parent.tolist() == [0]


def test_higra(rng):
    hg = pytest.importorskip("higra")
    for _ in range(5):
        h = random_hierarchy(rng)
        tree = hg.Tree(h.parent)
        assert (
            raster(hg.labelisation_horizontal_cut_from_threshold(tree, h.level, 2.0)[h.leaf_of_pixel.ravel()]).tolist()
            == h.cut(level=2).ravel().tolist()
        )
    graph = hg.get_4_adjacency_graph((9, 10))
    tree, altitudes = hg.quasi_flat_zone_hierarchy(graph, rng.integers(0, 5, graph.num_edges()).astype(float))
    h = coarea.Hierarchy.from_parents(tree.parents(), altitudes, np.arange(90).reshape(9, 10))
    for level in range(5):
        found = hg.labelisation_horizontal_cut_from_threshold(tree, altitudes, level)
        assert h.cut(level=level).ravel().tolist() == raster(found.ravel()).tolist()


def test_a_chain_is_no_deep_recursion():
    n = 30_000
    arcs = np.stack([np.arange(n - 1), np.arange(1, n)], 1)
    h = coarea.merge_regions(np.arange(n), np.arange(1, n), arcs=arcs, area_power=0)
    sides = h.boundary_map()
    assert sides[0, :-1].tolist() == h.level[n:].tolist()


def test_hierarchies_are_values(rng):
    h = random_hierarchy(rng)
    assert pickle.loads(pickle.dumps(h)) == h
    assert h != random_hierarchy(rng)
    assert h != 3
    assert len(h) == 2 * h.n_leaves - 1
    with pytest.raises(ValueError, match="read-only"):
        h.level[0] = 1
    with pytest.raises(AttributeError):
        h.level = h.level
    assert repr(h).startswith(f"<hierarchy of {h.n_leaves} regions in 12x13 pixels: levels ")
    assert "highest level" in h._repr_html_()
    parent = h.parent.copy()
    own = coarea.Hierarchy(parent, h.level, h.leaf_of_pixel)
    parent[0] = 0
    assert own == h


def test_the_map_can_be_drawn(rng):
    sides = random_hierarchy(rng).boundary_map()
    assert coarea.plot.draw_saliency(sides[0][:-1], sides[1][:, :-1]).shape == (24, 26)

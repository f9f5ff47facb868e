"""Minima of an attribute over the nodes of a tree, shapes that touch the frame, and coins that are counted."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
import oracles
from coarea import attributes


def dynamics_by_definition(parent: np.ndarray, values: np.ndarray) -> np.ndarray:
    """From each minimum the least climb of all paths to something lower; values are distinct."""
    n = len(parent)
    climb = np.full((n, n), np.inf)  # the largest value on the only path
    for start in range(n):
        climb[start, start] = values[start]
        waiting = [start]
        while waiting:
            node = waiting.pop()
            for other in range(n):
                linked = other != node and (parent[other] == node or parent[node] == other)
                if linked and climb[start, other] == np.inf:
                    climb[start, other] = max(climb[start, node], values[other])
                    waiting.append(other)
    found = np.zeros(n)
    for i in range(n):
        lower = values < values[i]
        least = climb[i][lower].min(initial=values.max()) - values[i]
        found[i] = least if (climb[i][lower] > values[i]).all() else 0
        neighbors = [j for j in range(1, n) if parent[j] == i] + ([parent[i]] if i else [])
        if any(values[j] < values[i] for j in neighbors):
            found[i] = 0
    return found


def random_tree(rng: np.random.Generator, n: int) -> coarea.Tree:
    parent = [0] + [int(rng.integers(0, i)) for i in range(1, n)]
    signs = [0] + [1] * (n - 1)
    return coarea.Tree(np.array(parent), np.arange(n), np.arange(n), np.array(signs), "max-tree", 1)


def test_dynamics_are_their_definition(rng):
    for _ in range(400):
        tree = random_tree(rng, int(rng.integers(1, 10)))
        values = rng.permutation(3 * len(tree))[: len(tree)]
        found = attributes.dynamics_of_minima(tree, values)
        np.testing.assert_array_equal(found, dynamics_by_definition(tree.parent, values))


def test_plateaus_are_one_minimum_and_ties_leave_one_lowest(rng):
    for _ in range(300):
        tree = random_tree(rng, int(rng.integers(1, 10)))
        values = rng.integers(0, 4, len(tree))
        found = attributes.dynamics_of_minima(tree, values)
        # infinitesimally distinct values, in the order of the nodes: the same climbs, and plateaus that climb nothing
        split = values + np.arange(len(tree)) / 1000
        expected = np.floor(dynamics_by_definition(tree.parent, split) + 0.5)
        assert sorted(found) == sorted(expected)
        top = (values != values[tree.parent]) | (np.arange(len(tree)) == 0)
        assert top[found > 0].all()


def test_dynamics_of_extreme_and_odd_values():
    tree = coarea.max_tree([[0, 1, 2, 3]])
    assert attributes.dynamics_of_minima(tree, [5, 5, 5, 5]).tolist() == [0, 0, 0, 0]
    assert attributes.dynamics_of_minima(tree, [np.inf, 1, np.inf, 2]).tolist() == [0, np.inf, 0, np.inf]
    assert attributes.dynamics_of_minima(tree, np.array([250, 0, 200, 100], np.uint8)).tolist() == [0, 250, 0, 100]
    for wrong, message in (
        ([1, np.nan, 0, 0], "attribute contains NaN"),
        ([1, 2], r"attribute must have shape \(4,\)"),
        (None, "attribute must be given"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            attributes.dynamics_of_minima(tree, wrong)


@pytest.mark.parametrize("shape", [(9,), (6, 7), (1, 5), (3, 4, 5), (2, 3, 2, 3)])
def test_touching_the_frame_is_holding_a_pixel_of_it(shape, rng):
    frame = oracles.frame_mask(shape)
    for build in (coarea.max_tree, coarea.min_tree, coarea.tree_of_shapes):
        if build is coarea.tree_of_shapes and len(shape) not in (2, 3):
            continue
        tree = build(rng.integers(0, 5, shape).astype(np.uint8))
        masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
        touches = attributes.touches_frame(tree)
        assert touches.dtype == bool
        assert touches.tolist() == [bool((mask & frame).any()) for mask in masks]


def test_coins_are_counted_and_no_parameter_is_tuned():
    """The 24 coins are the closed shapes whose roundness stands out most, and a wide gap follows them."""
    coins = data.coins()
    tree = coarea.tree_of_shapes(coins)
    is_candidate = (attributes.area(tree) >= 100) & ~attributes.touches_frame(tree)
    deviation = np.where(is_candidate, 1 - 4 / np.pi * attributes.compactness(tree), 1)
    dynamics = attributes.dynamics_of_minima(tree, deviation)
    ordered = np.sort(dynamics)[::-1]
    assert ordered[23] > 0.74
    assert ordered[24] < 0.41
    chosen = np.flatnonzero(dynamics > 0.5)
    masks = np.array([tree.mask(node) for node in chosen])
    assert masks.sum(axis=0).max() == 1  # disjoint
    centers = attributes.centroid(tree)[chosen]
    rows = np.array([52, 120, 194, 266])  # four rows of six coins
    assert np.bincount(np.abs(centers[:, :1] - rows).argmin(axis=1)).tolist() == [6] * 4
    area = attributes.area(tree)[chosen]
    assert area.min() > 900
    assert area.max() < 3300

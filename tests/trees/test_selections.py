"""Sets of nodes and common ancestors, against brute force on random trees."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea import attributes


def random_tree(rng: np.random.Generator, n: int, reach: int) -> coarea.Tree:
    """A tree of n nodes whose parents are at most `reach` places before them: deep for 1, bushy for n."""
    parent = np.zeros(n, np.int32)
    for i in range(1, n):
        parent[i] = rng.integers(max(0, i - reach), i)
    polarity = np.ones(n, np.int8)
    polarity[0] = 0
    return coarea.Tree(parent, np.arange(n), np.arange(n), polarity, "max-tree", 1)


def trees(rng):
    for n in (1, 2, 3, 7, 20, 33, 70):
        for reach in (1, 2, 5, n):
            yield random_tree(rng, n, reach)


def paths(tree):
    """Each node with its ancestors, from the node on."""
    return [tree.path_to_root(node).tolist() for node in range(len(tree))]


def test_outermost_and_innermost_are_their_definitions(rng):
    for tree in trees(rng):
        enclosing = paths(tree)
        for chance in (0, 0.1, 0.5, 0.9, 1):
            condition = rng.random(len(tree)) < chance
            given = condition.copy()
            met = np.flatnonzero(condition).tolist()
            outermost = [node for node in met if not any(condition[other] for other in enclosing[node][1:])]
            innermost = [node for node in met if not any(node in enclosing[other][1:] for other in met)]
            for found, expected in ((tree.outermost(given), outermost), (tree.innermost(given), innermost)):
                assert found.dtype == np.int32
                assert found.tolist() == expected, (tree.parent.tolist(), met)
            np.testing.assert_array_equal(given, condition)  # the argument is left alone


def test_the_outermost_shapes_are_disjoint_and_hold_the_others(build, rng):
    tree = build(rng.integers(0, 9, (12, 13)))
    condition = attributes.area(tree) < 30
    held = sum(tree.mask(node).astype(int) for node in tree.outermost(condition))
    assert held.max() == 1
    np.testing.assert_array_equal(held > 0, condition[tree.node_of_pixel])  # the area grows towards the root


def test_common_ancestors_are_their_definition(rng):
    for tree in trees(rng):
        enclosing = paths(tree)
        n = len(tree)
        expected = [[max(set(enclosing[i]) & set(enclosing[j])) for j in range(n)] for i in range(n)]
        found = tree.lowest_common_ancestor(np.arange(n)[:, None], np.arange(n))
        assert found.dtype == np.int32
        assert found.tolist() == expected, tree.parent.tolist()


def test_common_ancestors_of_numbers_are_numbers(rng):
    tree = random_tree(rng, 50, 3)
    table = tree.lowest_common_ancestor(np.arange(50)[:, None], np.arange(50))
    for i, j in ((3, 40), (np.int64(17), np.uint8(18)), (0, 0)):
        found = tree.lowest_common_ancestor(i, j)
        assert type(found) is int
        assert found == table[i, j]
    assert tree.lowest_common_ancestor([3, 4], 40).shape == (2,)
    assert tree.lowest_common_ancestor(np.zeros((2, 0), int), 3).shape == (2, 0)
    strided = np.arange(50)[::-7].astype(">i8")
    np.testing.assert_array_equal(tree.lowest_common_ancestor(strided, 9), table[strided.astype(int), 9])


def test_common_ancestors_in_a_chain_take_few_steps():
    n = 1_000_000
    chain = np.maximum(np.arange(-1, n - 1), 0)
    polarity = np.ones(n, np.int8)
    polarity[0] = 0
    tree = coarea.Tree(chain, np.arange(n), np.zeros(1, int), polarity, "max-tree", 1)
    low, high = np.full(10_000, n - 1), np.arange(10_000)  # 10^10 steps, one by one
    np.testing.assert_array_equal(tree.lowest_common_ancestor(low, high), high)


TREE = coarea.max_tree([[0, 5, 0, 7]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: TREE.outermost(attributes.area(TREE)), TypeError, "boolean, got int32: compare it with a number"),
        (lambda: TREE.innermost(np.ones(3)), TypeError, "condition must be boolean, got float64: compare it"),
        (lambda: TREE.simplify(np.ones(3, int)), TypeError, "keep must be boolean, got int64: compare it"),
        (lambda: TREE.innermost(["a", "b", "c"]), TypeError, "condition must be boolean, got <U1$"),
        (lambda: TREE.outermost(True), ValueError, r"condition must have shape \(3,\), one entry per node, got \(\)"),
        (lambda: TREE.outermost([True]), ValueError, r"condition must have shape \(3,\)"),
        (lambda: TREE.lowest_common_ancestor(0, 3), IndexError, r"other must be in \[0, 3\), got 3"),
        (lambda: TREE.lowest_common_ancestor([0, -1], 0), IndexError, r"node must be in \[0, 3\), got -1"),
        (lambda: TREE.lowest_common_ancestor(0.0, 1), TypeError, "node must hold integers, got float64"),
        (lambda: TREE.lowest_common_ancestor(0, [True]), TypeError, "other must hold integers, got bool"),
        (lambda: TREE.lowest_common_ancestor([0, 1], [0, 1, 2]), ValueError, "shape mismatch|broadcast"),
    ],
)
def test_mistakes_are_refused_with_their_remedy(call, error, message):
    with pytest.raises(error, match=message):
        call()

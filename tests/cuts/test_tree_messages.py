"""Messages for all levels at once, of a whole tree and of its parts, against one minimum cut for each bit."""

import numpy as np
import pytest

from coarea.cuts import _tree_messages
from coarea.cuts.terms import Term
from coarea.cuts.tree import minimize_tree

Problem = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]


def random_problem(rng: np.random.Generator) -> Problem:
    """Parents, levels, slopes up and down, capacities, and the number of levels."""
    n, n_levels = int(rng.integers(1, 14)), int(rng.integers(1, 7))
    parent = np.array([0] + [int(rng.integers(0, i)) for i in range(1, n)], np.int32)
    weight = rng.integers(1, 6, n)
    up, down = (int(rng.integers(1, 4)) * weight for _ in range(2))
    return parent, rng.integers(0, n_levels, n).astype(np.int32), up, down, rng.integers(0, 8, n), n_levels


def in_two_parts(problem: Problem, is_left: np.ndarray, tie: str) -> np.ndarray:
    """Eliminate the nodes that are not left, then the others."""
    parent, level, up, down, capacity, n_levels = problem
    n = len(parent)
    fall, top, bottom = up + down, up.copy(), -down
    low, high = np.zeros((2, n), np.int32)
    site = np.arange(n, dtype=np.int32)
    _tree_messages.eliminate(
        parent, is_left.view(np.uint8), capacity, tie == "upper", n_levels, site, level, fall, top, bottom, low, high
    )
    if not is_left.any():
        return np.maximum(low, np.minimum(low[0], high))
    owner = np.arange(n)
    for i in range(1, n):
        if not is_left[i]:
            owner[i] = owner[parent[i]]
    core, number = np.flatnonzero(is_left), np.cumsum(is_left, dtype=np.int32) - np.int32(1)
    stays = fall > 0
    assert np.array_equal(np.bincount(number[owner[stays]], fall[stays], len(core)), (top - bottom)[core])
    rest = (number[parent[core]], level[core], up[core], down[core], capacity[core], n_levels)
    found = np.zeros(n, np.int32)
    lowest, highest = np.zeros((2, len(core)), np.int32)
    _tree_messages.eliminate(
        rest[0], np.zeros(len(core), np.uint8), rest[4], tie == "upper", n_levels, number[owner[stays]], level[stays],
        fall[stays], top[core], bottom[core], lowest, highest,
    )  # fmt: skip
    found[core] = np.maximum(lowest, np.minimum(lowest[0], highest))
    below = ~is_left
    found[below] = np.maximum(low[below], np.minimum(found[owner[below]], high[below]))
    return found


@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_parts_give_what_the_whole_gives(tie: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        problem = parent, level, up, down, capacity, n_levels = random_problem(rng)
        term = Term.of(level, np.maximum(up, down), up, down, n_levels=n_levels)
        expected = minimize_tree(term, parent, capacity, tie=tie).level
        is_left = rng.random(len(parent)) < rng.choice([0, 0.3])
        for i in range(len(parent) - 1, 0, -1):
            is_left[parent[i]] |= is_left[i]
        assert np.array_equal(in_two_parts(problem, is_left, tie), expected)


def test_long_chains_and_wide_stars() -> None:
    """Heaps of many steps."""
    rng, n = np.random.default_rng(1), 5000
    for parent in (np.maximum(np.arange(n) - 1, 0), np.zeros(n), rng.integers(0, np.maximum(np.arange(n), 1))):
        problem = (
            parent.astype(np.int32), rng.integers(0, 1000, n).astype(np.int32), np.full(n, 2), np.full(n, 3),
            rng.integers(0, 40, n), 1000,
        )  # fmt: skip
        term = Term.of(problem[1], 3, 2, 3, n_levels=1000)
        expected = minimize_tree(term, problem[0], problem[4], tie="lower").level
        assert np.array_equal(in_two_parts(problem, np.zeros(n, bool), "lower"), expected)


@pytest.mark.parametrize(("fall", "top", "bottom"), [(3, 9, -3), (3, 3, -9), (0, 3, -3), (-3, 3, -3)])
def test_sums_that_do_not_belong_to_the_steps_are_refused(fall: int, top: int, bottom: int) -> None:
    """They would be looked for without end."""
    one, bounds = np.zeros(2, np.int32), np.zeros((2, 2), np.int32)
    with pytest.raises(ValueError, match="top and bottom must be what the steps of each node fall by"):
        _tree_messages.eliminate(
            one, np.zeros(2, np.uint8), np.ones(2, np.int64), False, 1, np.array([0, 1], np.int32), one,
            np.array([5, fall]), np.array([2, top]), np.array([-3, bottom]), *bounds,
        )  # fmt: skip

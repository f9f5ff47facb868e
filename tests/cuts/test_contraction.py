"""Contracted trees have the minimisers of the whole tree, for every growing step."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from coarea.cuts.contraction import Groups, Step
from coarea.cuts.terms import Term
from coarea.cuts.tree import minimize_tree

TIES = ["lower", "upper"]


def random_problem(rng, n_max, n_levels):
    """A tree, lengths, weights of which some are 0, and levels."""
    n = int(rng.integers(1, n_max + 1))
    parent = np.array([0, *(rng.integers(0, i) for i in range(1, n))], np.int32)
    length, weight = (rng.integers(0, rng.integers(2, 9), n).astype(np.int64) for _ in range(2))
    return parent, length, weight, rng.integers(0, n_levels, n).astype(np.int32)


def growing_steps(rng, number):
    """Capacities that grow against the weights; from some length on no edge can be cut."""
    shares = [(1, 1), (1, 1), (3, 2), (0, 2), (2, 0)][rng.integers(5)]
    longest = 2**62 if rng.random() < 0.5 else int(rng.integers(9))  # one for all: capacities must not fall
    steps, last = [], 0.0
    for _ in range(number):
        scale, unit = int(rng.integers(1, 7)), int(rng.integers(0, 12))
        if unit >= last * scale:
            last = unit / scale
            steps.append(Step(shares[0] * scale, shares[1] * scale, unit, longest))
    return steps


def minimum_of(problem, step, n_levels, tie):
    parent, length, weight, level = problem
    up, down = step.up * weight, step.down * weight
    term = Term.of(level, np.maximum(up, down), up, down, n_levels=n_levels)
    return minimize_tree(term, parent, step.unit * np.minimum(length, step.longest), tie=tie).level


def compare(rng, n_max, n_levels):
    problem = random_problem(rng, n_max, n_levels)
    parent, length, weight, level = problem
    for tie in TIES:
        groups = Groups.of(parent, length, weight, level, n_levels)
        for step in growing_steps(rng, 12):
            before, groups = groups, groups.contracted(step)
            assert len(groups.parent) <= len(before.parent)
            found = groups.minimize(step, n_levels, tie=tie)[groups.group]
            np.testing.assert_array_equal(found, minimum_of(problem, step, n_levels, tie))
    return groups


def test_minimisers_are_those_of_the_whole_tree(rng):
    joined = 0
    for number in range(400):
        groups = compare(rng, [5, 9, 40][number % 3], [2, 5, 17, 300][number % 4])
        joined += len(groups.parent) < len(groups.group)
        assert groups.weight.sum() == groups.pair_weight.sum()
        assert (np.diff(groups.pair_level) >= 0).all()
        assert len(set(zip(groups.pair_level, groups.pair_group, strict=True))) == len(groups.pair_level)
    assert joined > 100


@pytest.mark.slow
def test_minimisers_of_thousands_of_trees(rng):
    for number in range(20000):
        compare(rng, [5, 9, 80][number % 3], [2, 5, 17, 300, 1000][number % 5])


def test_minimisers_against_all_labelings(rng):
    """A group is a set of nodes that no minimiser takes apart."""
    n_levels, apart = 3, 0
    for _ in range(120):
        parent, length, weight, level = random_problem(rng, 6, n_levels)
        u = np.array(list(product(range(n_levels), repeat=len(parent))))
        groups = Groups.of(parent, length, weight, level, n_levels)
        for step in growing_steps(rng, 5):
            groups = groups.contracted(step)
            rise = np.maximum(u - level, 0) * step.down + np.maximum(level - u, 0) * step.up
            jumps = np.abs(u - u[:, parent])[:, 1:] @ (step.unit * np.minimum(length, step.longest))[1:]
            energy = rise @ weight + jumps
            best = u[energy == energy.min()]
            assert groups.minimize(step, n_levels, tie="lower")[groups.group].tolist() == best.min(axis=0).tolist()
            assert groups.minimize(step, n_levels, tie="upper")[groups.group].tolist() == best.max(axis=0).tolist()
            same = groups.group[:, None] == groups.group
            assert all((v[:, None] == v)[same].all() for v in best)
            apart += not same.all()
    assert apart > 50


def test_an_edge_that_may_or_may_not_be_cut_is_kept():
    """Weights that pull just as much as the edge holds: minimisers differ, so the edge must stay."""
    zero = np.zeros(2, np.int32)
    groups = Groups.of(zero, np.array([0, 3]), np.array([9, 3]), np.array([0, 1], np.int32), 2)
    tie, more = Step(1, 1, 1, 99), Step(1, 1, 2, 99)
    assert groups.contracted(tie) is groups
    assert [groups.minimize(tie, 2, tie=t).tolist() for t in TIES] == [[0, 0], [0, 1]]
    assert len(groups.contracted(more).parent) == 1


def test_no_more_comes_through_an_edge_than_its_capacity():
    """The leaf pulls hard, but at a thin edge: its parent cannot leave the root."""
    chain, length, weight = np.array([0, 0, 1], np.int32), np.array([0, 9, 1]), np.array([1, 1, 100])
    groups = Groups.of(chain, length, weight, np.array([0, 0, 1], np.int32), 2)
    assert groups.contracted(Step(1, 1, 1, 99)).group.tolist() == [0, 0, 1]


def test_sums_up_to_the_largest_integers_do_not_overflow(rng):
    for _ in range(40):
        parent, length, weight, level = random_problem(rng, 6, 4)
        small = Groups.of(parent, length, weight, level, 4)
        large = Groups.of(parent, length << 54, weight << 54, level, 4)
        for unit in (1, 3):
            small, large = (groups.contracted(Step(1, 1, unit, 2**58)) for groups in (small, large))
            expected = small.minimize(Step(1, 1, unit, 2**58), 4, tie="lower")
            assert large.minimize(Step(1, 1, unit, 2**58), 4, tie="lower").tolist() == expected.tolist()

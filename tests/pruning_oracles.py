"""Prunings and increasing functions of tiny trees, all of them, and a proof for trees that are not tiny."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from scipy import ndimage

import coarea


def tree_of_parents(parent: np.ndarray) -> coarea.Tree:
    """A tree of the given form: each node owns a pixel, and is brighter than its parent."""
    n = len(parent)
    polarity = np.r_[0, np.ones(n - 1, int)]
    return coarea.Tree(parent, np.arange(n), np.arange(n)[None], polarity, kind="max-tree", connectivity=1)


def random_tree(rng: np.random.Generator, n: int) -> coarea.Tree:
    return tree_of_parents(np.r_[0, rng.integers(0, np.arange(1, n))].astype(int))


def prunings(parent: np.ndarray) -> np.ndarray:
    """All sets of nodes that hold the root and with every node its parent."""
    sets = np.array(list(product([False, True], repeat=len(parent) - 1)), bool).reshape(2 ** (len(parent) - 1), -1)
    sets = np.c_[np.ones(len(sets), bool), sets]
    return sets[(sets[:, 1:] <= sets[:, parent[1:]]).all(1)]


CROSS = ndimage.generate_binary_structure(2, 1)


@lru_cache
def functions(n: int, values: tuple[int, ...]) -> np.ndarray:
    return np.array(list(product(values, repeat=n)), int).reshape(len(values) ** n, n)


def increasing_functions(parent: np.ndarray, values: np.ndarray) -> np.ndarray:
    """All functions that are nowhere larger than at the parent; at the root they are the largest value."""
    inner = functions(len(parent) - 1, tuple(values.tolist()))
    candidates = np.c_[np.full(len(inner), max(values)), inner]
    return candidates[(candidates[:, 1:] <= candidates[:, parent[1:]]).all(1)]


def is_isotonic_regression(parent: np.ndarray, attribute: np.ndarray, weights: np.ndarray, found: np.ndarray) -> bool:
    """Whether multipliers prove it: what is too large below is taken up by what is too small above, at equal values."""
    excess = weights * (attribute - found)
    tight = 1e-9 * (1 + np.abs(weights * attribute).sum())
    for i in range(len(parent) - 1, 0, -1):
        if parent[i] and found[parent[i]] == found[i]:
            if excess[i] < -tight:
                return False
            excess[parent[i]] += excess[i]
        elif abs(excess[i]) > tight or (parent[i] and found[parent[i]] < found[i]):
            return False
    return True

"""Merging by its definition, from sets of regions, and random graphs to merge."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

Key = Callable[[float, float, float, "list[np.ndarray]", "list[np.ndarray]"], float]
CLIP = 1e-4


class Case(NamedTuple):
    """A graph of regions, with numbers whose sums are exact in any order."""

    labels: np.ndarray
    arcs: np.ndarray
    weights: np.ndarray
    lengths: np.ndarray
    histograms: list[np.ndarray]


def merged(case: Case, key: Key) -> tuple[list[int], list[float]]:
    """Parent and level by the definition: at each step all keys, from the sets of regions."""
    n = int(case.labels.max()) + 1
    areas = np.bincount(case.labels.ravel(), minlength=n).astype(float)
    sums = case.weights * case.lengths
    sets, parent, level = {k: [k] for k in range(n)}, [0] * (2 * n - 1), [0.0] * (2 * n - 1)
    for node in range(n, 2 * n - 1):
        member = np.empty(n, int)
        for name, leaves in sets.items():
            member[leaves] = name
        ends = np.sort(member[case.arcs.reshape(-1, 2)], axis=1)
        best = None
        for a, b in {(int(a), int(b)) for a, b in ends if a != b}:
            between = np.flatnonzero((ends == (a, b)).all(axis=1))
            mean = sums[between].sum() / case.lengths[between].sum()
            area = [areas[sets[one]].sum() for one in (a, b)]
            bins = [
                [group[sets[one]].sum(axis=0) * (1 / own) for group in case.histograms]
                for one, own in zip((a, b), area)
            ]
            share = 100 / (areas.sum() * (1 / area[0] + 1 / area[1]))
            found = key(mean, share, len(between), *bins), mean, between[0], a, b
            best = found if best is None else min(best, found)
        if best is None:  # in pieces
            ordered = sorted(sets, key=lambda name: min(sets[name]))
            best = math.inf, 0, 0, ordered[0], ordered[1]
        a, b = best[3:]
        parent[a] = parent[b] = node
        level[node] = max(best[0], level[node - 1])
        sets[node] = sets.pop(a) + sets.pop(b)
    parent[-1] = 2 * n - 2
    return parent, level


def area_key(power: float) -> Key:
    """The key without histograms."""

    def key(mean: float, share: float, *_: Any) -> float:
        fraction, exponent = math.frexp(share)
        rounded = math.ldexp(math.floor(fraction * 4096), exponent - 12)
        return mean * rounded**power if power else mean

    return key


def fitted_key(constant: float, logit: float, area: float, chi2: tuple[float, ...], root: tuple[float, ...]) -> Key:
    """The key with histograms."""

    def key(mean: float, share: float, _: int, own: list[np.ndarray], other: list[np.ndarray]) -> float:
        p = min(max(mean, CLIP), 1 - CLIP)
        z = constant + logit * math.log(p / (1 - p)) + area * math.log(share)
        for k, (u, v) in enumerate(zip(own, other, strict=True)):
            distance = 0.5 * sum((a - b) * (a - b) / (a + b) for a, b in zip(u.tolist(), v.tolist()) if a + b > 0)
            z += chi2[k] * distance + root[k] * math.sqrt(distance)
        return 1 / (1 + math.exp(-z))

    return key


def random_case(rng: np.random.Generator, *, connected: bool = True, largest: int = 7) -> Case:
    """A graph with parallel arcs and loops, few different weights, and areas that differ."""
    n = int(rng.integers(1, largest + 1))
    labels = np.concatenate([np.arange(n), rng.integers(0, n, rng.integers(0, 9))])
    n_arcs = int(rng.integers(0, 2 * n + 1))
    arcs = rng.integers(0, n, (n_arcs, 2))
    if connected and n > 1:
        tree = np.array([[rng.integers(0, k), k] for k in range(1, n)])
        arcs = np.concatenate([arcs, tree])
    arcs = rng.permutation(arcs).reshape(-1, 2)
    weights = rng.integers(0, rng.choice([2, 4, 65]), len(arcs)) / 64
    lengths = 2.0 ** rng.integers(0, 3, len(arcs))
    areas = np.bincount(labels, minlength=n)
    groups = [np.stack([rng.multinomial(2 * area, [0.5, 0.25, 0.25]) for area in areas]) for _ in range(2)]
    return Case(labels, arcs, weights, lengths, [group.astype(float) for group in groups])


def random_cases(seed: int, number: int, **options: Any) -> Iterator[Case]:
    """Many of them."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        yield random_case(rng, **options)

"""All fidelities, neighbourhoods, weights of edges, masks and fixed pixels, against brute force over all labelings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import coarea
import oracles

each_tie = pytest.mark.parametrize("tie", ["lower", "upper"])

AXES = {1: [(1,)], 2: [(1, 0), (0, 1)], 3: [(1, 0, 0), (0, 1, 0), (0, 0, 1)]}
DIAGONALS = [(1, 1), (1, -1)]
KNIGHTS = [(1, 2), (2, 1), (1, -2), (2, -1)]


def offsets(ndim, neighbors):
    """Of each offset and its opposite, one."""
    if neighbors == 26:
        return [step for step in itertools.product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]
    return AXES[ndim] + {8: DIAGONALS, 16: DIAGONALS + KNIGHTS}.get(neighbors, [])


def direction_weight(step, steps):
    """Cauchy-Crofton: the share of all directions that are nearest to this one, by sampling, over its length."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(400_000, len(step)))
    unit = np.array(steps) / np.linalg.norm(steps, axis=1, keepdims=True)
    nearest = np.abs(directions @ unit.T).argmax(axis=1)
    share = np.mean(nearest == steps.index(step))
    return (np.pi / 2 if len(step) == 2 else 2) * share / np.linalg.norm(step)


@pytest.mark.parametrize(("ndim", "neighbors"), [(2, 8), (2, 16), (3, 26)])
def test_large_neighborhoods_have_the_weights_of_cauchy_and_crofton(ndim, neighbors):
    steps = offsets(ndim, neighbors)
    for step in steps:
        ends = np.zeros((2, *[5] * ndim))
        middle = (2,) * ndim
        image = np.zeros([5] * ndim)
        image[middle] = 1.0
        fixed = np.zeros(image.shape, bool)
        fixed[middle] = fixed[tuple(np.add(middle, step))] = True
        edge_weights = np.zeros((len(coarea.neighbor_offsets(ndim, neighbors)), *image.shape))
        index = coarea.neighbor_offsets(ndim, neighbors).index(step)
        edge_weights[(index, *middle)] = 1
        _, info = coarea.denoise_tv_l1(
            image, 1, neighbors=neighbors, fixed=fixed, edge_weights=edge_weights, return_info=True
        )
        assert info.energy == pytest.approx(direction_weight(step, steps), rel=0.02), ends.shape


def pair_terms(image, neighbors, edge_weights, library_offsets):
    """First and second flat indices and weights of all pairs, from their definition."""
    index = np.arange(image.size).reshape(image.shape)
    first, second, weight = [], [], []
    for k, step in enumerate(library_offsets):
        for pixel in np.ndindex(image.shape):
            other = tuple(np.add(pixel, step))
            if all(0 <= i < n for i, n in zip(other, image.shape, strict=True)):
                first.append(index[pixel])
                second.append(index[other])
                weight.append(1.0 if edge_weights is None else edge_weights[(k, *pixel)])
    return np.array(first, int), np.array(second, int), np.array(weight)


def brute_force(cost, first, second, weight, allowed):
    """Lowest energy, and the ends of the lattice of minimisers; cost[p, k] of label k; allowed[p, k]."""
    n_sites, n_labels = cost.shape
    u = oracles.labelings(n_sites, n_labels).astype(np.int64)
    energy = cost[np.arange(n_sites)[:, None], u].sum(axis=0)
    energy = energy + weight @ np.abs(u[first] - u[second])
    energy[~allowed[np.arange(n_sites)[:, None], u].all(axis=0)] = np.inf
    best = u[:, energy <= energy.min() + 1e-9 * (1 + abs(energy.min()))]
    return energy.min(), best.min(axis=1), best.max(axis=1)


def fidelity(kind, labels, image, w):
    """(n_pixels, n_labels) costs."""
    difference = labels[None, :] - image.reshape(-1, 1).astype(float)
    if kind == "l2":
        loss = difference**2 / 2
    elif kind == "huber":
        loss = np.where(np.abs(difference) <= 1.5, difference**2 / 2, 1.5 * np.abs(difference) - 1.5**2 / 2)
    else:
        loss = np.where(difference < 0, -2 * kind * difference, 2 * (1 - kind) * difference)
    return w.reshape(-1, 1) * loss


def random_case(rng, ndim, neighbors):
    shapes = {1: [(6,), (7,)], 2: [(2, 3), (3, 3), (2, 4), (1, 5)], 3: [(2, 2, 2), (1, 2, 3)]}[ndim]
    shape = shapes[rng.integers(len(shapes))]
    image = rng.integers(0, 3 if np.prod(shape) > 8 else 4, shape)
    image.flat[0] = 0  # so that the labels of L2 start at 0
    n_offsets = len(coarea.neighbor_offsets(ndim, neighbors))
    weights = rng.choice([0, 1, 2, 3], shape) if rng.random() < 0.5 else None
    mask = rng.random(shape) < 0.3 if rng.random() < 0.5 else None
    fixed = rng.random(shape) < 0.3 if rng.random() < 0.4 else None
    edge_weights = rng.choice([0, 1, 2, 0.5], (n_offsets, *shape)) if rng.random() < 0.5 else None
    return image, {"weights": weights, "mask": mask, "fixed": fixed, "edge_weights": edge_weights}


def call(kind, image, beta, **options):
    if kind == "l2":
        return coarea.denoise_tv_l2(image, beta, resolution=1, **options)
    if kind == "huber":
        return coarea.denoise_tv_l2(image, beta, resolution=0.5, huber_delta=1.5, **options)
    return coarea.denoise_tv_l1(image, beta, quantile=kind, **options)


def check_pixels(rng, kind, grid, *, solver, repeats):
    ndim, neighbors = grid
    scale = 1 / 2 if kind == "huber" else 1
    for _ in range(repeats):
        image, options = random_case(rng, ndim, neighbors)
        if kind == "huber":  # half the range: its labels are twice as dense
            image = np.minimum(image, 1)
        beta = float(rng.choice([0, 0.25, 0.5, 1, 1.5, 2.5]))
        w = np.ones(image.shape) if options["weights"] is None else options["weights"].astype(float)
        w = w if options["mask"] is None else np.where(options["mask"], 0, w)
        lowest, highest = image.min(), image.max()
        labels = lowest + scale * np.arange(round((highest - lowest) / scale) + 1)
        first, second, weight = pair_terms(
            image, neighbors, options["edge_weights"], coarea.neighbor_offsets(ndim, neighbors)
        )
        factor = np.ones(len(first)) if neighbors in (2, 4, 6) else perimeter_factor(image.shape, neighbors)
        allowed = np.ones((image.size, len(labels)), bool)
        if options["fixed"] is not None:
            allowed = ~options["fixed"].reshape(-1, 1) | (labels[None] == image.reshape(-1, 1))
        energy, lower, upper = brute_force(
            fidelity(kind, labels, image, w), first, second, beta * scale * weight * factor, allowed
        )
        for tie, expected in (("lower", lower), ("upper", upper)):
            filtered, info = call(
                kind, image, beta, neighbors=neighbors, tie=tie, solver=solver, return_info=True, **options
            )
            message = f"{kind} {image.tolist()} {beta} {neighbors} {tie} {options}"
            np.testing.assert_array_equal(filtered.ravel(), labels[expected], err_msg=message)
            assert info.energy == pytest.approx(energy, rel=1e-7, abs=1e-7), message
            if solver == "native":
                assert info.energy == info.dual_bound, message
                assert info.certificates[0].verify(filtered), message


def perimeter_factor(shape, neighbors):
    """The weight of each pair, in the order of pair_terms, measured once through the energy of single pairs."""
    from coarea._neighborhoods import perimeter_weights

    sizes = []
    index = np.zeros(shape)
    for step, weight in perimeter_weights(len(shape), neighbors).items():
        n_pairs = sum(
            all(0 <= i + s < n for i, s, n in zip(pixel, step, shape, strict=True)) for pixel in np.ndindex(index.shape)
        )
        sizes += [weight] * n_pairs
    return np.array(sizes)


KINDS = [0.5, 0.25, 0.9, 1.0, "l2", "huber"]
GRIDS = [(1, 2), (2, 4), (2, 8), (2, 16), (3, 6), (3, 26)]


@pytest.mark.parametrize("solver", ["native", "pymaxflow"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(("ndim", "neighbors"), GRIDS)
def test_pixels_are_brute_force(kind, ndim, neighbors, solver, rng):
    check_pixels(rng, kind, (ndim, neighbors), solver=solver, repeats=6 if solver == "native" else 2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(("ndim", "neighbors"), GRIDS)
def test_pixels_are_brute_force_many_times(kind, ndim, neighbors):
    check_pixels(np.random.default_rng(5), kind, (ndim, neighbors), solver="native", repeats=200)

"""All fidelities, neighbourhoods, weights of edges, masks and fixed pixels, against brute force over all labelings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from skimage import data, restoration

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
    from coarea.base.neighborhoods import perimeter_weights

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
    check_pixels(np.random.default_rng(5), kind, (ndim, neighbors), solver="native", repeats=100)


# Trees ---------------------------------------------------------------------------------------------------------


def tree_edges(tree, edge_weights):
    """Weight of the boundary of each node, counted pair by pair."""
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    lengths = []
    for mask in masks:
        length = 0.0
        for axis in range(mask.ndim):
            differs = np.diff(mask.astype(int), axis=axis) != 0
            own = np.delete(edge_weights[axis], -1, axis)
            length += own[differs].sum()
        lengths.append(length)
    return np.array(lengths)


def check_trees(rng, kind, domain, repeats):
    build = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}[domain]
    scale = 1 / 2 if kind == "huber" else 1
    while repeats:
        shape = tuple(rng.integers(1, 5, 3 if rng.random() < 0.3 and domain != "shapes" else 2))
        image = rng.integers(0, 2 if kind == "huber" else 4, shape)
        tree = build(image)
        lowest, highest = image.min(), image.max()
        labels = lowest + scale * np.arange(round((highest - lowest) / scale) + 1)
        if len(labels) ** len(tree) > 20_000:
            continue
        repeats -= 1
        _, options = random_case(rng, 2, 4)
        options = dict.fromkeys(options)
        if rng.random() < 0.5:
            options["weights"] = rng.choice([0, 1, 2, 3], shape)
        if rng.random() < 0.3:
            options["mask"] = rng.random(shape) < 0.3
        if rng.random() < 0.3:
            options["fixed"] = rng.random(shape) < 0.2
        if rng.random() < 0.5:
            options["edge_weights"] = rng.choice([0, 1, 2, 0.5], (len(shape), *shape))
        beta = float(rng.choice([0, 0.25, 0.5, 1, 1.5, 2.5]))
        w = np.ones(shape) if options["weights"] is None else options["weights"].astype(float)
        w = w if options["mask"] is None else np.where(options["mask"], 0, w)
        factors = np.ones((len(shape), *shape)) if options["edge_weights"] is None else options["edge_weights"]
        node, n = tree.node_of_pixel.ravel(), len(tree)
        cost = np.zeros((n, len(labels)))
        np.add.at(cost, node, fidelity(kind, labels, image, w))
        allowed = np.ones((n, len(labels)), bool)
        if options["fixed"] is not None:
            held = np.bincount(node, options["fixed"].ravel(), n) > 0
            allowed = ~held[:, None] | (labels[None] == tree.value[:, None])
        first, second = np.arange(1, n), tree.parent[1:]
        energy, lower, upper = brute_force(cost, first, second, beta * scale * tree_edges(tree, factors)[1:], allowed)
        for tie, expected in (("lower", lower), ("upper", upper)):
            filtered, info = call(kind, image, beta, domain=domain, tie=tie, return_info=True, **options)
            message = f"{kind} {image.tolist()} {beta} {domain} {tie} {options}"
            np.testing.assert_array_equal(filtered, labels[expected][tree.node_of_pixel], err_msg=message)
            assert info.energy == pytest.approx(energy, rel=1e-7, abs=1e-7), message
            assert info.energy == info.dual_bound, message
            assert info.certificates[0].verify(), message


each_tree = pytest.mark.parametrize("domain", ["shapes", "max_tree", "min_tree"])


@each_tree
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_trees_are_brute_force(kind, domain, rng):
    check_trees(rng, kind, domain, 15)


@pytest.mark.slow
@each_tree
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_trees_are_brute_force_many_times(kind, domain):
    check_trees(np.random.default_rng(6), kind, domain, 200)


# What is not a matter of labels ----------------------------------------------------------------------------------


def test_l2_is_the_rounded_minimiser_over_real_images(rng):
    """Between two resolutions the coarse result is the fine one, rounded; the known solution of two pixels."""
    image = rng.integers(0, 256, (12, 13)).astype(np.uint8)
    for domain in ("pixels", "shapes"):
        fine = coarea.denoise_tv_l2(image, 7.3, domain=domain, resolution=2.0**-12)
        coarse = coarea.denoise_tv_l2(image, 7.3, domain=domain, resolution=2.0**-3)
        assert np.abs(fine - coarse).max() <= 2.0**-4 + 2.0**-12
    assert coarea.denoise_tv_l2([[0.0, 10.0]], 2.0, resolution=0.125).tolist() == [[2.0, 8.0]]
    assert coarea.denoise_tv_l2([[0.0, 10.0]], 50.0, resolution=0.125).tolist() == [[5.0, 5.0]]


def test_l2_has_less_energy_than_chambolle():
    image = data.camera()[100:164, 100:164] / 255
    beta = 0.1

    def energy(u):
        variation = sum(np.abs(np.diff(u, axis=axis)).sum() for axis in (0, 1))
        return 0.5 * ((u - image) ** 2).sum() + beta * variation

    filtered, info = coarea.denoise_tv_l2(image, beta, return_info=True)
    assert energy(filtered) == pytest.approx(info.energy, rel=1e-3)
    assert energy(filtered) < energy(restoration.denoise_tv_chambolle(image, beta, max_num_iter=200))


@pytest.mark.parametrize("code", ["u1", "i2", "f4", "f8", ">f4"])
def test_l2_gives_reals(code, rng):
    image = rng.integers(0, 100, (6, 7)).astype(code)
    expected = np.float32 if np.dtype(code).newbyteorder("=") == np.float32 else np.float64
    assert coarea.denoise_tv_l2(image, 2).dtype == expected


def test_large_beta_is_the_quantile_and_the_mean(rng):
    image = rng.integers(0, 1000, (20, 20))
    for quantile in (0.1, 0.25, 0.9):
        filtered = coarea.denoise_tv_l1(image, 1e9, quantile=quantile)
        assert filtered.min() == filtered.max()
        assert np.mean(image < filtered[0, 0]) <= quantile <= np.mean(image <= filtered[0, 0])
    assert np.abs(coarea.denoise_tv_l2(image, 1e9) - image.mean()).max() <= 1 / 128


def test_edge_weights_are_their_formula(rng):
    colour = rng.random((5, 6, 3))
    weights = coarea.edge_weights(colour, 0.3, neighbors=8, channel_axis=-1)
    for own, (rows, columns) in zip(weights, coarea.neighbor_offsets(2, 8), strict=True):
        for i, j in np.ndindex(5, 6):
            inside = 0 <= i + rows < 5 and 0 <= j + columns < 6
            other = colour[i + rows, j + columns] if inside else np.inf
            assert own[i, j] == pytest.approx(np.exp(-np.sqrt(((colour[i, j] - other) ** 2).sum()) / 0.3))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"resolution": 0}, ValueError, "resolution"),
        ({"resolution": 1e-9}, ValueError, "resolution.*2.*24"),
        ({"huber_delta": -1}, ValueError, "huber_delta"),
        ({"mask": np.zeros((4, 4), bool)}, ValueError, "mask.*4, 5"),
        ({"mask": np.zeros((4, 5))}, TypeError, "mask.*boolean"),
        ({"fixed": np.zeros((5, 4), bool)}, ValueError, "fixed"),
        ({"edge_weights": np.ones((3, 4, 5))}, ValueError, "edge_weights.*2.*3"),
        ({"edge_weights": np.ones((4, 5))}, ValueError, "edge_weights"),
        ({"edge_weights": -np.ones((2, 4, 5))}, ValueError, "edge_weights"),
        ({"edge_weights": np.ones((3, 4, 5)), "domain": "shapes"}, ValueError, "edge_weights.*2.*3"),
        ({"workers": 0}, ValueError, "workers"),
        ({"neighbors": 5}, ValueError, "neighbors.*4, 8, 16"),
        ({"solver": "native", "domain": "shapes"}, ValueError, "solver"),
    ],
    ids=str,
)
def test_options_that_cannot_be_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        coarea.denoise_tv_l2(np.arange(20).reshape(4, 5), 1, **options)


def test_weights_that_beta_would_round_away_are_refused():
    fixed = np.zeros((4, 5), bool)
    fixed[0, 0] = True
    with pytest.raises(ValueError, match="beta must be smaller"):
        coarea.denoise_tv_l1(np.arange(20).reshape(4, 5), 1e30, fixed=fixed)

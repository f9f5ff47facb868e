"""Prunings against all sets of nodes closed towards the root; attribute filters as the minimisers that they are."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data
from skimage.morphology import reconstruction

import coarea
import pruning_oracles as oracles
from coarea import attributes


def test_prune_is_the_best_of_all_prunings(rng):
    for _ in range(1500):
        tree = oracles.random_tree(rng, int(rng.integers(1, 10)))
        gain = rng.integers(-3, 4, len(tree))
        sets = oracles.prunings(tree.parent)
        total = sets @ gain
        best = sets[total == total.max()]
        np.testing.assert_array_equal(coarea.prune(tree, gain), best.any(0))
        np.testing.assert_array_equal(coarea.prune(tree, gain, tie="lower"), best.all(0))


def test_rules_are_one_family(rng):
    """The least alpha #(bad nodes that stay) + #(good nodes that go), with alpha from 0 to infinity.

    "viterbi" is alpha 1, "max" any that is small enough, "min" any that is large enough.
    """
    for _ in range(1000):
        tree = oracles.random_tree(rng, int(rng.integers(1, 9)))
        n = len(tree)
        keep = rng.random(n) < 0.6
        sets = oracles.prunings(tree.parent)
        good = keep | (np.arange(n) == 0)
        previous = np.ones(n, bool)
        for alpha, rule in ((1 / (n + 1), "max"), (1, "viterbi"), (n + 1, "min")):
            cost = alpha * (sets & ~good).sum(1) + (~sets & good).sum(1)
            best = sets[np.isclose(cost, cost.min(), atol=1e-9)].any(0)
            image = coarea.attribute_filter(tree, keep, rule=rule)
            np.testing.assert_array_equal(image, coarea.attribute_filter(tree, best))
            assert (best <= previous).all()
            previous = best


def test_viterbi_on_a_photograph_lies_between_min_and_max():
    tree = coarea.max_tree(data.camera())
    keep = attributes.compactness(tree) > 0.2
    lowest, middle, highest = (coarea.attribute_filter(tree, keep, rule=rule) for rule in ("min", "viterbi", "max"))
    assert (lowest <= middle).all()
    assert (middle <= highest).all()
    assert len({image.tobytes() for image in (lowest, middle, highest)}) == 3


def test_a_pruning_is_the_same_filter_under_every_rule():
    tree = coarea.max_tree(data.coins())
    keep = coarea.prune(tree, attributes.area(tree) - 2.5 * attributes.perimeter(tree))
    expected = coarea.attribute_filter(tree, keep)
    for rule in ("min", "max", "viterbi", "subtractive"):
        np.testing.assert_array_equal(coarea.attribute_filter(tree, keep, rule=rule), expected)


def test_openings_minimise_the_energy_of_steps(rng):
    """sum_i h_i (a_i (1 - x_i) + t x_i) over prunings x, for any increasing attribute: here the diameter."""
    for _ in range(500):
        image = rng.integers(0, 4, (3, 4))
        tree = coarea.max_tree(image)
        box = attributes.bounding_box(tree)
        diameter, step = (box[:, 2:] - box[:, :2]).max(1), tree.value - tree.value[tree.parent]
        for threshold in (2, 3):
            gain = step * (diameter - threshold)
            total = (sets := oracles.prunings(tree.parent)) @ gain
            kept = sets[total == total.max()].any(0)
            np.testing.assert_array_equal(kept[1:], diameter[1:] >= threshold)
            opened = coarea.diameter_opening(tree, threshold)
            np.testing.assert_array_equal(coarea.attribute_filter(tree, coarea.prune(tree, gain)), opened)


def test_grain_filter_minimises_the_energy_of_steps(rng):
    """With the absolute steps of the tree of shapes; of L1 + TV it is no minimiser: steps of opposite signs cancel."""
    better = 0
    for _ in range(200):
        image = rng.integers(0, 4, (3, 4))
        tree, threshold = coarea.tree_of_shapes(image), int(rng.integers(2, 5))
        if len(tree) > 9:
            continue
        step = tree.value - tree.value[tree.parent]
        gain = np.abs(step) * (attributes.area(tree) - threshold)
        grain_free = coarea.grain_filter(tree, threshold)
        np.testing.assert_array_equal(coarea.attribute_filter(tree, coarea.prune(tree, gain)), grain_free)
        images = [(kept, coarea.attribute_filter(tree, kept)) for kept in oracles.prunings(tree.parent)]
        energies = [np.abs(u - image).sum() + threshold * (np.abs(step) * kept)[1:].sum() for kept, u in images]
        (own,) = {energy for energy, (kept, _) in zip(energies, images, strict=True)
                  if (kept == (attributes.area(tree) >= threshold))[1:].all()}  # fmt: skip
        better += min(energies) < own
    assert better > 0


def test_reconstruction_of_the_image_less_h_is_the_filter_of_unit_steps(rng):
    """Each unit step of a max-tree stays where its component rises h above it."""
    for _ in range(200):
        image, h = rng.integers(0, 9, (5, 6)), int(rng.integers(1, 6))
        thresholds = np.arange(1, 10)[:, None, None]
        steps = [coarea.max_tree(np.where(image >= t, image, t - 1)) for t in thresholds.ravel()]
        kept = [coarea.attribute_filter(tree, attributes.height(tree) > h, rule="max") > t - 1
                for tree, t in zip(steps, thresholds.ravel(), strict=True)]  # fmt: skip
        expected = np.maximum(reconstruction(image - h, image, footprint=oracles.CROSS), 0)
        np.testing.assert_array_equal(np.sum(kept, axis=0), expected)


def test_a_path_of_a_million_nodes():
    n = 10**6
    tree = oracles.tree_of_parents(np.maximum(np.arange(n) - 1, 0))
    gain = np.full(n, -1)
    gain[-1] = n - 2  # ties with all that leads to it
    assert coarea.prune(tree, gain).all()
    assert coarea.prune(tree, gain, tie="lower").sum() == 1
    gain[1], gain[-1] = 2, -1
    assert np.flatnonzero(coarea.prune(tree, gain)).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"gain": [1, 2]}, ValueError, r"^gain must have shape \(3,\), one entry per node, got \(2,\)"),
        ({"gain": [1, np.nan, 2]}, ValueError, "^gain contains NaN"),
        ({"gain": [1, np.inf, 2]}, ValueError, "^gain must be finite"),
        ({"gain": [1, 1e308, 1e308]}, ValueError, "^gain must be finite, and so must its sum"),
        ({"gain": ["1", "2", "3"]}, TypeError, "^gain must have a real dtype"),
        ({"tie": "largest"}, ValueError, "^tie must be one of 'lower', 'upper', got 'largest'"),
        ({"tree": np.zeros((2, 2))}, TypeError, "^tree must be a Tree, got ndarray"),
    ],
)
def test_wrong_calls_of_prune(given, error, message):
    right = {"tree": coarea.max_tree([[0, 1, 2]]), "gain": [3, 2, 1]}
    with pytest.raises(error, match=message):
        coarea.prune(**{**right, **given})


def test_gains_of_every_kind():
    tree = coarea.max_tree([[0, 1, 2]])
    for gain in (
        [0, -1, 2],
        np.array([0, -1, 2], ">i2"),
        np.array([0, -1, 2], np.float16),
        np.r_[0.0, 9, -1, 9, 2][::2],
    ):
        assert coarea.prune(tree, gain).tolist() == [True, True, True]
    assert coarea.prune(tree, [True, False, True]).tolist() == [True, True, True]

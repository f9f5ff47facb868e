"""Attributes made increasing, and scales of prunings, against all increasing functions and prunings of tiny trees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize
from skimage import data

import coarea
import pruning_oracles as oracles
from coarea import attributes

HOWS = ("min", "max", "l1", "l2")
each_how = pytest.mark.parametrize("how", HOWS)


@pytest.fixture(scope="module")
def random_trees() -> list[coarea.Tree]:
    rng = np.random.default_rng(8)
    return [oracles.random_tree(rng, int(rng.integers(1, 8))) for _ in range(1000)]


@each_how
def test_increasing_is_the_best_of_all_increasing_functions(how, random_trees, rng):
    """The root, which stays anyway, bounds nothing: there any value does that is large enough."""
    for tree in random_trees:
        n = len(tree)
        attribute, weights = rng.integers(-2, 2, n), rng.integers(1, 4, n)
        functions, inner = oracles.increasing_functions(tree.parent, np.arange(-2, 2))[:, 1:], attribute[1:]
        found = attributes.increasing(tree, attribute, how, weights if how in ("l1", "l2") else None)
        assert found[0] == max(attribute[0], found[1:].max(initial=attribute[0]))
        if how == "l2":  # its values are means: no function of the enumeration is nearer, and multipliers prove it
            squares = (weights[1:] * (functions - inner) ** 2).sum(1)
            assert (weights[1:] * (found[1:] - inner) ** 2).sum() <= squares.min() + 1e-9
            assert oracles.is_isotonic_regression(tree.parent, attribute, weights, found)
            continue
        if how == "l1":
            distance = (weights[1:] * np.abs(functions - inner)).sum(1)
            best = functions[distance == distance.min()].max(0)
        elif how == "min":
            best = functions[(functions <= inner).all(1)].max(0)
        else:
            best = functions[(functions >= inner).all(1)].min(0)
        np.testing.assert_array_equal(found[1:], best)


@each_how
def test_laws_of_increasing(how, random_trees, rng):
    for tree in random_trees:
        attribute = rng.normal(size=len(tree))
        found = attributes.increasing(tree, attribute, how)
        assert (found[1:] <= found[tree.parent[1:]]).all()
        np.testing.assert_array_equal(attributes.increasing(tree, found, how), found)
        lowest, highest = (attributes.increasing(tree, attribute, bound)[1:] for bound in ("min", "max"))
        assert (lowest <= found[1:] + 1e-12).all()
        assert (found[1:] <= highest + 1e-12).all()


@each_how
def test_an_increasing_attribute_is_left_alone(how):
    tree = coarea.tree_of_shapes(data.camera()[:128, :128])
    area = attributes.area(tree)
    found = attributes.increasing(tree, area, how)
    np.testing.assert_array_equal(found, area)
    assert found.dtype == (np.float64 if how == "l2" else area.dtype)


@pytest.mark.parametrize(("how", "rule"), [("min", "min"), ("max", "max"), ("l1", "viterbi")])
def test_thresholds_are_the_filters_of_all_thresholds(how, rule):
    tree = coarea.max_tree(data.camera()[100:180, 100:180])
    compactness = attributes.compactness(tree)
    found = attributes.increasing(tree, compactness, how)
    for threshold in (0.05, 0.2, 0.4, 0.8):
        expected = coarea.attribute_filter(tree, compactness >= threshold, rule=rule)
        np.testing.assert_array_equal(coarea.attribute_filter(tree, found >= threshold), expected)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, ">i2", np.uint16, np.int64, np.uint64, np.float32, ">f8"])
def test_attributes_of_every_dtype(dtype, rng):
    """Their order counts, not their bytes; 64-bit integers are not rounded but by "l2"."""
    tree = oracles.random_tree(rng, 40)
    small = rng.integers(0, 2 if dtype is bool else 100, 40)
    attribute = small.astype(dtype)
    attribute.flags.writeable = False
    for how in HOWS:
        found = attributes.increasing(tree, attribute, how)
        np.testing.assert_array_equal(found, attributes.increasing(tree, small, how))
        assert found.dtype == (np.float64 if how == "l2" else np.dtype(dtype).newbyteorder("="))
    strided = np.repeat(attribute, 2)[::2]
    np.testing.assert_array_equal(attributes.increasing(tree, strided, "l1"), attributes.increasing(tree, small, "l1"))
    wide = (2**60 + small).astype(np.int64)
    np.testing.assert_array_equal(
        attributes.increasing(tree, wide, "l1") - 2**60, attributes.increasing(tree, small, "l1")
    )


def test_infinite_attributes_have_their_order():
    tree = coarea.max_tree([[0, 1, 2, 3]])
    assert attributes.increasing(tree, [0, 1, np.inf, -np.inf], "max").tolist() == [np.inf, np.inf, np.inf, -np.inf]


def test_scale_is_the_best_pruning_at_every_price(random_trees, rng):
    """Costs of 0 stay or go for ever; of several best prunings it is the largest."""
    for tree in random_trees:
        gain, cost = rng.integers(-3, 10, len(tree)), rng.integers(0, 4, len(tree))
        scale = attributes.pruning_scale(tree, gain, cost)
        assert scale[0] == np.inf
        assert (scale[1:] <= scale[tree.parent[1:]]).all()
        sets = oracles.prunings(tree.parent)
        for price in (0, 0.5, 1, 2, 3, 7, 1000):
            total = sets @ (gain - price * cost)
            best = sets[total == total.max()].any(0)
            np.testing.assert_array_equal(scale >= price, best)
            np.testing.assert_array_equal(coarea.prune(tree, gain - price * cost), best)


def test_cuts_of_a_hierarchy_at_all_scales(rng):
    """Of rows of pixels that are merged at random: the optimal cuts, by recursion, are read off the scale."""
    for _ in range(300):
        values = rng.integers(0, 9, rng.integers(3, 9)).astype(float)
        spans, parts = [(k, k + 1) for k in range(len(values))], {}
        while len(spans) > 1:
            k = int(rng.integers(len(spans) - 1))
            whole = spans[k][0], spans[k + 1][1]
            parts[whole] = spans[k : k + 2]
            spans[k : k + 2] = [whole]
        splits = [*reversed(parts)]  # from the outside in; above them a node that always stays
        parent = np.zeros(len(splits) + 1, int)
        for k, whole in enumerate(splits):
            parent[[1 + splits.index(part) for part in parts[whole] if part in parts]] = 1 + k
        gain = [0, *(misfit(values, whole) - sum(misfit(values, p) for p in parts[whole]) for whole in splits)]
        scale = attributes.pruning_scale(oracles.tree_of_parents(parent), gain, np.full(len(parent), 2))
        for price in rng.uniform(0, 20, 4):
            is_split = dict(zip(splits, scale[1:] >= price, strict=True))
            found = energy_of_cut(values, parts, (0, len(values)), price, is_split)
            assert found == pytest.approx(energy_of_cut(values, parts, (0, len(values)), price, None))


def misfit(values, span):
    part = values[slice(*span)]
    return ((part - part.mean()) ** 2).sum()


def energy_of_cut(values, parts, span, price, is_split):
    """The misfit and, for each split, two sides at a price: of the cut that is given, or of the best one."""
    whole = misfit(values, span)
    if span not in parts or (is_split and not is_split[span]):
        return whole
    split = 2 * price + sum(energy_of_cut(values, parts, part, price, is_split) for part in parts[span])
    return split if is_split else min(whole, split)


@pytest.mark.parametrize("slope", [-1, 1])
def test_a_path_of_a_million_nodes(slope):
    """In both directions: nothing recurses, and the time is that of other trees."""
    n = 10**6
    tree = oracles.tree_of_parents(np.maximum(np.arange(n) - 1, 0))
    attribute = slope * np.arange(n, dtype=float)
    attribute[0] = 2 * n
    inner = attribute[1:]
    by_hand = {"min": np.minimum.accumulate(inner), "max": np.maximum.accumulate(inner[::-1])[::-1]}
    by_hand["l2"] = inner if slope < 0 else np.full(n - 1, inner.mean())
    by_hand["l1"] = inner if slope < 0 else np.full(n - 1, inner[n // 2 - 1])
    for how in HOWS:
        np.testing.assert_array_equal(attributes.increasing(tree, attribute, how)[1:], by_hand[how])
    np.testing.assert_array_equal(attributes.pruning_scale(tree, attribute, np.ones(n))[1:], by_hand["l2"])


def test_on_a_path_it_is_the_isotonic_regression_of_scipy(rng):
    n = 20000
    tree = oracles.tree_of_parents(np.maximum(np.arange(n) - 1, 0))
    attribute, weights = rng.normal(size=n) - np.linspace(0, 3, n), rng.integers(1, 9, n)
    expected = optimize.isotonic_regression(attribute[1:], weights=weights[1:], increasing=False).x
    np.testing.assert_allclose(attributes.increasing(tree, attribute, "l2", weights)[1:], expected, atol=1e-12)


def test_trees_of_every_form(rng):
    """Heaps of many blocks, blocks that take in one after the other, and all between; gains of prices with them."""
    n = 3000
    i = np.arange(n)
    forms = {
        "star": np.minimum(i, 1) - (i == 1),
        "comb": np.maximum(np.where(i % 2 == 1, i - 2, i - 1), 0),
        "binary": i // 2,
        "random": np.r_[0, rng.integers(0, i[1:])],
        "narrow": np.r_[0, rng.integers(np.maximum(i[1:] - 5, 0), i[1:])],
    }
    for parent in forms.values():
        tree, weights = oracles.tree_of_parents(parent), rng.integers(1, 9, n)
        for attribute in (rng.normal(size=n), rng.normal(size=n) + 0.001 * i, rng.integers(0, 4, n)):
            found = attributes.increasing(tree, attribute, "l2", weights)
            assert oracles.is_isotonic_regression(parent, attribute, weights, found)
            scale = attributes.pruning_scale(tree, attribute * weights, weights)
            np.testing.assert_allclose(scale[1:], found[1:], atol=1e-9)
            steps = np.unique(found)
            price = steps[np.diff(steps).argmax() :][:2].mean()  # far from ties
            np.testing.assert_array_equal(coarea.prune(tree, weights * (attribute - price))[1:], found[1:] >= price)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"how": "l3"}, ValueError, r"^how must be one of 'min', 'max', 'l1', 'l2', got 'l3'"),
        ({"attribute": [1, 2]}, ValueError, r"^attribute must have shape \(3,\), one entry per node, got \(2,\)"),
        ({"attribute": [1, np.nan, 2]}, ValueError, "^attribute contains NaN"),
        ({"attribute": [1, np.inf, 2], "how": "l2"}, ValueError, "^attribute must be finite"),
        ({"attribute": [1, 1e308, 1e308], "how": "l2"}, ValueError, "^attribute must be finite, and so must its sum"),
        (
            {"attribute": [1, 1e308, 1], "how": "l2", "weights": [1, 9, 1]},
            ValueError,
            "^attribute times weights must be",
        ),
        ({"attribute": ["a", "b", "c"]}, TypeError, "^attribute must have a real dtype"),
        ({"attribute": None}, TypeError, "^attribute must be given"),
        ({"weights": [1, 1, 1]}, ValueError, "^weights do not apply to how='min'"),
        ({"how": "l1", "weights": [1, 0, 1]}, ValueError, "^weights must be positive, got 0"),
        ({"how": "l2", "weights": [1, -1, 1]}, ValueError, "^weights must be finite and >= 0"),
        ({"how": "l2", "weights": [1, 1]}, ValueError, r"^weights must have shape \(3,\)"),
        ({"tree": [[0, 1]]}, TypeError, "^tree must be a Tree, got list"),
    ],
)
def test_wrong_calls_of_increasing(given, error, message):
    right = {"tree": coarea.max_tree([[0, 1, 2]]), "attribute": [3, 2, 1]}
    with pytest.raises(error, match=message):
        attributes.increasing(**{**right, **given})


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"gain": [1, 2]}, ValueError, r"^gain must have shape \(3,\)"),
        ({"gain": [1, np.inf, 2]}, ValueError, "^gain must be finite"),
        ({"gain": [1, np.nan, 2]}, ValueError, "^gain contains NaN"),
        ({"cost": [1, -1, 2]}, ValueError, "^cost must be finite and >= 0"),
        ({"cost": 2}, ValueError, r"^cost must have shape \(3,\)"),
        ({"cost": [1j, 1, 2]}, TypeError, "^cost must have a real dtype"),
    ],
)
def test_wrong_calls_of_the_scale(given, error, message):
    right = {"tree": coarea.max_tree([[0, 1, 2]]), "gain": [3, 2, 1], "cost": [1, 1, 1]}
    with pytest.raises(error, match=message):
        attributes.pruning_scale(**{**right, **given})


def test_what_is_given_stays_as_it_was():
    tree = coarea.max_tree([[0, 1, 2]])
    given = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    attributes.increasing(tree, given[0], "l2", given[1])
    attributes.increasing(tree, given[0], "l1", given[1])
    attributes.pruning_scale(tree, *given)
    coarea.prune(tree, given[0])
    assert [array.tolist() for array in given] == [[3, 1, 2], [1, 1, 2]]
    alone = coarea.max_tree([[7, 7]])
    assert [attributes.increasing(alone, [5], how).tolist() for how in HOWS] == [[5]] * 4
    assert attributes.pruning_scale(alone, [1], [1]).tolist() == [np.inf]
    assert coarea.prune(alone, [-1]).tolist() == [True]

"""Scale spaces are the exact filter for every beta, whatever the other betas; what is monotone in beta and what not."""

from __future__ import annotations

import pickle
from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pytest
from skimage import data

import coarea
import oracles
from coarea.scales import _nested

CONVENTIONS = [
    {"connectivity": connectivity, "border": border}
    for connectivity, border in product(["8-4", "4-8", "self-dual"], ["half-area", "median", 3, 300, (0, 0)])
]
COMPONENTS = [partial(coarea.max_tree, connectivity=2), coarea.max_tree, coarea.min_tree]
DTYPES = [np.uint8, np.int16, np.uint16, np.int64, np.float32, np.float64]
TIES = ["lower", "upper"]
# Node 1 joins node 2 at 1/4 and leaves it again at 1/2, when node 2 falls to the root.
COMES_BACK = [[1, 3, 0, 3, 0], [3, 0, 1, 1, 3], [2, 3, 1, 2, 2], [3, 2, 3, 0, 1]]


def random_image(rng, dtype=np.uint8, most=9):
    return rng.integers(0, rng.integers(2, 12), rng.integers(1, most, 2)).astype(dtype)


def random_betas(rng):
    """Fractions with ties, numbers without a common denominator, and some of both."""
    kind = rng.integers(3)
    exact, real = rng.integers(0, 40, 12) / 8, rng.random(12) * 4
    return np.unique([exact, real, np.concatenate([exact, real])[rng.integers(0, 24, 14)]][kind])


def random_options(rng, shape):
    weights = [None, None, rng.integers(0, 4, shape), rng.random(shape).round(1), rng.random(shape)][rng.integers(5)]
    return {"tie": TIES[rng.integers(2)], "quantile": [0.5, 0.5, 0.3, 0.0, 1.0][rng.integers(5)], "weights": weights}


def assert_same(space, source, **options):
    for k, beta in enumerate(space.betas):
        expected = coarea.denoise_tv_l1(source, beta, **options)
        found = space.image(k)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


# --- the filter for every beta ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("conventions", CONVENTIONS, ids=lambda c: "{connectivity} {border}".format(**c))
def test_every_image_is_that_of_the_filter_on_shapes(conventions, rng):
    for number in range(8):
        image = random_image(rng, DTYPES[number % len(DTYPES)])
        options = random_options(rng, image.shape) | conventions
        space = coarea.scale_space(image, random_betas(rng), **options)
        assert space.tree == coarea.tree_of_shapes(image, **conventions)
        assert_same(space, image, domain="shapes", **options)


@pytest.mark.parametrize("build", COMPONENTS)
def test_every_image_is_that_of_the_filter_on_other_trees(build, rng):
    for shape in [(1,), (17,), (7, 8), (1, 6), (3, 4, 5), (2, 3, 2, 3)]:
        tree = build(rng.integers(0, 9, shape)) if len(shape) > 1 else coarea.max_tree(rng.integers(0, 9, shape))
        options = random_options(rng, shape)
        assert_same(coarea.scale_space(tree, random_betas(rng), **options), tree, **options)


@pytest.mark.slow
def test_thousands_of_images(rng):
    for number in range(6000):
        image = random_image(rng, DTYPES[number % len(DTYPES)], most=14)
        options = random_options(rng, image.shape)
        if number % 4:
            options |= CONVENTIONS[rng.integers(len(CONVENTIONS))]
            assert_same(coarea.scale_space(image, random_betas(rng), **options), image, domain="shapes", **options)
        else:
            tree = COMPONENTS[rng.integers(3)](image)
            assert_same(coarea.scale_space(tree, random_betas(rng), **options), tree, **options)


def test_volumes_simplified_trees_and_a_single_pixel(rng):
    volume = rng.integers(0, 6, (4, 5, 3))
    assert_same(coarea.scale_space(volume, [0, 0.3, 1, 5]), volume, domain="shapes", channel_axis=None)
    tree = coarea.tree_of_shapes(rng.integers(0, 9, (12, 13)))
    kept = tree.simplify(coarea.attributes.area(tree) >= 5)
    assert_same(coarea.scale_space(kept, [0, 0.4, 1, 2]), kept)
    assert coarea.scale_space([[7]], [0, 1]).values.tolist() == [[7], [7]]


def test_values_against_all_labelings(rng):
    """The smallest and the largest minimiser of the energy of the nodes, by trying all values."""
    tried = 0
    while tried < 60:
        tree = coarea.tree_of_shapes(rng.integers(0, 4, (3, 4)))
        if not 1 < len(tree) <= 6:
            continue
        tried += 1
        betas = np.unique(rng.integers(0, 30, 5)) / 8
        for tie in TIES:
            space = coarea.scale_space(tree, betas, tie=tie)
            for beta, values in zip(betas, space.values, strict=True):
                problem = oracles.tree_problem(tree, beta)
                minimum = oracles.minimum_over_labelings(problem, np.unique(tree.value))
                assert values.tolist() == getattr(minimum, tie).tolist()


def test_values_do_not_depend_on_the_other_betas(rng):
    for _ in range(20):
        image = random_image(rng)
        options, betas = random_options(rng, image.shape), random_betas(rng)
        space = coarea.scale_space(image, betas, **options)
        for beta, values in zip(betas, space.values, strict=True):
            alone = coarea.scale_space(image, [beta], **options)
            assert alone.values.tolist() == [values.tolist()]


@pytest.mark.parametrize("weights", [None, np.full((6, 7), 1e-9), np.random.default_rng(0).random((6, 7))])
def test_betas_of_any_size(weights, rng):
    image = rng.integers(0, 9, (6, 7))
    betas = [1e-300, 1e-9, 0.3, 1e6, np.pi * 1e12, 1e30, 1e300, 1.7e308]
    assert_same(coarea.scale_space(image, betas, weights=weights), image, domain="shapes", weights=weights)


@pytest.mark.parametrize("tie", TIES)
def test_betas_of_any_size_where_there_are_no_data(tie, rng):
    image = rng.integers(1, 9, (4, 5))
    options = {"weights": np.zeros((4, 5)), "tie": tie}
    assert_same(coarea.scale_space(image, [0, 1e-12, 0.3, 1e300], **options), image, domain="shapes", **options)


def test_a_stage_of_a_larger_beta_is_not_taken(rng):
    """Betas that are rounded to integers may come in another order than they went in."""
    differ = 0
    for _ in range(20):
        nested = _nested.Nested(random_image(rng), "shapes", _nested.Options("lower", None, 0.5, None, None, 1))
        late = nested.solve(3.0)
        for beta in (0.25, 1.0):
            expected = nested.solve(beta).values(nested.greys)
            assert nested.solve(beta, late).values(nested.greys).tolist() == expected.tolist()
            differ += len(late.groups.parent) < len(set(expected.tolist()))
    assert differ > 5


def test_shared_denominators_are_found_and_used(monkeypatch, rng):
    """Else all would be right and slow: whole and few weights are one problem for all betas, many real ones are not."""
    image = rng.integers(0, 30, (20, 20))
    calls = []
    whole = _nested.Groups.of
    monkeypatch.setattr(_nested.Groups, "of", lambda *given: calls.append(0) or whole(*given))
    betas = [0.1, 0.5, np.sqrt(2), 2, np.pi]
    for weights in (None, rng.integers(0, 5, image.shape), rng.random(image.shape).round(1)):
        coarea.scale_space(image, betas, weights=weights)
        assert len(calls) == 1
        calls.clear()
    for weights in (rng.random(image.shape), np.arange(400).reshape(image.shape) % 90 / 97):
        coarea.scale_space(image, betas, weights=weights)
        assert calls == []


# --- what is monotone, and what not -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("quantile", [0.5, 0.2])
def test_total_variation_falls_and_fidelity_grows(tie, quantile, rng):
    for number in range(25):
        image = random_image(rng) if number else data.camera()[100:164, 200:264]
        betas = np.arange(1, 40) / 8
        space = coarea.scale_space(image, betas, tie=tie, quantile=quantile)
        mass, length = coarea.attributes.own_area(space.tree), coarea.attributes.perimeter(space.tree)
        u, v = space.values.astype(float), space.tree.value.astype(float)
        variation = np.abs(u - u[:, space.tree.parent]) @ length
        fidelity = 2 * (quantile * np.maximum(v - u, 0) + (1 - quantile) * np.maximum(u - v, 0)) @ mass
        assert (np.diff(variation) <= 0).all()
        assert (np.diff(fidelity) >= -1e-9).all()
        energy = fidelity + betas * variation
        assert (np.diff(energy, 2) <= 1e-9).all()  # concave


def test_a_line_that_is_gone_can_come_back():
    """Minimisers are unique on both sides, so this is no choice between equal ones."""
    edges, seen = [[0, 1], [1, 2]], []  # a chain from the root
    for beta in (0.2, 0.4, 0.6):
        results = [
            coarea.minimize_tv_graph([0, 3, 1], edges, [3, 1], beta=beta, weights=[2, 1, 1], tie=tie).values.tolist()
            for tie in TIES
        ]
        assert results[0] == results[1]
        seen.append(results[0][1] != results[0][2])
    assert seen == [True, False, True]


@pytest.mark.parametrize("tie", TIES)
def test_a_line_of_an_image_that_comes_back(tie):
    betas = [float(Fraction(k, 24)) for k in range(1, 25)]
    space = coarea.scale_space(COMES_BACK, betas, tie=tie)
    seen = space.values != space.values[:, space.tree.parent]
    back = [node for node in range(len(space.tree)) if (np.diff(seen[:, node].astype(int)) > 0).any()]
    assert back
    for node in back:
        assert not seen[: np.flatnonzero(seen[:, node]).max(), node].all()
        assert space.disappearance[node] == max(betas[k] for k in np.flatnonzero(seen[:, node]))


# --- what else it tells -----------------------------------------------------------------------------------------------


def test_numbers_of_shapes_and_last_betas_by_definition(rng):
    never, always = 0, 0
    for _ in range(30):
        space = coarea.scale_space(random_image(rng), random_betas(rng))
        parent = space.tree.parent
        for values, n_shapes in zip(space.values, space.n_shapes, strict=True):
            assert n_shapes == len(space.tree.simplify(values != values[parent]))
        for node in range(len(space.tree)):
            seen = [beta for beta, u in zip(space.betas, space.values, strict=True) if u[node] != u[parent[node]]]
            assert space.disappearance[node] == max(seen, default=0)
            never, always = never + (not seen), always + bool(seen)
        assert space.disappearance[0] == 0
    assert never > 50 < always


def test_texts(rng):
    space = coarea.scale_space(rng.integers(0, 30, (20, 30)).astype(np.uint8), [0, 1, 64])
    n = len(space.tree)
    assert repr(space) == (
        f"<scale space on the tree of shapes of a 20x30 uint8 image: 3 betas from 0 to 64, {n} to 1 shapes>"
    )
    html = space._repr_html_()
    assert all(word in html for word in ("scale space", "20 x 30, uint8", "3 betas from 0 to 64", f"{n} to 1", "<img"))
    one = coarea.scale_space([[1, 2]], [2])
    assert repr(one) == "<scale space on the tree of shapes of a 1x2 int64 image: 1 beta, 2, 1 shapes>"
    assert coarea.scale_space(coarea.max_tree([1, 5, 1]), [0])._repr_html_()


def test_it_cannot_be_changed_and_can_be_pickled():
    given = np.array([0.5, 1.0])
    space = coarea.scale_space(np.eye(5), given)
    given[:] = 7
    assert space.betas.tolist() == [0.5, 1.0]
    for array in (space.betas, space.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3
    again = pickle.loads(pickle.dumps(space))
    assert again.tree == space.tree
    np.testing.assert_array_equal(again.image(1), space.image(1))


def test_arrays_of_every_layout_and_masked_ones(rng):
    image = rng.integers(0, 9, (8, 9)).astype(np.float32)
    expected = coarea.scale_space(image, [0.5, 1]).values
    locked = image.copy()
    locked.flags.writeable = False
    wide = np.repeat(image, 2, axis=1)
    for other in (locked, wide[:, ::2], np.asfortranarray(image), image.astype(">f4"), image.tolist()):
        assert coarea.scale_space(other, [0.5, 1]).values.tolist() == expected.tolist()
    assert coarea.scale_space(image, np.array([0.5, 1], ">f2")).values.tolist() == expected.tolist()
    hidden = rng.random(image.shape) < 0.2
    masked = np.ma.array(np.where(hidden, np.nan, image), mask=hidden)
    for k, found in enumerate(map(coarea.scale_space(masked, [0.5, 1]).image, range(2))):
        np.testing.assert_array_equal(found, coarea.denoise_tv_l1(masked, [0.5, 1][k], domain="shapes"))


# --- what is refused --------------------------------------------------------------------------------------------------

IMAGE = np.arange(12).reshape(3, 4) % 5
TREE = coarea.max_tree(IMAGE)


@pytest.mark.parametrize(
    ("betas", "message"),
    [
        ([], "betas must be one or more numbers in one axis"),
        (3, r"betas must be one or more numbers in one axis, got 3: for one, \[3\]"),
        ([[1, 2]], "betas must be one or more numbers in one axis"),
        ([True], "betas must be one or more numbers in one axis"),
        ([1, np.nan], "betas must be finite numbers >= 0"),
        ([1, np.inf], "betas must be finite numbers >= 0"),
        ([-1, 2], "betas must be finite numbers >= 0"),
        ([2, 1], r"betas must increase: give numpy.unique\(betas\)"),
        ([1, 1], r"betas must increase: give numpy.unique\(betas\)"),
        (["1"], "betas must have a real dtype"),
        ([1j], "betas must have a real dtype"),
        (None, "betas must be given"),
        (IMAGE, "betas must be one or more numbers in one axis, got an array of shape"),
    ],
)
def test_betas_that_are_refused(betas, message):
    with pytest.raises((ValueError, TypeError), match=message):
        coarea.scale_space(IMAGE, betas)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coarea.scale_space(TREE, [1], border="median"), "border does not apply to domain='max_tree'"),
        (lambda: coarea.scale_space(TREE, [1], connectivity=2), "connectivity must be that of the tree, 1"),
        (lambda: coarea.scale_space(IMAGE, [1], tie="middle"), "tie must be one of 'lower', 'upper'"),
        (lambda: coarea.scale_space(IMAGE, [1], quantile=2), "quantile must be a number >= 0 and <= 1, got 2"),
        (lambda: coarea.scale_space(IMAGE, [1], weights=[1]), r"weights must have shape \(3, 4\)"),
        (lambda: coarea.scale_space(np.array([[np.nan, 1]]), [1]), "image contains NaN"),
        (lambda: coarea.scale_space("photo.png", [1]), "if this is a file, read it first"),
        (lambda: coarea.scale_space(IMAGE, [1], domain="max_tree"), "unexpected keyword argument 'domain'"),
        (lambda: coarea.scale_space(IMAGE[0], [1]), "image must be 2-D or 3-D, got 1-D"),
        (lambda: coarea.scale_space(IMAGE, [1]).image(1.0), "k must be an integer, .* numpy.searchsorted"),
        (lambda: coarea.scale_space(IMAGE, [1]).image(1), r"k must be in \[0, 1\), got 1"),
        (lambda: coarea.scale_space(IMAGE, [1]).image(-2), r"k must be in \[0, 1\), got -2"),
    ],
)
def test_calls_that_are_refused(call, message):
    with pytest.raises((ValueError, TypeError, IndexError), match=message):
        call()


def test_colours_are_told_to_be_taken_one_by_one():
    with pytest.warns(UserWarning, match="take them one by one"):
        coarea.scale_space(np.zeros((9, 9, 3)), [1])

"""Two phases against all sets, and their laws."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from skimage import data

import coarea
from coarea.base.neighborhoods import pair_slices, perimeter_weights


def energies(
    image: np.ndarray, masks: np.ndarray, means: np.ndarray, beta: float, *, neighbors: int | None = None,
    has_data: np.ndarray | None = None, edge_weights: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Of the sets along the first axis; channels are the last axis of the image, the means have one for each."""
    known = np.ones(image.shape) if has_data is None else has_data
    squares = [(known * (image - mean) ** 2).sum(axis=-1) for mean in means]
    total = np.where(masks, squares[1], squares[0]).reshape(len(masks), -1).sum(axis=1)
    for k, (offset, length) in enumerate(perimeter_weights(masks.ndim - 1, neighbors).items()):
        first, second = pair_slices(offset)
        factor = 1 if edge_weights is None else edge_weights[k][first]
        cut = masks[(slice(None), *first)] != masks[(slice(None), *second)]
        total = total + beta * length * (factor * cut).reshape(len(masks), -1).sum(axis=1)
    return total


def all_masks(shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    return np.array(list(itertools.product((False, True), repeat=size))).reshape(-1, *shape)


MASKS = {shape: all_masks(shape) for shape in [(3, 3), (2, 5), (11,), (2, 2, 3)]}


def check(image: np.ndarray, result: coarea.TwoPhase, beta: float, masks: np.ndarray, **more: object) -> None:
    """That a result is the best of some sets, has the energy that it says, and is proven."""
    colors = image if image.ndim == masks.ndim else image[..., None]
    means = result.means.reshape(2, -1)
    best = energies(colors, masks, means, beta, **more).min()
    (own,) = energies(colors, result.mask[None], means, beta, **more)
    assert own == pytest.approx(best, rel=1e-12, abs=1e-9)
    assert result.energy == pytest.approx(own, rel=1e-12, abs=1e-9)
    assert result.certificate.verify()


@pytest.mark.parametrize("shape", MASKS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float64])
def test_no_set_has_less_energy(shape, dtype, rng):
    for k in range(25):
        image = rng.integers(0, 30, shape)
        image = (image + rng.random(shape)).astype(dtype) if dtype == np.float64 else image.astype(dtype)
        beta = float(rng.integers(0, 400)) / 4
        means = None if k % 2 else np.sort(rng.choice(60, 2, replace=False)) / 2
        result = coarea.two_phase(image, beta, means=means, n_iter=int(rng.integers(0, 4)), channel_axis=None)
        check(image, result, beta, MASKS[shape])


@pytest.mark.parametrize("neighbors", [8, 16])
def test_no_set_has_less_energy_with_large_neighborhoods_and_weighted_edges(neighbors, rng):
    offsets = coarea.neighbor_offsets(2, neighbors)
    for shape in ((3, 3), (2, 5)):
        for _ in range(10):
            image, beta = rng.integers(0, 30, shape), float(rng.integers(1, 200))
            weights = rng.random((len(offsets), *shape))
            result = coarea.two_phase(image, beta, neighbors=neighbors, edge_weights=weights)
            check(image, result, beta, MASKS[shape], neighbors=neighbors, edge_weights=weights)


def test_no_set_has_less_energy_over_the_channels(rng):
    for dtype in (np.uint8, np.float32):
        for _ in range(20):
            image, beta = rng.integers(0, 30, (3, 3, 3)).astype(dtype), float(rng.integers(0, 300))
            result = coarea.two_phase(image, beta, channel_axis=-1)
            assert result.means.shape == (2, 3)
            check(image.astype(float), result, beta, MASKS[3, 3])
            moved = coarea.two_phase(np.moveaxis(image, -1, 0), beta, channel_axis=0)
            np.testing.assert_array_equal(moved.mask, result.mask)


def test_seeds_are_kept_and_no_set_that_keeps_them_has_less_energy(rng):
    masks = MASKS[3, 3]
    for k in range(60):
        image, beta = rng.integers(0, 30, (3, 3)), float(rng.integers(0, 200))
        label = rng.choice(3, (3, 3), p=[0.6, 0.2, 0.2])
        outside, inside = label == 1, label == 2
        fixed = (outside, inside) if k % 3 else (None, inside) if k % 2 else [outside, None]
        result = coarea.two_phase(image, beta, fixed=fixed)
        agree = np.ones(len(masks), bool)
        if fixed[0] is not None:
            agree &= ~masks[:, outside].any(axis=1)
            assert not result.mask[outside].any()
        if fixed[1] is not None:
            agree &= masks[:, inside].all(axis=1)
            assert result.mask[inside].all()
        check(image, result, beta, masks[agree])


def test_hidden_pixels_count_for_nothing(rng):
    for k in range(40):
        image, beta = rng.integers(0, 30, (3, 3)).astype(float), float(rng.integers(0, 200))
        hidden = rng.random((3, 3)) < 0.3
        has_data = (~hidden).astype(float)
        image[hidden] = np.nan
        given = {"image": image, "mask": hidden} if k % 2 else {"image": np.ma.masked_invalid(image)}
        result = coarea.two_phase(**given, beta=beta)
        check(np.nan_to_num(image), result, beta, MASKS[3, 3], has_data=has_data[..., None])
        assert result.converged
        for phase, mean in enumerate(result.means):
            own = (result.mask == phase) & ~hidden
            assert not own.any() or mean == pytest.approx(image[own].mean())
    colors = rng.integers(0, 30, (3, 3, 2)).astype(np.uint8)
    hidden = rng.random(colors.shape) < 0.3  # of one channel, not of the other
    result = coarea.two_phase(colors, 50, channel_axis=-1, mask=hidden)
    check(colors.astype(float), result, 50, MASKS[3, 3], has_data=1.0 - hidden)
    large = coarea.two_phase(np.where(hidden, 255, colors), 50, channel_axis=-1, mask=hidden)
    np.testing.assert_array_equal(large.means, result.means)


def test_the_means_are_renewed_until_they_stay():
    image = data.camera()[::4, ::4]
    energy = np.inf
    for n_iter in range(8):
        result = coarea.two_phase(image, 2000, means=(100, 101), n_iter=n_iter)
        assert result.n_cuts == n_iter + 1 or result.converged
        assert result.energy <= energy
        energy = result.energy
    assert result.converged
    assert result.n_cuts < 8
    for phase, mean in enumerate(result.means):
        assert abs(image[result.mask == phase].mean() - mean) <= 1 / 128
    again = coarea.two_phase(image, 2000, means=result.means, n_iter=0)
    assert again.converged
    assert again.energy == energy
    kept = coarea.two_phase(image, 2000, means=(100, 101), n_iter=0)
    assert kept.means.tolist() == [100, 101]
    assert not kept.converged


def test_integers_are_solved_without_rounding(rng):
    """Its certificate counts the same squares: more than 64 weights of up to 33 bits, which must all be exact."""
    for dtype, low, high in (("u1", 0, 256), ("i1", -128, 128), ("u2", 0, 2**16), ("i4", -(2**20), 2**20)):
        image = rng.integers(low, high, (40, 40)).astype(dtype)
        result = coarea.two_phase(image, float(high) ** 2 / 10)
        nearer = ((image.astype(float)[..., None] - result.means) ** 2).min(axis=-1).sum()
        assert len(np.unique(image)) > 64
        assert result.certificate.energy() + nearer == result.energy
        assert result.certificate.dual_bound() == result.certificate.energy()
    assert result.certificate.unit * 2.0**40 == int(result.certificate.unit * 2.0**40)


def test_duality(rng):
    """The negative has the other set, where ties are solved the other way."""
    for dtype in (np.int16, np.float64):
        for _ in range(40):
            image = rng.integers(-9, 9, (6, 7)).astype(dtype)
            means, beta = rng.choice(40, 2, replace=False) / 2 - 10, float(rng.integers(0, 60))
            for tie, other in (("lower", "upper"), ("upper", "lower")):
                one = coarea.two_phase(image, beta, means=means, n_iter=0, tie=tie)
                two = coarea.two_phase(-image, beta, means=-means[::-1], n_iter=0, tie=other)
                held = (means[1] - means[0]) * (2 * image - means.sum()) != 0  # what prefers neither goes either way
                np.testing.assert_array_equal(one.mask[held], ~two.mask[held])


@pytest.mark.parametrize("neighbors", [4, 8])
def test_the_phases_of_a_photograph_are_those_of_the_exact_filter(neighbors):
    image = data.camera()[::2, ::2]
    result = coarea.two_phase(image, 3000, neighbors=neighbors, workers=2)
    r = (image - result.means[0]) ** 2 - (image - result.means[1]) ** 2
    filtered = coarea.denoise_tv_l1((r > 0).astype(np.uint8), 3000, weights=np.abs(r), neighbors=neighbors)
    np.testing.assert_array_equal(result.mask, filtered.astype(bool))
    assert result.certificate.verify()


def test_level_sets_of_the_quadratic_filter_are_phases(rng):
    """For the threshold t = (c0 + c1) / 2, with beta / (2 (c1 - c0))."""
    for _ in range(40):
        image, beta = rng.integers(0, 30, (6, 7)), float(rng.integers(1, 200))
        low, high = np.sort(rng.choice(60, 2, replace=False)) / 2
        filtered = coarea.denoise_tv_l2(image, beta / (2 * (high - low)), resolution=2.0**-12)
        level_set = filtered >= (low + high) / 2
        result = coarea.two_phase(image, beta, means=(low, high), n_iter=0)
        (own,) = energies(image[..., None], level_set[None], result.means.reshape(2, 1), beta)
        assert result.energy <= own <= result.energy + 2 * (high - low) * image.size * 2.0**-11


def test_the_default_start_takes_the_brighter_side_or_the_seeds(rng):
    image = np.full((9, 9), 200, np.uint8)
    image[3:6, 3:6] = 20
    assert coarea.two_phase(image, 10).mask.sum() == 72
    dark = np.zeros(image.shape, bool)
    dark[4, 4] = True
    for fixed in ((None, dark), (np.roll(dark, 4), dark)):
        result = coarea.two_phase(image, 10, fixed=fixed)
        np.testing.assert_array_equal(result.mask, image == 20)
        assert result.means.tolist() == [200, 20]
    np.testing.assert_array_equal(coarea.two_phase(image, 10, fixed=(dark, None)).mask, image != 20)
    for _ in range(30):  # the channels may vary against each other
        dark, bright = rng.integers(0, 256, (2, 3))
        colors = np.where(image[..., None] == 20, dark, bright).astype(np.uint8)
        found = coarea.two_phase(colors, 10, channel_axis=-1)
        assert found.mask.sum() in (9, 72)
        assert found.means[1].sum() >= found.means[0].sum()


def test_small_differences_are_not_lost_beside_a_large_one(rng):
    image = rng.random((12, 12))
    for outlier in (30, 1e6, 1e15):
        image[3, 4] = outlier
        result = coarea.two_phase(image, 0.1, means=(0.1, 0.8), n_iter=0)
        image[3, 4] = 10
        assert 10 < result.mask.sum() < 134
        np.testing.assert_array_equal(result.mask, coarea.two_phase(image, 0.1, means=(0.1, 0.8), n_iter=0).mask)


def test_flat_extreme_and_odd_images():
    flat = coarea.two_phase(np.full((4, 4), 7, np.uint8), 10)
    assert not flat.mask.any()
    assert (flat.means.tolist(), flat.energy, flat.converged) == ([7, 7], 0, True)
    assert coarea.two_phase([[5]], 1).mask.shape == (1, 1)
    assert coarea.two_phase([False, True, True], 0.1).mask.tolist() == [False, True, True]
    free = np.zeros((2, 1, 3))
    for beta, weights in ((0, None), (1, free)):  # a boundary that costs nothing
        assert coarea.two_phase([[1.5, 8, 2]], beta, edge_weights=weights).mask.tolist() == [[False, True, False]]
    for far in (1e9, 1e30, -1e30):
        found = coarea.two_phase(np.array([[3, 9]], np.uint8), 1, means=(0, far), n_iter=0)
        assert not found.mask.any()
        assert found.energy == 90
    wide = coarea.two_phase(np.array([[0, 3 * 2**62, 2**64 - 1]], np.uint64), 1)
    assert wide.mask.tolist() == [[False, True, True]]
    assert coarea.two_phase(np.array([[0, 5, 9]], np.float16), np.float32(1)).mask.dtype == bool


def test_the_result_is_short_and_can_be_pickled():
    result = coarea.two_phase(data.camera()[::8, ::8], 900)
    assert len(repr(result)) < 200
    assert repr(result).startswith("TwoPhase(64x64 pixels, ")
    assert "<img" in result._repr_html_()
    again = pickle.loads(pickle.dumps(result))
    assert again.certificate.verify()
    np.testing.assert_array_equal(again.mask, result.mask)


IMAGE = np.arange(12, dtype=np.uint8).reshape(3, 4)
FRAME = np.zeros(IMAGE.shape, bool)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coarea.two_phase(IMAGE, -1), "beta must be a finite number >= 0, got -1"),
        (lambda: coarea.two_phase(IMAGE, 1, means=3), r"means must have shape \(2,\), those of phase 0 and of phase 1"),
        (lambda: coarea.two_phase(IMAGE, 1, means=(3, np.nan)), "means must be finite"),
        (lambda: coarea.two_phase(IMAGE, 1, means=(3, 1e200)), r"means must be finite, and within 1e\+140"),
        (lambda: coarea.two_phase(IMAGE / 2, 1, means=(3, 3)), r"means must differ, got \(3, 3\)"),
        (lambda: coarea.two_phase(IMAGE, 1, means=(3, 3.0001)), "means must differ, by 0.0009765625 at least"),
        (lambda: coarea.two_phase(IMAGE[..., None], 1, means=(3, 4), channel_axis=-1), r"must have shape \(2, 1\)"),
        (lambda: coarea.two_phase(IMAGE, 1, n_iter=-1), "n_iter must be an integer of at least 0"),
        (lambda: coarea.two_phase(IMAGE, 1, fixed=IMAGE > 3), r"fixed must have shape \(2, 3, 4\), a mask for"),
        (lambda: coarea.two_phase(IMAGE, 1, fixed=(IMAGE, None)), "fixed must be boolean, got uint8"),
        (lambda: coarea.two_phase(IMAGE, 1, fixed=(FRAME[0], None)), "fixed must be an array, got sequences of uneq"),
        (lambda: coarea.two_phase(IMAGE, 1, fixed=(~FRAME, ~FRAME)), "fixed must not hold a pixel in both"),
        (lambda: coarea.two_phase(IMAGE, 1, mask=~FRAME), "mask must leave pixels with data"),
        (lambda: coarea.two_phase(IMAGE * np.nan, 1), "image contains NaN: where data are missing give mask="),
        (lambda: coarea.two_phase(IMAGE * 1e200, 1), "image must be within 1e.140, or squares overflow"),
        (lambda: coarea.two_phase(np.zeros((2, 2, 2, 2)), 1), "image must be 1-D to 3-D"),
        (lambda: coarea.two_phase(IMAGE, 1, tie="both"), "tie must be one of 'lower', 'upper'"),
        (lambda: coarea.two_phase(IMAGE, 1, neighbors=5), "neighbors must be one of 4, 8, 16, got 5"),
        (lambda: coarea.two_phase(IMAGE, 1, max_iter=5), "did you mean n_iter"),
        (lambda: coarea.two_phase("photo.png", 1), "if this is a file, read it first"),
        (lambda: coarea.two_phase(None, 1), "image is None"),
        (lambda: coarea.two_phase(coarea.max_tree(IMAGE), 1), "got a tree"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()

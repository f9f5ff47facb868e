"""Decomposition into level sets and back, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import data

import coarea

DTYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
SHAPES = [(1,), (7,), (4, 5), (1, 6), (3, 2, 4), (2, 1, 3, 2)]
each_side = pytest.mark.parametrize("side", ["upper", "lower"])


def image_of_dtype(code: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    dtype = np.dtype(code)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return rng.choice(np.array([limits.min, 0, 1, 5, limits.max], dtype=dtype), shape)


def sets_by_definition(image: np.ndarray, levels: np.ndarray, side: str) -> np.ndarray:
    return np.stack([image >= level if side == "upper" else image <= level for level in levels])


@each_side
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_level_sets_are_the_definition_and_give_the_image_back(side, dtype, shape, rng):
    image = image_of_dtype(dtype, shape, rng)
    levels, sets = coarea.threshold_decompose(image, side=side)
    np.testing.assert_array_equal(levels, np.unique(image))
    assert (levels.dtype, sets.dtype, sets.shape) == (image.dtype, np.dtype(bool), (len(levels), *shape))
    np.testing.assert_array_equal(sets, sets_by_definition(image, levels, side))
    reconstructed = coarea.threshold_reconstruct(levels, sets, side=side)
    assert reconstructed.dtype == image.dtype
    np.testing.assert_array_equal(reconstructed, image)


@each_side
@pytest.mark.parametrize("dtype", DTYPES)
def test_one_set_at_a_time_is_the_stack(side, dtype, rng):
    image = image_of_dtype(dtype, (5, 6), rng)
    levels, sets = coarea.threshold_decompose(image, side=side)
    pairs = list(coarea.level_sets(image, side=side))
    np.testing.assert_array_equal(np.array([level for level, _ in pairs]), levels)
    np.testing.assert_array_equal(np.stack([mask for _, mask in pairs]), sets)
    assert all(mask.dtype == bool for _, mask in pairs)


@each_side
def test_level_sets_are_independent_arrays(side):
    """Writing into one set changes neither the image nor the sets still to come."""
    image = np.array([[1, 2, 3]])
    for level, mask in coarea.level_sets(image, side=side):
        np.testing.assert_array_equal(mask, image >= level if side == "upper" else image <= level)
        mask[...] = False
    assert image.tolist() == [[1, 2, 3]]


@each_side
def test_photographs_come_back(side, photograph):
    image = photograph[:128, :128]
    levels, sets = coarea.threshold_decompose(image, side=side)
    np.testing.assert_array_equal(coarea.threshold_reconstruct(levels, sets, side=side), image)


def test_lower_sets_are_the_upper_sets_of_the_negative():
    image = data.coins()[:60, :60]
    levels, sets = coarea.threshold_decompose(image, side="lower")
    dual_levels, dual_sets = coarea.threshold_decompose(255 - image, side="upper")
    np.testing.assert_array_equal(levels, 255 - dual_levels[::-1])
    np.testing.assert_array_equal(sets, dual_sets[::-1])


@each_side
def test_layout_of_the_memory_does_not_matter(side, rng):
    image = rng.integers(0, 5, (6, 8)).astype(np.int32)
    expected_levels, expected_sets = coarea.threshold_decompose(image, side=side)
    read_only = image.copy()
    read_only.flags.writeable = False
    wide = np.repeat(image, 3, axis=1)
    for variant in (read_only, np.asfortranarray(image), wide[:, ::3], image.astype(">i4"), image.tolist()):
        levels, sets = coarea.threshold_decompose(variant, side=side)
        np.testing.assert_array_equal(levels, expected_levels)
        np.testing.assert_array_equal(sets, expected_sets)
        np.testing.assert_array_equal(next(iter(coarea.level_sets(variant, side)))[1], expected_sets[0])
    strided = np.asfortranarray(expected_sets)
    strided.flags.writeable = False
    np.testing.assert_array_equal(coarea.threshold_reconstruct(expected_levels, strided, side=side), image)


@each_side
@settings(deadline=None, max_examples=60)
@given(
    sets=hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=3, max_side=6)),
    scale=st.sampled_from([1, 7, -3]),
)
def test_reconstruct_is_the_extreme_level_even_of_sets_that_are_not_nested(side, sets, scale):
    levels = np.sort(scale * np.arange(len(sets)))
    sets = sets.copy()
    sets[0 if side == "upper" else -1] = True  # every pixel is in a set
    expected = np.empty(sets.shape[1:], levels.dtype)
    for pixel in np.ndindex(expected.shape):
        present = levels[sets[(slice(None), *pixel)]]
        expected[pixel] = present.max() if side == "upper" else present.min()
    np.testing.assert_array_equal(coarea.threshold_reconstruct(levels, sets, side=side), expected)


def test_the_side_is_upper_by_default():
    image = np.array([[3, 1, 8]])
    levels, sets = coarea.threshold_decompose(image)
    np.testing.assert_array_equal(sets, [[[1, 1, 1]], [[1, 0, 1]], [[0, 0, 1]]])
    np.testing.assert_array_equal(coarea.threshold_reconstruct(levels, sets), image)
    np.testing.assert_array_equal([mask for _, mask in coarea.level_sets(image)], sets)


# Errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decompose", [coarea.threshold_decompose, coarea.level_sets])
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.array([[1.0, np.nan]]), ValueError, "image.*NaN"),
        (np.zeros((0, 3)), ValueError, "image.*(empty|pixel)"),
        (np.array([[1j]]), TypeError, "image.*complex"),
    ],
)
def test_images_without_an_order_are_refused_at_once(decompose, image, error, message):
    with pytest.raises(error, match=message):
        decompose(image)  # level_sets too: at the call, not at the first set


@pytest.mark.parametrize("side", ["sup", None, 1, "Upper"])
def test_unknown_sides_are_refused_with_the_choices(side):
    image = np.array([[1, 2]])
    levels, sets = coarea.threshold_decompose(image)
    message = "side.*'upper'.*'lower'"
    with pytest.raises(ValueError, match=message):
        coarea.threshold_decompose(image, side=side)
    with pytest.raises(ValueError, match=message):
        coarea.level_sets(image, side=side)
    with pytest.raises(ValueError, match=message):
        coarea.threshold_reconstruct(levels, sets, side=side)


@pytest.mark.parametrize(
    ("levels", "sets", "message"),
    [
        ([1, 2], np.ones((3, 2, 2), bool), "sets.*shape"),
        ([1, 2], np.ones(2, bool), "sets.*shape"),
        ([[1, 2]], np.ones((2, 2), bool), "levels"),
        ([2, 1], np.ones((2, 2), bool), "levels.*increasing"),
        ([1, 1], np.ones((2, 2), bool), "levels.*increasing"),
        ([1.0, np.nan], np.ones((2, 2), bool), "levels"),
        ([1, 2], np.array([[True, False], [True, False]]), "sets.*pixel"),
        ([], np.ones((0, 2), bool), "levels|sets"),
    ],
)
@each_side
def test_stacks_that_make_no_image_are_refused(side, levels, sets, message):
    with pytest.raises(ValueError, match=message):
        coarea.threshold_reconstruct(np.array(levels), sets, side=side)


def test_sets_must_be_boolean():
    with pytest.raises(TypeError, match="sets must be boolean"):
        coarea.threshold_reconstruct([1, 2], np.ones((2, 3), int))

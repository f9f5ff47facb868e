"""Colour images without a word on their channels: one warning, at the caller's line, that says what to do."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import coarea

RGB = np.random.default_rng(0).integers(0, 255, (9, 10, 3)).astype(np.uint8)
VOLUME = np.moveaxis(RGB, -1, 0)

WITH_AXIS = {
    "l1": lambda image, **options: coarea.denoise_tv_l1(image, 2, **options),
    "l2": lambda image, **options: coarea.denoise_tv_l2(image, 2, **options),
    "l1 on shapes": lambda image, **options: coarea.denoise_tv_l1(image, 2, domain="shapes", **options),
    "l1 on max-tree": lambda image, **options: coarea.denoise_tv_l1(image, 2, domain="max_tree", **options),
    "l2 on min-tree": lambda image, **options: coarea.denoise_tv_l2(image, 2, domain="min_tree", **options),
    "two_phase": lambda image, **options: coarea.two_phase(image, 90, **options),
    "tree_of_shapes": coarea.tree_of_shapes,
    "grain_filter": coarea.grain_filter,
    "edge_strength": coarea.edge_strength,
    "edge_weights": lambda image, **options: coarea.edge_weights(image, 9, **options),
}
ONE_BY_ONE = {
    "max_tree": coarea.max_tree,
    "min_tree": coarea.min_tree,
    "area_opening": coarea.area_opening,
    "area_closing": coarea.area_closing,
    "diameter_opening": coarea.diameter_opening,
    "diameter_closing": coarea.diameter_closing,
    "attribute_profile": lambda image: coarea.attribute_profile(image, [3]),
    "pattern_spectrum": lambda image: coarea.pattern_spectrum(image, [3]),
    "ultimate_opening": coarea.ultimate_opening,
    "tv_norm": coarea.tv_norm,
    "tv_gradient": coarea.tv_gradient,
    "tv_norm_and_gradient": coarea.tv_norm_and_gradient,
    "tv_descent": lambda image: coarea.tv_descent(image, 1, 0.5),
}


def warnings_of(call, *args, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*args, **options)
    return caught


@pytest.mark.parametrize("name", WITH_AXIS)
@pytest.mark.parametrize("image", [RGB, np.concatenate([RGB, RGB[..., :1]], -1)], ids=["3", "4"])
def test_the_axis_of_the_channels_must_be_said(name, image):
    (warning,) = warnings_of(WITH_AXIS[name], image)
    assert f"shape {image.shape} is taken for a volume" in str(warning.message)
    assert "channel_axis=-1" in str(warning.message)
    assert "channel_axis=None" in str(warning.message)
    assert warning.filename == __file__


@pytest.mark.parametrize("name", WITH_AXIS)
def test_nothing_is_said_of_what_is_said(name):
    call = WITH_AXIS[name]
    assert warnings_of(call, RGB, channel_axis=-1) == []
    assert warnings_of(call, RGB, channel_axis=None) == []
    assert warnings_of(call, VOLUME) == []


@pytest.mark.parametrize(("image", "axis", "proposed"), [(RGB, 0, 2), (RGB, 1, 2), (VOLUME, -1, 0), (VOLUME, 1, 0)])
def test_more_channels_than_colors_have_are_doubted(image, axis, proposed):
    (warning,) = warnings_of(coarea.tree_of_shapes, image, channel_axis=axis)
    assert f"has {image.shape[axis]} channels" in str(warning.message)
    assert f"if its channels are 3, say channel_axis={proposed}" in str(warning.message)
    assert warning.filename == __file__
    assert warnings_of(coarea.tree_of_shapes, image, channel_axis=proposed) == []
    assert warnings_of(coarea.tree_of_shapes, np.zeros((9, 10, 30)), channel_axis=-1) == []


def test_columns_of_a_grey_image_are_doubted_as_channels():
    grey = np.zeros((40, 50))
    for function in (coarea.denoise_tv_l1, coarea.denoise_tv_l2):
        (warning,) = warnings_of(function, grey, beta=2, channel_axis=-1)
        assert "has 50 channels" in str(warning.message)
        assert "leave channel_axis out" in str(warning.message)
        assert warning.filename == __file__
        assert warnings_of(function, grey[:30], beta=2, channel_axis=-1) == []


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_trees_take_channels_one_by_one(name):
    call = ONE_BY_ONE[name]
    (warning,) = warnings_of(call, RGB)
    assert "one by one, image[..., k]" in str(warning.message)
    assert "numpy.moveaxis(image, -1, 0)" in str(warning.message)
    assert warning.filename == __file__
    assert warnings_of(call, VOLUME) == []
    assert warnings_of(call, RGB[..., 0]) == []


@pytest.mark.parametrize("shape", [(9, 10), (7, 10, 3), (9, 7, 3), (9, 10, 2), (9, 10, 5), (3, 9, 10), (8, 8, 8, 3)])
def test_other_shapes_are_no_colour_images(shape):
    assert warnings_of(coarea.max_tree, np.zeros(shape)) == []


def test_the_result_is_that_of_a_volume():
    with pytest.warns(UserWarning, match="taken for a volume"):
        found = coarea.denoise_tv_l1(RGB, 2)
    np.testing.assert_array_equal(found, coarea.denoise_tv_l1(RGB, 2, channel_axis=None))

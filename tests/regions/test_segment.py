"""The segmenter as a whole: what it takes and refuses, and what holds of all results."""

from __future__ import annotations

import re

import numpy as np
import pytest
from skimage import data
from skimage.measure import label as components
from skimage.transform import downscale_local_mean

import coarea

RNG = np.random.default_rng(8)
PHOTOGRAPH = downscale_local_mean(data.astronaut()[:240, :320], (2, 2, 1)).astype(np.uint8)


def is_in_raster_order(labels: np.ndarray) -> bool:
    values, first = np.unique(labels, return_index=True)
    return values.tolist() == list(range(len(values))) and (np.diff(first) > 0).all()


@pytest.fixture(scope="module")
def hierarchy() -> coarea.Hierarchy:
    return coarea.region_hierarchy(PHOTOGRAPH)


def test_labels_are_a_cut_of_the_hierarchy(hierarchy: coarea.Hierarchy) -> None:
    for n in (1, 2, 12, 100):
        labels = coarea.segment(PHOTOGRAPH, n)
        np.testing.assert_array_equal(labels, hierarchy.cut(n_regions=n))
        assert labels.max() == n - 1
        assert labels.dtype == np.int32
        assert is_in_raster_order(labels)
        assert components(labels, background=-1, connectivity=1).max() == n  # connected
    np.testing.assert_array_equal(coarea.segment(PHOTOGRAPH), hierarchy.cut(n_regions=12))
    np.testing.assert_array_equal(coarea.segment(PHOTOGRAPH, level=0.3), hierarchy.cut(level=0.3))
    assert (coarea.segment(PHOTOGRAPH, level=1) == 0).all()


def test_levels_are_chances_that_never_fall(hierarchy: coarea.Hierarchy) -> None:
    assert (hierarchy.level >= 0).all()
    assert (hierarchy.level <= 1).all()
    assert (np.diff(hierarchy.level) >= 0).all()


def test_more_regions_than_there_are_superpixels_by_default() -> None:
    assert coarea.region_hierarchy(PHOTOGRAPH, n_superpixels=20).n_leaves == 20
    labels = coarea.segment(PHOTOGRAPH, 810)
    assert labels.max() == 809
    all_basins = coarea.segment(PHOTOGRAPH, 10**6)
    assert 810 < all_basins.max() + 1 < all_basins.size


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 40), (40, 1), (2, 9), (5, 5), (3, 3, 3), (1, 1, 3)])
def test_tiny_and_constant_images(shape: tuple[int, ...]) -> None:
    noise = RNG.integers(0, 256, shape).astype(np.uint8)
    labels = coarea.segment(noise, 3)
    assert labels.shape == shape[:2]
    assert is_in_raster_order(labels)
    assert labels.max() < 3
    assert (coarea.segment(np.full(shape, 77, np.uint8), 3) == 0).all()


def test_equal_regions_apart_from_each_other_are_two() -> None:
    image = np.zeros((30, 60), np.uint8)
    image[5:25, 5:25] = image[5:25, 35:55] = 200
    labels = coarea.segment(image, 3)
    assert [labels[0, 0], labels[10, 10], labels[10, 40]] == [0, 1, 2]
    assert np.bincount(labels.ravel()).tolist() == [1000, 400, 400]


def test_grey_images_are_three_equal_channels() -> None:
    grey = PHOTOGRAPH[..., 1]
    expected = coarea.region_hierarchy(grey)
    for image in (grey[..., None], np.stack([grey] * 3, axis=-1)):
        assert coarea.region_hierarchy(image) == expected
    assert coarea.region_hierarchy(grey, channel_axis=0) == expected
    assert coarea.region_hierarchy(grey, channel_axis=None) == expected


def test_the_axis_of_the_colors_and_the_dtype_do_not_matter(hierarchy: coarea.Hierarchy) -> None:
    before = PHOTOGRAPH.copy()
    assert coarea.region_hierarchy(np.moveaxis(PHOTOGRAPH, -1, 0), channel_axis=0) == hierarchy
    assert coarea.region_hierarchy(PHOTOGRAPH.transpose(0, 2, 1), channel_axis=1) == hierarchy
    wide = PHOTOGRAPH.astype(np.uint16) * 257
    for image in (wide, wide.astype(">u2"), PHOTOGRAPH / 255, (PHOTOGRAPH / 255).astype(">f8"), PHOTOGRAPH.tolist()):
        given = np.asarray(image, np.uint8) if isinstance(image, list) else image
        assert coarea.region_hierarchy(given) == hierarchy
    view = np.repeat(PHOTOGRAPH, 2, axis=1)[:, ::2]
    view.flags.writeable = False
    assert coarea.region_hierarchy(view) == hierarchy
    np.testing.assert_array_equal(PHOTOGRAPH, before)


def test_strips_do_not_matter(hierarchy: coarea.Hierarchy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coarea.regions.segmenter.segment.STRIP", 1)
    monkeypatch.setattr("coarea.regions.segmenter.segment.LEAST_ROWS", 13)
    assert coarea.region_hierarchy(PHOTOGRAPH) == hierarchy


def test_the_same_again(hierarchy: coarea.Hierarchy) -> None:
    assert coarea.region_hierarchy(PHOTOGRAPH) == hierarchy


def test_a_color_of_the_lightness_of_its_ground_is_seen() -> None:
    image = np.full((60, 80, 3), (120, 120, 120), np.uint8)
    image[20:40, 30:60] = (180, 95, 95)
    expected = np.zeros((60, 80), int)
    expected[20:40, 30:60] = 1
    np.testing.assert_array_equal(coarea.segment(image, 2), expected)


WRONG = [
    (PHOTOGRAPH.astype(float), {}, "image must be from 0 to 1 where it is float, got 0 to .*image / 255"),
    (PHOTOGRAPH / 255 - 0.5, {}, "image must be from 0 to 1 where it is float, got -0.5"),
    (np.full((4, 4), np.nan), {}, "image contains NaN"),
    (np.full((4, 4), np.inf), {}, "image contains infinite"),
    (
        np.dstack([PHOTOGRAPH, PHOTOGRAPH[..., 0]]),
        {},
        r"must have 3 channels.*got 4: take the colours, image\[..., :3\]",
    ),
    (np.moveaxis(PHOTOGRAPH, -1, 0), {}, "must have 3 channels, red, green and blue, got 160.*give channel_axis"),
    (PHOTOGRAPH, {"channel_axis": None}, "image must be of shape .*: give channel_axis"),
    (PHOTOGRAPH, {"channel_axis": 3}, "channel_axis must be one of the 3 axes"),
    (PHOTOGRAPH[0, :, 0], {}, r"image must be of shape \(h, w\), or \(h, w, 3\).*got \(160,\)"),
    (np.zeros((2, 3, 4, 3), np.uint8), {}, "image must be of shape"),
    (np.zeros((0, 4), np.uint8), {}, "image must hold at least one pixel"),
    ("photo.png", {}, "image must be an array, got 'photo.png'"),
    (None, {}, "image is None"),
    (coarea.max_tree(PHOTOGRAPH[..., 0]), {}, "got a tree"),
    (PHOTOGRAPH.astype(np.int64), {}, "image must be of uint8, uint16 or floats from 0 to 1, got int64: .*astype"),
    (PHOTOGRAPH > 90, {}, "image must be of uint8, uint16 or floats from 0 to 1, got bool"),
    (np.ma.masked_less(PHOTOGRAPH, 9), {}, "image must not be masked"),
]


@pytest.mark.parametrize(("image", "options", "message"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_photograph_is_refused(image: object, options: dict[str, object], message: str) -> None:
    for function in (coarea.segment, coarea.region_hierarchy):
        with pytest.raises((TypeError, ValueError), match=message):
            function(image, **options)


def test_wrong_options() -> None:
    for wrong in (0, -1, 2.5, "12", None, True):
        if wrong is not None:
            with pytest.raises(ValueError, match="n_regions must be an integer"):
                coarea.segment(PHOTOGRAPH, wrong)
        with pytest.raises(ValueError, match="n_superpixels must be an integer"):
            coarea.region_hierarchy(PHOTOGRAPH, n_superpixels=wrong)
    for number in (5, 12):
        message = f"n_regions and level must not both be given, got {number} and 0.4"
        with pytest.raises(ValueError, match=re.escape(message)):
            coarea.segment(PHOTOGRAPH, number, level=0.4)
    with pytest.raises(ValueError, match="level must be a number >= 0 and <= 1, got 49"):
        coarea.segment(PHOTOGRAPH, level=49)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_nearly_black_images_are_warned_of(dtype: type) -> None:
    white = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    dark, enough = np.zeros((2, 4, 5), dtype)
    dark[0, 0], enough[0, 0] = white / 8.5, white / 8 + white / 500
    for function in (coarea.segment, coarea.region_hierarchy):
        with pytest.warns(UserWarning, match=r"image is nearly black: no value exceeds [\d.]+, where") as caught:
            function(dark)
        assert caught[0].filename == __file__
        function(enough)
        function(dark * 0)


def test_twelve_bits_in_sixteen(hierarchy: coarea.Hierarchy) -> None:
    wide = PHOTOGRAPH.astype(np.uint16)
    with pytest.warns(UserWarning, match="where 65535 is white.*divide it by the largest that is possible"):
        assert coarea.region_hierarchy(wide) != hierarchy
    assert coarea.region_hierarchy(wide / 255) == hierarchy

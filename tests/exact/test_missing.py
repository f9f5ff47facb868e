"""Pixels without data: NaN, infinities and masks of numpy.ma, on pixels, on trees and on graphs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

import coarea

DOMAINS = ("pixels", "shapes", "max_tree", "min_tree")
FILTERS = {"l1": coarea.denoise_tv_l1, "l2": coarea.denoise_tv_l2}
each_filter = pytest.mark.parametrize("method", FILTERS)
each_domain = pytest.mark.parametrize("domain", DOMAINS)
each_junk = pytest.mark.parametrize("junk", [np.nan, np.inf, -np.inf])


def picture(rng, dtype=float):
    """Steps with noise, and where nothing is known."""
    image = (20 * (np.indices((12, 11)).sum(0) > 11) + rng.integers(0, 6, (12, 11))).astype(dtype)
    hole = rng.random(image.shape) < 0.15
    hole[3:6, 4:8] = True
    return image, hole


@each_filter
@each_domain
@each_junk
def test_what_is_not_finite_may_lie_where_nothing_is_known(method, domain, junk, rng):
    image, hole = picture(rng)
    given = np.where(hole, junk, image)
    before = given.copy()
    expected = FILTERS[method](given, 1.5, domain=domain, mask=hole)
    np.testing.assert_array_equal(given, before)
    assert np.isfinite(expected).all()
    assert expected.min() >= image[~hole].min()
    assert expected.max() <= image[~hole].max()
    by_weights = FILTERS[method](given, 1.5, domain=domain, weights=np.where(hole, 0.0, 1.0))
    np.testing.assert_array_equal(by_weights, expected)
    masked = np.ma.masked_invalid(given)
    np.testing.assert_array_equal(FILTERS[method](masked, 1.5, domain=domain), expected)
    assert not isinstance(FILTERS[method](masked, 1.5, domain=domain), np.ma.MaskedArray)


@each_filter
@each_domain
def test_numbers_that_are_missing_are_those_of_the_nearest_data(method, domain, rng):
    image, hole = picture(rng)
    place = ndimage.distance_transform_edt(hole, return_distances=False, return_indices=True)
    expected = FILTERS[method](image[tuple(place)], 1.5, domain=domain, mask=hole)
    found = FILTERS[method](np.where(hole, np.nan, image), 1.5, domain=domain, mask=hole)
    np.testing.assert_array_equal(found, expected)


@each_filter
def test_on_pixels_it_does_not_matter_what_lies_under_the_mask(method, rng):
    image, hole = picture(rng)
    expected = FILTERS[method](np.where(hole, np.nan, image), 1.5, mask=hole)
    for junk in (image, rng.permutation(image.ravel()).reshape(image.shape), -9999.0, 1e20):
        np.testing.assert_array_equal(FILTERS[method](np.where(hole, junk, image), 1.5, mask=hole), expected)


@each_filter
@each_domain
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32, np.float64])
def test_masks_of_numpy_are_joined_to_the_option(method, domain, dtype, rng):
    image, hole = picture(rng, dtype)
    other = rng.random(image.shape) < 0.1
    expected = FILTERS[method](image, 1.5, domain=domain, mask=hole | other)
    masked = np.ma.array(image, mask=hole)
    np.testing.assert_array_equal(FILTERS[method](masked, 1.5, domain=domain, mask=other), expected)
    weights = rng.integers(1, 4, image.shape)
    expected = FILTERS[method](image, 1.5, domain=domain, mask=hole, weights=weights)
    np.testing.assert_array_equal(FILTERS[method](masked, 1.5, domain=domain, weights=weights), expected)


@each_filter
@each_domain
def test_channels_miss_data_where_they_do(method, domain, rng):
    channels = [picture(rng) for _ in range(3)]
    image = np.stack([np.where(hole, np.nan, values) for values, hole in channels], axis=1)
    holes = np.isnan(image)
    expected = np.stack([FILTERS[method](image[:, k], 1.5, domain=domain, mask=holes[:, k], **fixed_step(method))
                         for k in range(3)], axis=1)  # fmt: skip
    for given, options in ((image, {"mask": holes}), (np.ma.masked_invalid(image), {})):
        found = FILTERS[method](given, 1.5, domain=domain, channel_axis=1, **fixed_step(method), **options)
        np.testing.assert_array_equal(found, expected)
    everywhere = holes.any(axis=1)
    found = FILTERS[method](image, 1.5, domain=domain, channel_axis=1, mask=everywhere)
    assert np.isfinite(found).all()


def fixed_step(method):
    """The default depends on all channels."""
    return {"resolution": 0.125} if method == "l2" else {}


@each_filter
def test_the_proof_holds_where_data_are_missing(method, rng):
    image, hole = picture(rng)
    for domain in DOMAINS:
        _, info = FILTERS[method](np.ma.array(image, mask=hole), 1.5, domain=domain, return_info=True)
        assert info.energy == pytest.approx(info.dual_bound)
        assert info.certificates[0].verify()


@each_domain
@each_junk
def test_where_there_are_data_they_are_finite(domain, junk, rng):
    image, hole = picture(rng)
    image[0, 0] = junk
    hole[0, 0] = False
    with pytest.raises(
        ValueError, match=r"^image contains .*: where data are missing give mask=~numpy.isfinite\(image\)"
    ):
        coarea.denoise_tv_l1(image, 1, domain=domain, mask=hole)
    with pytest.raises(ValueError, match=r"^image contains "):  # a value that is to be kept
        coarea.denoise_tv_l1(image, 1, domain=domain, mask=~hole | (image == junk), fixed=~np.isfinite(image))
    alone = coarea.denoise_tv_l2(np.full((3, 3), junk), 1, domain=domain, mask=np.ones((3, 3), bool))
    assert np.isfinite(alone).all()  # where nothing is known anything will do


@pytest.mark.parametrize("fidelity", ["l1", "l2"])
def test_nodes_of_graphs_may_miss_their_values(fidelity, rng):
    edges = rng.integers(0, 30, (60, 2))
    values, hole = rng.integers(0, 20, 30).astype(float), rng.random(30) < 0.2
    expected = coarea.minimize_tv_graph(
        np.where(hole, values[~hole][0], values), edges, np.ones(60), weights=1.0 - hole, fidelity=fidelity
    )
    missing = np.where(hole, np.nan, values)
    found = coarea.minimize_tv_graph(missing, edges, np.ones(60), weights=1.0 - hole, fidelity=fidelity)
    np.testing.assert_array_equal(found.values, expected.values)
    assert found.certificate.verify()
    masked = coarea.minimize_tv_graph(np.ma.masked_invalid(missing), edges, np.ones(60), fidelity=fidelity)
    np.testing.assert_array_equal(masked.values, expected.values)
    with pytest.raises(ValueError, match=r"^values contains NaN: where data are missing give weights=0"):
        coarea.minimize_tv_graph(missing, edges, np.ones(60), fidelity=fidelity)


def test_a_row_by_hand():
    image = np.array([[1.0, np.nan, 3.0, 3.0]])
    hole = np.isnan(image)
    assert coarea.denoise_tv_l1(image, 0.1, mask=hole).tolist() == [[1, 1, 3, 3]]
    assert coarea.denoise_tv_l1(image, 0.1, mask=hole, tie="upper").tolist() == [[1, 3, 3, 3]]
    assert coarea.denoise_tv_l2(image, 1, mask=hole, resolution=0.5).tolist() == [[2, 2, 2.5, 2.5]]


@pytest.mark.parametrize("domain", ["pixels", "shapes"])
def test_an_image_without_any_data_may_hold_anything(domain):
    image = np.full((4, 5), np.nan, np.float32)
    found = coarea.denoise_tv_l1(image, 2, domain=domain, mask=np.ones((4, 5), bool))
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.isfinite(coarea.minimize_tv_graph([np.nan] * 3, [[0, 1]], [1], weights=[0, 0, 0]).values).all()

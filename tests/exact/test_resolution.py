"""The resolution that denoise_tv_l2 chooses: it is accepted for every dtype and range."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.exact._model import N_LEVELS_MAX, default_resolution

INTEGERS = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("domain", ["pixels", "shapes", "max_tree", "min_tree"])
def test_integers_of_the_whole_range(dtype, domain, rng):
    limits = np.iinfo(dtype)
    image = rng.integers(limits.min, limits.max, (6, 7), dtype, endpoint=True)
    image[0, :2] = limits.min, limits.max
    step = default_resolution(image)
    same, info = coarea.denoise_tv_l2(image, 0, domain=domain, return_info=True)
    assert info.certificates[0].verify()
    error = max(abs(int(a) - int(b)) for a, b in zip(same.ravel(), image.ravel(), strict=True))
    assert error <= step
    span = int(limits.max) - int(limits.min)
    constant = coarea.denoise_tv_l2(image, 8.0 * span, domain=domain)  # the mean
    assert np.ptp(constant) == 0
    assert abs(constant[0, 0] - image.astype(float).mean()) <= step
    assert coarea.denoise_tv_l2(image, 2.0 * span, domain=domain, huber_delta=span / 8).dtype == np.float64


def test_integers_keep_the_sixty_fourth_as_long_as_it_fits():
    assert default_resolution(np.array([0, 255], np.uint8)) == 1 / 64
    assert default_resolution(np.array([0, 2**18 - 1])) == 1 / 64
    assert default_resolution(np.array([-5, 2**18 - 5])) == 1 / 32
    assert default_resolution(np.array([0, 2**63], np.uint64)) == 2.0**40
    assert default_resolution(np.array([False, True])) == 1 / 64


@pytest.mark.parametrize("span", [2**18 - 1, 2**18, 2**31, 2**40, 2**63 - 1])
def test_half_the_step_would_be_too_fine(span):
    image = np.array([[0, span]])
    step = default_resolution(image)
    assert span / step < N_LEVELS_MAX - 1
    if step > 1 / 64:
        with pytest.raises(ValueError, match="resolution must be at least"):
            coarea.denoise_tv_l2(image, 1, resolution=step / 2)


@pytest.mark.parametrize("low_high", [(0.0, 0.0), (5e-324, 1e-323), (-1e308, 1e307), (1.0, 1.0 + 1e-15)])
def test_reals_of_odd_ranges(low_high):
    image = np.array([[*low_high, low_high[0]]])
    found = coarea.denoise_tv_l2(image, 0)
    assert np.isfinite(found).all()
    assert np.abs(found - image).max() <= default_resolution(image)

"""Weights so small that little or nothing is left of them as integers."""

from fractions import Fraction

import numpy as np
import pytest

import coarea
from coarea.exact._integers import smallest_of, to_integers


@pytest.mark.parametrize("largest", [0, 1, 9, 2**53, 2**53 + 1, 2**62 + 1])
@pytest.mark.parametrize("scale", [1, 3])
def test_integers_become_what_floats_become(largest, scale, rng):
    whole = np.minimum(rng.integers(0, 9, 20), largest)
    whole[7] = largest
    if largest * scale < 2**63:
        np.testing.assert_array_equal(
            to_integers(whole, Fraction(scale)), to_integers(whole.astype(float), Fraction(scale))
        )
    assert smallest_of(whole) == smallest_of(whole.astype(float))


@pytest.mark.parametrize("denoise", [coarea.denoise_tv_l1, coarea.denoise_tv_l2])
def test_small_weights_without_edges_are_solved(denoise, rng):
    """A constant image has no edge on a tree; then nothing limits what the weights are multiplied by."""
    image, weights = np.full((9, 9), 7.0), rng.random((9, 9)) * 1e-6
    np.testing.assert_array_equal(denoise(image, 2.0, weights=weights, domain="shapes"), image)
    found = coarea.minimize_tv_graph([3.0], np.empty((0, 2), int), [], weights=[1e-5 / 3])
    assert found.values.tolist() == [3.0]


def test_weights_that_become_nothing_prove_themselves():
    """Beside weights a million times as large some are rounded to 0: then their sites have no data."""
    found = coarea.minimize_tv_graph(
        [0.0246, 0.0749, 0.0631], [[0, 1], [1, 2]], [0.3057, 0.2587], weights=[8.6e-10, 8.7e-9, 3.6e-9],
        fixed=[False, True, False], fidelity="l2", huber_delta=100,
    )  # fmt: skip
    assert found.certificate.verify()
    assert found.certificate.energy() == pytest.approx(found.certificate.dual_bound(), rel=1e-9, abs=1e-30)

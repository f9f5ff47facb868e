"""The choice of a strength by views that are left out."""

from __future__ import annotations

import math

import numpy as np
import pytest

import coarea
from coarea import ct

SHAPE = (20, 20)
SQUARE = np.pad(np.ones((9, 8)), ((5, 6), (5, 7)))


@pytest.fixture(scope="module")
def scan() -> tuple[ct.Projector, np.ndarray]:
    geometry = ct.ParallelBeam(angles=np.arange(20) * np.pi / 20, n_detectors=30)
    A = ct.Projector(geometry, SHAPE, dtype=np.float64)
    return A, A(SQUARE) + np.random.default_rng(3).normal(0, 1, A.range_shape)


def error(image: np.ndarray) -> float:
    return float(np.linalg.norm(image - SQUARE))


def test_it_is_nearly_the_best_one(scan) -> None:
    A, data = scan
    chosen = ct.choose_strength(A, data)
    errors = {
        factor: error(ct.tv_least_squares(A, data, factor * chosen, 300).image) for factor in (0.1, 0.5, 1, 2, 10)
    }
    assert errors[1] < 1.15 * min(errors.values())
    assert errors[0.1] > 1.5 * errors[1] < errors[10]


def test_more_noise_asks_for_more(scan) -> None:
    A, data = scan
    noisier = A(SQUARE) + 3 * (data - A(SQUARE))
    assert ct.choose_strength(A, noisier) > 1.5 * ct.choose_strength(A, data)


def test_units_do_not_matter(scan) -> None:
    A, data = scan
    assert ct.choose_strength(A, 1024 * data) == pytest.approx(1024 * ct.choose_strength(A, data), rel=1e-9)


def test_strengths_are_halved_from_a_first_one_and_are_for_all_of_the_data(scan) -> None:
    A, data = scan
    kept = A.subset(slice(0, None, 2))
    image = ct.sart(kept, data[::2], 1).image
    first = 0.1 * float((data[::2] ** 2).sum()) / coarea.tv_norm(image)
    halvings = math.log2(first / (0.5 * ct.choose_strength(A, data, hold_out=0.5)))
    assert halvings == pytest.approx(round(halvings), abs=1e-9)
    assert 2 <= halvings <= 10


def test_what_was_not_measured_counts_for_nothing(scan) -> None:
    A, data = scan
    weights = np.ones(data.shape)
    weights[:, 20] = 0
    spoilt = np.where(weights > 0, data, math.nan)
    assert ct.choose_strength(A, spoilt, weights=weights) == ct.choose_strength(A, data * weights, weights=weights)


def test_what_is_refused(scan) -> None:
    A, data = scan
    with pytest.raises(ValueError, match="data must not be 0: every strength would do"):
        ct.choose_strength(A, 0 * data)
    with pytest.raises(ValueError, match=r"hold_out must be a number > 0 and <= 0\.5, got 0\.9"):
        ct.choose_strength(A, data, hold_out=0.9)
    with pytest.raises(ValueError, match="hold_out needs two views or more"):
        ct.choose_strength(A.subset([0]), data[:1])

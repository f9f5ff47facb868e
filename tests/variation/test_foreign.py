"""Total variation of arrays of other libraries: the same as the kernels', which are proven by the definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coarea.base.namespaces import Home, as_numpy, is_foreign, namespace_of
from coarea.variation.foreign import ForeignVariation
from coarea.variation.norm import OFFSETS, Variation

LIBRARIES = ["array_api_strict", "torch"]


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


@pytest.mark.parametrize("difference", OFFSETS)
@pytest.mark.parametrize("isotropic", [True, False])
@pytest.mark.parametrize("smoothing", [0.0, 0.25])
def test_norm_and_gradient_are_those_of_the_kernels(
    library: Any, difference: Any, isotropic: bool, smoothing: float
) -> None:
    rng = np.random.default_rng(7)
    for shape in [(1,), (2,), (9,), (1, 5), (2, 2), (6, 7), (3, 1, 4), (4, 5, 3)]:
        image = rng.integers(0, 4, shape).astype(np.float64)  # flat zones too
        spacing = [1.5, 0.5, 2.0][: len(shape)]
        options: Any = {
            "difference": difference, "isotropic": isotropic, "smoothing": smoothing, "spacing": spacing, "workers": 1,
        }  # fmt: skip
        gradient = np.empty_like(image)
        norm, _ = Variation.checked(len(shape), **options).evaluate(image, gradient)
        found, other = ForeignVariation.checked(len(shape), **options).norm_and_gradient(library.asarray(image))
        assert found == pytest.approx(norm, rel=1e-14, abs=1e-14)
        np.testing.assert_allclose(np.asarray(other), gradient, rtol=0, atol=1e-13)


def test_descent_is_that_of_the_kernels(library: Any) -> None:
    image = np.random.default_rng(8).random((9, 8))
    expected = image.copy()
    Variation.checked(2, workers=1).descend(expected, 5, 0.1)
    found = ForeignVariation.checked(2).descend(library.asarray(image), 5, 0.1)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)
    flat = library.ones((3, 3))
    assert ForeignVariation.checked(2).descend(flat, 5, 0.1) is flat


def test_small_numbers_have_gradients_too(library: Any) -> None:
    image = np.random.default_rng(9).random((9, 8)).astype(np.float32)
    options = ForeignVariation.checked(2)
    norm, gradient = options.norm_and_gradient(library.asarray(image))
    small, same = options.norm_and_gradient(library.asarray(image * np.float32(2.0**-100)))
    assert small == norm * 2.0**-100
    assert (np.asarray(same) == np.asarray(gradient)).all()


def test_what_numpy_makes_arrays_of_is_not_foreign(library: Any) -> None:
    assert is_foreign(library.ones(3))
    assert namespace_of(library.ones(3)) is not np
    for values in (np.ones(3), np.float32(1), [1, 2], 3, None, "text", np.ma.ones(3)):
        assert not is_foreign(values)
        assert namespace_of(values) is np


def test_arrays_go_home(library: Any) -> None:
    array = np.arange(6.0).reshape(2, 3)
    home = Home.of(library.ones(3))
    brought = home.bring(array)
    assert type(brought) is type(library.ones(3))
    assert (as_numpy(brought) == array).all()
    assert Home.of(array).bring(array) is array
    assert as_numpy(array) is array

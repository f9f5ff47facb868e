"""Iterative methods on arrays of other libraries: the same images as on numpy's, and they stay where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coarea import ct

FAN = ct.FanBeam(
    angles=np.arange(12) * np.pi / 6, n_detectors=24, detector_spacing=2.0, source_to_axis=60, source_to_detector=120
)
CONE = ct.ConeBeam(
    angles=np.arange(5) * 1.2, detector_shape=(6, 8), detector_spacing=2.0, source_to_axis=40, source_to_detector=80
)
METHODS: dict[str, Callable[..., ct.Reconstruction]] = {
    "sart": lambda A, b, **words: ct.sart(A, b, 3, **words),
    "sirt": lambda A, b, **words: ct.sirt(A, b, 3, **words),
    "asd_pocs": lambda A, b, **words: ct.asd_pocs(A, b, 3, **words),
    "tv_pocs": lambda A, b, **words: ct.tv_pocs(A, b, 3, **words),
    "tv_primal_dual": lambda A, b, **words: ct.tv_primal_dual(A, b, 3, **words),
    "tv_least_squares": lambda A, b, **words: ct.tv_least_squares(A, b, 0.5, 3, **words),
}


@pytest.fixture(params=["array_api_strict", "torch"])
def library(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


class Device:
    """An operator on a device, as users write it: it takes arrays of the library only."""

    def __init__(self, projector: ct.Projector, library: Any):
        self._projector, self._library = projector, library
        self.domain_shape, self.range_shape = projector.domain_shape, projector.range_shape

    def forward(self, x: Any) -> Any:
        return self._apply(self._projector, x, self.domain_shape)

    def adjoint(self, y: Any) -> Any:
        return self._apply(self._projector.T, y, self.range_shape)

    def _apply(self, operator: Any, values: Any, shape: tuple[int, ...]) -> Any:
        assert type(values) is type(self._library.ones(1))
        assert tuple(values.shape) == shape
        return self._library.asarray(operator(np.asarray(values)))


def problem(geometry: ct.Geometry, dtype: Any = np.float64) -> tuple[ct.Projector, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(5)
    shape = (4, 10, 9) if geometry.has_rows else (14, 13)
    A = ct.Projector(geometry, shape, dtype=dtype, workers=1)
    return A, A(np.kron(rng.random([-(-n // 3) for n in shape]), np.ones((3,) * len(shape)))[tuple(map(slice, shape))])


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("geometry", [FAN, CONE], ids=["fan", "cone"])
def test_three_iterations_are_those_on_numpy(library: Any, name: str, geometry: ct.Geometry) -> None:
    A, data = problem(geometry)
    rng = np.random.default_rng(6)
    weights = rng.random(data.shape) * (rng.random(data.shape) > 0.1)
    upper = np.where(rng.random(A.domain_shape) > 0.1, 0.9, 0.1)
    views = [A.subset([k]) for k in range(len(geometry))]
    # of pairs of views: single ones have their own data step
    pairs = [A.subset(slice(k, k + 2)) for k in range(0, len(geometry), 2)]
    for parts in (pairs, views, [A]):
        for words in ({}, {"weights": weights, "upper": upper}):
            ends = np.cumsum([a.range_shape[0] for a in parts])[:-1]
            blocks = {"data": np.split(data, ends), **{"weights": np.split(weights, ends) for _ in words}}
            if len(parts) == 1:
                blocks = {"data": data, **{"weights": weights for _ in words}}

            def brought(value: Any) -> Any:
                return [*map(library.asarray, value)] if isinstance(value, list) else library.asarray(value)

            given = dict(words) | blocks
            # as a sequence of matrices would be: the whole projector is divided into views on numpy only
            maps = [Plain(a) for a in parts]
            expected = METHODS[name](maps if len(parts) > 1 else maps[0], given.pop("data"), **given)
            there = {key: brought(value) for key, value in (dict(words) | blocks).items()}
            devices = [Device(a, library) for a in parts]
            found = METHODS[name](devices if len(parts) > 1 else devices[0], there.pop("data"), **there)
            assert type(found.image) is type(library.ones(1))
            np.testing.assert_allclose(np.asarray(found.image), expected.image, rtol=0, atol=1e-9)
            for key, values in expected.history.items():
                np.testing.assert_allclose(found.history[key], values, rtol=1e-7, atol=1e-9)


class Plain:
    """The same operator on numpy."""

    def __init__(self, projector: ct.Projector):
        self.forward, self.adjoint = projector, projector.T
        self.domain_shape, self.range_shape, self.dtype = projector.domain_shape, projector.range_shape, projector.dtype

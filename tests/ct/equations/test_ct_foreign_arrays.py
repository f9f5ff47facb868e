"""Iterative methods on arrays of other libraries: the same images as on numpy's, and they stay where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from peers import peer_or_skip

from coarea import ct

FAN = ct.FanBeam(
    angles=np.arange(9) * np.pi / 4.5, n_detectors=16, detector_spacing=2.0, source_to_axis=60, source_to_detector=120
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
    return peer_or_skip(request.param)


class Device:
    """An operator on a device, as users write it: it takes arrays of the library only."""

    def __init__(self, projector: ct.Projector, library: Any, dtype: Any = None):
        self._projector, self._library, self._dtype = projector, library, dtype
        self.domain_shape, self.range_shape = projector.domain_shape, projector.range_shape

    def forward(self, x: Any) -> Any:
        return self._apply(self._projector, x, self.domain_shape)

    def adjoint(self, y: Any) -> Any:
        return self._apply(self._projector.T, y, self.range_shape)

    def _apply(self, operator: Any, values: Any, shape: tuple[int, ...]) -> Any:
        assert type(values) is type(self._library.ones(1))
        assert tuple(values.shape) == shape
        return self._library.asarray(np.asarray(operator(np.asarray(values)), self._dtype))


def problem(geometry: ct.Geometry, dtype: Any = np.float64) -> tuple[ct.Projector, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(5)
    shape = (3, 7, 6) if geometry.has_rows else (10, 9)
    A = ct.Projector(geometry, shape, dtype=dtype, workers=1)
    return A, A(np.kron(rng.random([-(-n // 3) for n in shape]), np.ones((3,) * len(shape)))[tuple(map(slice, shape))])


class Plain:
    """The same operator on numpy."""

    def __init__(self, projector: ct.Projector):
        self.forward, self.adjoint = projector, projector.T
        self.domain_shape, self.range_shape, self.dtype = projector.domain_shape, projector.range_shape, projector.dtype


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("geometry", [FAN, CONE], ids=["fan", "cone"])
def test_three_iterations_are_those_on_numpy(library: Any, name: str, geometry: ct.Geometry) -> None:
    A, data = problem(geometry)
    rng = np.random.default_rng(6)
    weights = rng.random(data.shape) * (rng.random(data.shape) > 0.1)
    upper = np.where(rng.random(A.domain_shape) > 0.1, 0.9, 0.1)
    parts = [slice(k, k + 3) for k in range(0, len(geometry), 3)]
    method = METHODS[name]

    def blocks(values: Any, bring: Callable[[Any], Any]) -> list[Any]:
        return [bring(values[part]) for part in parts]

    expected = method(
        [Plain(A.subset(part)) for part in parts], blocks(data, np.asarray), weights=blocks(weights, np.asarray),
        upper=upper,
    )  # fmt: skip
    found = method(
        [Device(A.subset(part), library) for part in parts], blocks(data, library.asarray),
        weights=blocks(weights, library.asarray), upper=library.asarray(upper),
    )  # fmt: skip
    compare(found, expected, library)
    whole = method(Device(A, library), library.asarray(data), start=library.asarray(0.5 * upper))
    compare(whole, method(Plain(A), data, start=0.5 * upper), library)


def compare(found: ct.Reconstruction, expected: ct.Reconstruction, library: Any) -> None:
    assert type(found.image) is type(library.ones(1))
    np.testing.assert_allclose(np.asarray(found.image), expected.image, rtol=0, atol=1e-9)
    assert found.history.keys() == expected.history.keys()
    for key, values in expected.history.items():
        np.testing.assert_allclose(found.history[key], values, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", ["asd_pocs", "tv_primal_dual", "tv_least_squares"])
@pytest.mark.parametrize("isotropic", [True, False])
def test_norms_are_those_on_numpy(library: Any, name: str, isotropic: bool) -> None:
    A, data = problem(FAN)
    options = {"isotropic": isotropic, "axis_weights": (0.5, 2.0)}
    found = METHODS[name](Device(A, library), library.asarray(data), **options)
    compare(found, METHODS[name](Plain(A), data, **options), library)


def test_grazing_rays_are_left_out(library: Any) -> None:
    """As on numpy: those shorter than 1e-4 of the longest one."""
    A, data = problem(FAN)
    short = np.array([1.0, 2e-5, 2e-3] * 3)[:, None, None]
    matrix = (short * (A @ np.eye(A.shape[1])).reshape(9, 16, -1)).reshape(A.shape)
    scaled, there = Plain(A), Device(A, library)
    scaled.forward = lambda x: (matrix @ np.asarray(x).ravel()).reshape(A.range_shape)
    scaled.adjoint = lambda y: (matrix.T @ np.asarray(y).ravel()).reshape(A.domain_shape)
    there.forward = lambda x: library.asarray(scaled.forward(x))  # type: ignore[method-assign]
    there.adjoint = lambda y: library.asarray(scaled.adjoint(y))  # type: ignore[method-assign]
    compare(ct.sirt(there, library.asarray(data), 3), ct.sirt(scaled, data, 3), library)


def test_later_errors_are_equal(library: Any) -> None:
    """Not the images: rounding grows where the gradient of total variation jumps."""
    A, data = problem(FAN)
    views = [A.subset([k]) for k in range(len(FAN))]
    exact = ct.tv_primal_dual(A, data, 300).image
    found = ct.asd_pocs([Device(a, library) for a in views], library.asarray(data), 12).image
    error, expected = (np.linalg.norm(np.asarray(x) - exact) for x in (found, ct.asd_pocs(A, data, 12).image))
    assert error == pytest.approx(expected, rel=0.05)


def test_single_precision_stays(library: Any) -> None:
    A, data = problem(FAN, np.float32)
    single = library.asarray(data)
    for name, method in METHODS.items():
        assert method(Device(A, library), single).image.dtype == single.dtype, name


@pytest.mark.parametrize("name", METHODS)
def test_the_data_say_the_dtype_not_what_operators_return(library: Any, name: str) -> None:
    A, data = problem(FAN)
    for own, other in ((np.float32, np.float64), (np.float64, np.float32)):
        values = library.asarray(data.astype(own))
        image = METHODS[name](Device(A, library, other), values).image
        assert image.dtype == values.dtype
        np.testing.assert_allclose(np.asarray(image), METHODS[name](Plain(A), data).image, atol=0.02)


def test_derivatives_are_not_kept() -> None:
    """Of operators with parameters that are trained, the steps of all iterations would be."""
    torch = pytest.importorskip("torch")
    A, data = problem(FAN)
    matrix = torch.tensor(A @ np.eye(A.shape[1]), requires_grad=True)
    trained = Device(A, torch)
    trained.forward = lambda x: (matrix @ x.reshape(-1)).reshape(A.range_shape)  # type: ignore[method-assign]
    trained.adjoint = lambda y: (matrix.T @ y.reshape(-1)).reshape(A.domain_shape)  # type: ignore[method-assign]
    for name, method in METHODS.items():
        image = method(trained, torch.tensor(data, requires_grad=True)).image
        assert not image.requires_grad, name
        np.testing.assert_allclose(image.numpy(), method(Plain(A), data).image, atol=1e-6)


def test_operators_of_numpy_take_such_data_as_numpy(library: Any) -> None:
    A, data = problem(FAN)
    found = ct.sart(A, library.asarray(data), 2)
    assert isinstance(found.image, np.ndarray)
    np.testing.assert_array_equal(found.image, ct.sart(A, data, 2).image)


def test_views_can_be_held_out(library: Any) -> None:
    A, data = problem(FAN)
    views = [A.subset([k]) for k in range(len(FAN))]
    devices, parts = [Device(a, library) for a in views], [library.asarray(part[None]) for part in data]
    found = ct.asd_pocs(devices, parts, 5, hold_out=0.25)
    expected = ct.asd_pocs([Plain(a) for a in views], [part[None] for part in data], 5, hold_out=0.25)
    np.testing.assert_allclose(found.history["held_out"], expected.history["held_out"], rtol=1e-7)


def test_art_and_the_callback(library: Any) -> None:
    A, data = problem(FAN)
    with pytest.raises(ValueError, match="data_step 'art' needs a Projector of 2-D images"):
        ct.asd_pocs(Device(A, library), library.asarray(data), data_step="art")
    seen: list[Any] = []
    ct.sart(Device(A, library), library.asarray(data), 2, callback=lambda _, image: seen.append(image))
    assert [tuple(image.shape) for image in seen] == [A.domain_shape] * 2

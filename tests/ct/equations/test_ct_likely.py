"""Warnings of counts given for line integrals, and of an image that does not hold the object; and no false ones."""

import numpy as np
import pytest
from few_views import HEAD, ITERATIVE, fan

from coarea import ct


@pytest.mark.parametrize("method", ITERATIVE)
def test_counts_are_no_line_integrals(method, scan):
    A, y = scan
    counts = 1e4 * np.exp(-y / 20)
    for given in (counts, counts.astype(np.uint16)):
        with pytest.warns(
            UserWarning, match=r"data look like counts .*ct.line_integrals\(counts, flat, dark\)"
        ) as found:
            method(A, given, 1)
        assert found[0].filename == __file__
    with pytest.warns(UserWarning, match="data look like counts"):
        method(A @ np.eye(A.shape[1]), counts.astype(int).ravel(), 1)


@pytest.mark.parametrize("kind", ["parallel", "cone"])
def test_filtered_back_projection_takes_no_counts_in_silence(kind):
    angles = np.arange(90) * 2 * np.pi / 90
    circle = {"source_to_axis": 96, "source_to_detector": 192, "detector_shape": (16, 48), "detector_spacing": 1.2}
    if kind == "parallel":
        reconstruct, shape, ellipse = ct.fbp, (32, 32), [0.1, 12, 12, 0, 0, 0]
        beam = ct.ParallelBeam(angles=angles, n_detectors=48)
    else:
        reconstruct, shape, ellipse = ct.fdk, (24, 24, 24), [0.1, 11, 11, 11, 0, 0, 0, 0]
        beam = ct.ConeBeam(angles=angles, **circle)
    y = ct.line_integrals_of([ellipse], beam)
    reconstruct(y, beam, shape)
    counts = 1e4 * np.exp(-y)
    for given in (counts, counts.astype(np.uint16)):
        with pytest.warns(
            UserWarning, match=r"data look like counts .*ct.line_integrals\(counts, flat, dark\)"
        ) as found:
            reconstruct(given, beam, shape)
        assert found[0].filename == __file__


@pytest.mark.parametrize("kind", ["fan", "slices", "cone", "high"])
def test_an_image_must_hold_the_object(kind):
    angles = np.arange(12) * 2 * np.pi / 12
    cone = ct.ConeBeam(
        angles=angles, detector_shape=(40, 40), detector_spacing=3, source_to_axis=96, source_to_detector=192
    )
    whole, part = {
        "fan": (fan(), fan(shape=(24, 24))),
        "slices": [ct.Projector(ct.ParallelBeam(angles=angles, n_detectors=70), (2, n, n)) for n in (48, 24)],
        "cone": [ct.Projector(cone, (n, n, n)) for n in (32, 16)],
        "high": [ct.Projector(cone, (n, 32, 32)) for n in (32, 8)],
    }[kind]
    truth = np.ones(whole.domain_shape, np.float32)
    y = whole(truth)
    ct.sart(whole, y, 1)
    with pytest.warns(UserWarning, match="data of rays that miss the image are not 0: it must hold the whole") as found:
        ct.sart(part, y, 1)
    assert found[0].filename == __file__
    ct.sart(part, y, 1, weights=part(np.ones(part.domain_shape)) > 0)


@pytest.mark.parametrize("n_views", [1, 12, 200])
@pytest.mark.parametrize("level", [0.02, 0.3, 3])
def test_noise_is_no_object(level, n_views):
    """Whatever there is of it, and an offset of 5 %; a bright bin beside the object, either."""
    A = fan(n_views, 160, shape=(24, 24))
    y = A(np.ones((24, 24)))
    for seed in range(5):
        noisy = y + level * y.max() * np.random.default_rng(seed).normal(size=y.shape) + 0.05 * y.max()
        noisy[:, 2] = 3 * y.max()
        ct.sart(A, noisy, 1)


@pytest.mark.parametrize("factor", [1e-6, 1, 1e6])
def test_line_integrals_are_no_counts(factor):
    """In any unit, of an object that fills the field; whole numbers that begin at 0."""
    inside = ct.Projector(ct.ParallelBeam(angles=np.arange(9) / 3, n_detectors=20), (48, 48))
    ct.sart(inside, factor * inside(np.ones((48, 48))), 1)
    A = fan()
    ct.sart(A, np.round(A(100.0 * (HEAD > 0))).astype(int), 1)


class Mirrored:
    """A projector with an adjoint of another sign or size."""

    def __init__(self, projector, factor):
        self.domain_shape, self.range_shape = projector.domain_shape, projector.range_shape
        self._projector, self._factor = projector, factor

    def forward(self, x):
        return self._projector(x)

    def adjoint(self, y):
        return self._factor * self._projector.T(y)


@pytest.mark.parametrize("factor", [-1, 2, 0])
def test_an_adjoint_that_is_another_one_is_told(factor):
    A = ct.Projector(ct.ParallelBeam(angles=[0, 1, 2], n_detectors=9), (6, 6))
    data = A(np.ones((6, 6)))
    with pytest.warns(UserWarning, match="the adjoint of operator is not that of its forward projection") as caught:
        ct.sart(Mirrored(A, factor), data, 1)
    assert caught[0].filename == __file__
    ct.sart(Mirrored(A, 1.02), data, 1)  # back projections that are not quite the transpose are in use

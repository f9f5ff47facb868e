"""Projectors as functions of torch: derivatives by torch's own finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peers import peer_or_skip

from coarea import ct


@pytest.fixture
def torch() -> Any:
    return peer_or_skip("torch")


def cone() -> ct.Projector:
    geometry = ct.ConeBeam(
        angles=[0.0, 1.0], detector_shape=(3, 4), detector_spacing=2.0, source_to_axis=20, source_to_detector=40
    )
    return ct.Projector(geometry, (2, 4, 3), dtype=np.float64)


def fan(dtype: Any = np.float64) -> ct.Projector:
    geometry = ct.FanBeam(
        angles=[0.0, 1.0, 2.5], n_detectors=5, detector_spacing=2.0, source_to_axis=20, source_to_detector=40
    )
    return ct.Projector(geometry, (4, 3), dtype=dtype)


@pytest.mark.parametrize("projector", [cone(), fan()], ids=["cone", "fan"])
def test_derivatives(torch: Any, projector: ct.Projector) -> None:
    torch.manual_seed(1)
    for operator, shape in ((projector, projector.domain_shape), (projector.T, projector.range_shape)):
        function = ct.to_autograd(operator)
        x = torch.rand(*shape, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(function, (x,))
        assert torch.autograd.gradgradcheck(function, (x,))
        np.testing.assert_array_equal(function(x).detach().numpy(), operator(x.detach().numpy()))


def test_a_batch_is_one_after_another(torch: Any) -> None:
    A = fan()
    project = ct.to_autograd(A)
    images = torch.rand(2, 3, 4, 3, dtype=torch.float64)
    found = project(images)
    assert tuple(found.shape) == (2, 3, 3, 5)
    np.testing.assert_array_equal(found[1, 2].numpy(), A(images[1, 2].numpy()))
    assert tuple(project(images[:0]).shape) == (0, 3, 3, 5)


def test_the_dtype_of_the_tensor_stays(torch: Any) -> None:
    project = ct.to_autograd(fan(np.float32))
    expected = project(torch.ones(4, 3))
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        found = project(torch.ones(4, 3, dtype=dtype))
        assert found.dtype == dtype
        np.testing.assert_allclose(found.float().numpy(), expected.numpy(), rtol=0.01)


def test_what_is_refused(torch: Any) -> None:
    with pytest.raises(TypeError, match=r"operator must be a Projector or its transpose A\.T, got int"):
        ct.to_autograd(3)  # type: ignore[arg-type]
    project = ct.to_autograd(fan())
    with pytest.raises(TypeError, match="image must be a tensor of torch, got ndarray"):
        project(np.ones((4, 3)))
    for dtype, remedy in ((torch.int32, r"float\(\)"), (torch.bool, r"float\(\)"), (torch.complex64, "real")):
        with pytest.raises(TypeError, match=rf"must hold floating point numbers, got {dtype}: give image.{remedy}"):
            project(torch.ones(4, 3, dtype=dtype))
    with pytest.raises(ValueError, match=r"image must have shape \(...,\) \+ \(4, 3\) \(y, x\), got \(3, 4\)"):
        project(torch.ones(3, 4))
    with pytest.raises(ValueError, match=r"projections must have shape \(...,\) \+ \(3, 5\) \(view, u\), got \(5,\)"):
        ct.to_autograd(fan().T)(torch.ones(5))

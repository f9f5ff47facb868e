"""Projectors inside networks: a linear operator as a function of torch, with its derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from coarea.base.keywords import with_hints
from coarea.ct.projector import Projector, with_axes


@with_hints
def to_autograd(operator: LinearOperator) -> Callable[[Any], Any]:
    """A projector as a function of torch tensors that torch can differentiate.

    The derivative of ``y = A x`` is exact: the gradient with respect to x is ``A^T`` times that with respect to y, by
    the adjoint of the very A.

    Parameters
    ----------
    operator : Projector
        Or its transpose ``A.T``, which back projects.

    Returns
    -------
    callable
        From a tensor whose last axes are an image to one whose last axes are projections, in its dtype and on its
        device; the axes before are a batch. The projector itself runs on the CPU in its own dtype.

    Raises
    ------
    ImportError
        If torch is not installed.
    TypeError
        If the operator is none.

    See Also
    --------
    Projector : the operator, for numpy arrays.

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=[0.0, 1.5], n_detectors=6), (4, 4))
    >>> image = torch.ones(4, 4, requires_grad=True)  # doctest: +SKIP
    >>> ct.to_autograd(A)(image).sum().backward()  # doctest: +SKIP
    >>> image.grad.shape  # doctest: +SKIP
    torch.Size([4, 4])
    """
    forward = operator if isinstance(operator, Projector) else getattr(operator, "T", None)
    if not isinstance(forward, Projector):
        raise TypeError(f"operator must be a Projector or its transpose A.T, got {type(operator).__name__}")
    try:
        import torch
    except ImportError as error:
        raise ImportError("to_autograd needs torch: pip install torch") from error

    class Linear(torch.autograd.Function):  # type: ignore[misc]
        """A map of tensors whose derivative is the transposed map."""

        @staticmethod
        def forward(context: Any, x: Any, there: Side, back: Side) -> Any:
            context.sides = back, there
            return there(x)

        @staticmethod
        def backward(context: Any, gradient: Any) -> Any:
            return Linear.apply(gradient, *context.sides), None, None

    sides = Side(forward, "image"), Side(forward.T, "projections")
    there, back = sides if operator is forward else sides[::-1]

    def apply(x: Any) -> Any:
        if not isinstance(x, torch.Tensor):
            raise TypeError(f"{there.name} must be a tensor of torch, got {type(x).__name__}")
        if not x.is_floating_point():
            remedy = "real" if x.is_complex() else "float()"
            raise TypeError(f"{there.name} must hold floating point numbers, got {x.dtype}: give {there.name}.{remedy}")
        there.check(tuple(x.shape))
        return Linear.apply(x, there, back)

    return apply


class Side:
    """A projector or its transpose, for batches of tensors."""

    def __init__(self, operator: Any, name: str):
        self._operator, self.name = operator, name
        forward = operator if isinstance(operator, Projector) else operator.T
        shapes = forward.domain_shape, forward.range_shape
        self._shape, self._shape_of_result = shapes if name == "image" else shapes[::-1]

    def check(self, shape: tuple[int, ...]) -> None:
        """Refuse tensors of another shape."""
        if shape[max(0, len(shape) - len(self._shape)) :] != self._shape:
            raise ValueError(f"{self.name} must have shape (...,) + {with_axes(self.name, self._shape)}, got {shape}")

    def __call__(self, x: Any) -> Any:
        """One after another."""
        import torch

        batch = tuple(x.shape[: x.ndim - len(self._shape)])
        wide = x if x.dtype in (torch.float32, torch.float64) else x.float()  # numpy does not know all short ones
        parts = wide.detach().cpu().numpy().reshape(-1, *self._shape)
        found = np.empty((len(parts), *self._shape_of_result), parts.dtype)
        for part, out in zip(parts, found, strict=True):
            out[...] = self._operator(part)
        return torch.as_tensor(found, dtype=x.dtype, device=x.device).reshape(*batch, *self._shape_of_result)

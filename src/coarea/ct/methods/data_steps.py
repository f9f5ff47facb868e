"""Data steps, which the iterative methods repeat: corrections by all equations, block after block."""

from __future__ import annotations

import math
from typing import Protocol, get_args

import numpy as np

from coarea.base.arrays import Array
from coarea.base.options import as_count, one_of
from coarea.base.threads import in_threads
from coarea.base.types import DataStepName
from coarea.ct import _art, _sart
from coarea.ct.methods.system import System, norm
from coarea.ct.projector import Projector

EVERY_VIEW = 2**31  # blocks: as many as there are views
GRAZING = 1e-4  # rays shorter than this part of the longest are left out: their equations would amplify noise
FRAME = 2  # zeros around an image, on each side


class DataStep(Protocol):
    """All equations once."""

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks, or the rays, met."""
        ...


def data_step_of(system: System, name: DataStepName = "sart") -> DataStep:
    """What corrects an image by the equations of a system."""
    if name == "art":
        return RayDataStep(system)
    views = all(_is_view(operator, system) for operator, _ in system.blocks)
    return ViewDataStep(system) if views else BlockDataStep(system)


def blocks_of(data_step: DataStepName, n_subsets: int) -> int:
    """Number of blocks of a data step, "sart", "os-sart" or "art"."""
    one_of("data_step", data_step, get_args(DataStepName))
    n_subsets = as_count("n_subsets", n_subsets)
    return {"sart": EVERY_VIEW, "os-sart": n_subsets, "art": 1}[data_step]


class BlockDataStep:
    """Corrections by one block of equations after another [AndersenKak1984]_.

    ``x := x + relaxation * C A^T R (data - A x)`` with R and C one over the sums of the rows and columns of A.
    """

    def __init__(self, system: System):
        ones = np.ones(system.start.size, system.dtype)
        self._blocks = []
        for operator, data in system.blocks:
            rows = np.asarray(operator.matvec(ones), system.dtype)
            columns = np.asarray(operator.rmatvec(np.ones(data.size, system.dtype)), system.dtype)
            self._blocks.append((operator, data, _inverse(rows), _inverse(columns)))
        self._system = system

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks met."""
        system, squares = self._system, 0.0
        for operator, data, rows, columns in self._blocks:
            residual = data - np.asarray(operator.matvec(x), system.dtype)
            squares += norm(residual) ** 2
            residual *= rows
            residual *= relaxation
            correction = np.ascontiguousarray(operator.rmatvec(residual), system.dtype)
            _sart.add(x, correction, columns, system.lower, system.upper)
        return math.sqrt(squares)


class ViewDataStep:
    """`BlockDataStep` for single views of a parallel or fan beam, without a copy of the image for each.

    The image stays in a frame for a whole data step. The slices of a volume are corrected one by one.
    """

    def __init__(self, system: System):
        self._system, self._shape = system, system.image_shape[-2:]
        rows, columns = self._shape
        # an odd length: in steps of a power of two the rows would compete for few places in the cache
        self._frame = np.zeros((rows + 2 * FRAME, (columns + 2 * FRAME) | 1), system.dtype)
        self._inside = self._frame[FRAME : FRAME + rows, FRAME : FRAME + columns]
        self._zeros = np.zeros_like(self._frame)
        n_slices = math.prod(system.image_shape[:-2])
        self._views = [(View(operator), data.reshape(n_slices, -1)) for operator, data in system.blocks]
        self._inverses = [self._inverse_sums(view) for view, _ in self._views]

    def _inverse_sums(self, view: View) -> tuple[Array, Array]:
        """One over the sums of the rows and of the columns of a view's matrix."""
        ones = np.ones(view.n_rays, self._frame.dtype)
        self._inside[:] = 1
        rows = -view.residual(self._frame, 0 * ones)
        self._inside[:] = 0
        view.correct(self._frame, self._zeros, ones, np.ones_like(self._inside), (-math.inf, math.inf))
        return _inverse(rows), _inverse(self._inside.copy())

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the views met."""
        squares, bounds = 0.0, (self._system.lower, self._system.upper)
        for z, image in enumerate(x.reshape(-1, *self._shape)):
            self._inside[:] = image
            for (view, data), (rows, columns) in zip(self._views, self._inverses, strict=True):
                residual = view.residual(self._frame, data[z])
                squares += norm(residual) ** 2
                residual *= rows
                residual *= relaxation
                view.correct(self._frame, self._zeros, residual, columns, bounds)
            image[:] = self._inside
        return math.sqrt(squares)


class View:
    """A view of a slice that lies in a frame."""

    def __init__(self, projector: Projector):
        self._rays = projector._rays.of_views(0).arrays()
        self._steep = self._rays[0].astype(bool)
        self.n_rays = len(self._steep)
        self._parts = projector._parts(self.n_rays * max(projector.domain_shape[-2:]))

    def residual(self, frame: Array, data: Array) -> Array:
        """Data less the projection of the image."""
        out = np.empty(len(data), frame.dtype)

        def run(first: int, last: int) -> None:
            _sart.residuals(frame, data, *self._rays, out, first, last)

        in_threads(run, len(data), self._parts)
        return out

    def correct(self, frame: Array, zeros: Array, values: Array, weight: Array, bounds: tuple[float, float]) -> None:
        """Back project the values, weigh them, add them, and keep the bounds; `zeros` is a frame to work in."""
        both = self._steep.any() and not self._steep.all()

        def add_columns(first: int, last: int) -> None:
            # of a fan with rays of both kinds the bounds are kept when all have been added
            limits = (-math.inf, math.inf) if both else bounds
            _sart.correct_columns(frame, zeros, values, weight, *limits, *self._rays, first, last)

        def add_rows(first: int, last: int) -> None:
            _sart.correct_rows(frame, zeros, values, weight, *bounds, *self._rays, first, last)

        if not self._steep.all():
            in_threads(add_columns, weight.shape[1], self._parts)
        if self._steep.any():
            in_threads(add_rows, weight.shape[0], self._parts)


class RayDataStep:
    """Corrections by one ray after another, Kaczmarz's method [GordonBenderHerman1970]_; bounds are kept at the end."""

    def __init__(self, system: System):
        projector = system.operators[0]
        if not isinstance(projector, Projector) or len(projector.domain_shape) != 2 or len(system.operators) > 1:
            raise ValueError("data_step 'art' needs a Projector of 2-D images; take 'sart'")
        self._projector, self._system = projector, system

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the rays met."""
        projector = self._projector
        data = self._system.data.reshape(projector.range_shape)
        square = _art.sweep(x.reshape(projector.domain_shape), data, *projector._rays.arrays(), relaxation)
        self._system.clip(x)
        return math.sqrt(square)


def _is_view(operator: object, system: System) -> bool:
    """Whether an operator is a single view of slices."""
    return (
        isinstance(operator, Projector)
        and not operator.geometry.has_rows
        and len(operator.geometry) == 1
        and operator.domain_shape == system.image_shape
        and operator.dtype == system.dtype
    )


def _inverse(sums: Array) -> Array:
    used = sums > GRAZING * sums.max(initial=0)
    return np.divide(1, sums, out=np.zeros_like(sums), where=used)

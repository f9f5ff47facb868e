"""Operators as the methods see them: linear maps, forward and adjoint, on arrays in the shapes of images and data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from coarea.base.arrays import Array, as_real
from coarea.ct.geometry import Geometry
from coarea.ct.projector import Projector

Shape: TypeAlias = tuple[int, ...]


@runtime_checkable
class LinearMap(Protocol):
    """What the methods need of an operator."""

    domain_shape: Shape
    range_shape: Shape

    def forward(self, x: Array) -> Array:
        """Projections, in `range_shape`, of an image in `domain_shape`."""

    def adjoint(self, y: Array) -> Array:
        """The transpose: an image in `domain_shape` from projections in `range_shape`."""


Operator: TypeAlias = LinearOperator | LinearMap | Array | Sequence[LinearOperator | LinearMap | Array]


class NumpyMap:
    """What the library makes of operators that know numpy's arrays only."""

    dtype: Any


class ProjectorMap(NumpyMap):
    """A projector, whose kernels take shaped arrays as they are."""

    def __init__(self, projector: Projector):
        self.projector = projector
        self.domain_shape, self.range_shape, self.dtype = projector.domain_shape, projector.range_shape, projector.dtype

    def forward(self, x: Array) -> Array:
        """Project."""
        return self.projector._project(np.asarray(x, self.dtype))

    def adjoint(self, y: Array) -> Array:
        """Back project."""
        return self.projector._back_project(np.asarray(y, self.dtype))


class FlatMap(NumpyMap):
    """An operator of scipy, on flat vectors."""

    def __init__(self, operator: LinearOperator, domain_shape: Shape | None, range_shape: Shape | None):
        self._operator = operator
        self.domain_shape, self.range_shape = domain_shape or operator.shape[1:], range_shape or operator.shape[:1]
        self.dtype = operator.dtype

    def forward(self, x: Array) -> Array:
        """The operator's product."""
        return np.asarray(self._operator.matvec(x.ravel())).reshape(self.range_shape)

    def adjoint(self, y: Array) -> Array:
        """The transpose's product."""
        return np.asarray(self._operator.rmatvec(y.ravel())).reshape(self.domain_shape)


class MatrixMap(NumpyMap):
    """A matrix, dense or sparse; of a sparse one the transpose is kept by rows too, for products as fast."""

    def __init__(self, matrix: Any, dtype: np.dtype[Any], domain_shape: Shape | None):
        self._matrix: Any = np.asarray(matrix, dtype) if isinstance(matrix, np.ndarray) else sparse.csr_array(matrix)
        self._transposed: Any = self._matrix.T
        if not isinstance(matrix, np.ndarray):
            self._matrix = self._matrix.astype(dtype)
            self._transposed = self._matrix.T.tocsr()
        self.domain_shape, self.range_shape, self.dtype = domain_shape or matrix.shape[1:], matrix.shape[:1], dtype

    def forward(self, x: Array) -> Array:
        """The matrix's product."""
        return np.asarray(self._matrix @ x.ravel())

    def adjoint(self, y: Array) -> Array:
        """The transpose's product."""
        return np.asarray(self._transposed @ y.ravel()).reshape(self.domain_shape)


class GivenMap:
    """An object of the user's own, whose results are looked at: one in another order of the axes would go unnoticed."""

    def __init__(self, operator: LinearMap):
        self._operator = operator
        self.domain_shape, self.range_shape = tuple(operator.domain_shape), tuple(operator.range_shape)
        self.dtype = getattr(operator, "dtype", None)

    def forward(self, x: Array) -> Any:
        """What the object projects."""
        return self._checked("forward(image)", self._operator.forward(x), self.range_shape)

    def adjoint(self, y: Array) -> Any:
        """What it back projects."""
        return self._checked("adjoint(data)", self._operator.adjoint(y), self.domain_shape)

    def _checked(self, name: str, values: Any, shape: Shape) -> Any:
        found = tuple(np.shape(values))
        if found not in (shape, (math.prod(shape),)):
            kind = type(self._operator).__name__
            raise ValueError(f"{kind}.{name} must return an array of shape {shape}, got {found}")
        return values


def is_many(operator: Any) -> bool:
    """Whether it is a sequence of operators."""
    return isinstance(operator, Iterable) and not (isinstance(operator, str | np.ndarray) or sparse.issparse(operator))


def as_maps(operator: Any, start_shape: Shape | None) -> list[LinearMap]:
    """The operators, one or a sequence; those that state no shape of their images take that of `start`."""
    if isinstance(operator, Geometry):
        raise TypeError("operator must be a LinearOperator, got a geometry: make one, ct.Projector(geometry, shape)")
    operators = list(operator) if is_many(operator) else [operator]
    if not operators or not all(map(_is_operator, operators)):
        names = ", ".join(type(a).__name__ for a in operators[:3]) or "none"
        raise TypeError(
            "operator must be a LinearOperator, a matrix, an object with domain_shape, range_shape, forward and "
            f"adjoint, or a sequence of them, got {names}"
        )
    sizes = {_shape_of(a)[1] for a in operators}
    if len(sizes) > 1:
        raise ValueError(f"all operators must take images of one size, got {sorted(sizes)}")
    shapes = {shape for a in operators if (shape := _stated_shape(a)) is not None}
    if len(shapes) > 1:
        raise ValueError(f"all operators must take images of one shape, got {sorted(shapes)}")
    if shapes:
        start_shape = shapes.pop()
    elif start_shape is not None and math.prod(start_shape) not in sizes:
        start_shape = None  # what is wrong with it, its own check says
    return [_as_map(a, start_shape) for a in operators]


def _is_operator(operator: Any) -> bool:
    is_matrix = isinstance(operator, np.ndarray) or sparse.issparse(operator)
    return isinstance(operator, LinearOperator | LinearMap) or (is_matrix and operator.ndim == 2)


def _shape_of(operator: Any) -> Shape:
    """Of the matrix."""
    if hasattr(operator, "shape"):
        return tuple(operator.shape)
    return int(np.prod(operator.range_shape)), int(np.prod(operator.domain_shape))


def _stated_shape(operator: Any) -> Shape | None:
    """Of the images, if the operator says it: with `vshape` as an OpTomo of ASTRA."""
    shape = getattr(operator, "domain_shape", getattr(operator, "vshape", None))
    return None if shape is None else tuple(shape)


def _as_map(operator: Any, start_shape: Shape | None) -> LinearMap:
    if isinstance(operator, Projector):
        return ProjectorMap(operator)
    if isinstance(operator, LinearOperator):
        if np.dtype(operator.dtype).kind not in "buif":
            raise TypeError(f"operator must have a real dtype, got {operator.dtype}")
        # as an OpTomo of ASTRA states them
        image, data = getattr(operator, "vshape", None), getattr(operator, "sshape", None)
        if image is not None and data is not None:
            return FlatMap(operator, tuple(image), tuple(data))
        return FlatMap(operator, start_shape, None)
    if isinstance(operator, np.ndarray) or sparse.issparse(operator):
        as_real("operator", operator.data if sparse.issparse(operator) else operator)
        return MatrixMap(operator, np.dtype(np.float32 if operator.dtype == np.float32 else np.float64), start_shape)
    return GivenMap(operator)

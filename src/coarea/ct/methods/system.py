"""What the iterative methods share: a system of equations in blocks, and the record of a reconstruction."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from scipy.sparse.linalg import LinearOperator

from coarea.base.arrays import Array, as_real
from coarea.base.options import as_nonnegative, as_number
from coarea.ct.geometry import Geometry
from coarea.ct.projector import Projector, with_axes

Callback = Callable[[int, Array], object]
Operator: TypeAlias = LinearOperator | Sequence[LinearOperator]


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A reconstructed image, and how it was reached. As an array it is the image.

    Attributes
    ----------
    image : ndarray
    history : dict of str to ndarray
        One number for each iteration, by name; the method says which.
    """

    image: Array
    history: dict[str, Array]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.image, dtype, copy=copy)

    def __repr__(self) -> str:
        sizes = " x ".join(map(str, self.image.shape))
        n_iter = max(map(len, self.history.values()), default=0)
        last = "".join(f", {name} {values[-1]:.4g}" for name, values in self.history.items() if len(values))
        return f"Reconstruction(image {sizes}, {self.image.dtype}, n_iter {n_iter}{last})"


class System:
    """The equations ``operator @ image = data``, in blocks, with a start image and the bounds of its values."""

    def __init__(
        self,
        operator: Operator,
        data: ArrayLike,
        *,
        start: ArrayLike | None = None,
        lower: float = -math.inf,
        upper: float = math.inf,
        n_blocks: int = 1,
    ):
        if isinstance(operator, Geometry):
            raise TypeError(
                "operator must be a LinearOperator, got a geometry: make one, ct.Projector(geometry, shape)"
            )
        is_many = isinstance(operator, Iterable) and not isinstance(operator, str | np.ndarray)
        operators: Sequence[Any] = list(operator) if is_many else [operator]
        _check_operators(operators)
        first = operators[0]
        self.operators = operators
        self.dtype = np.dtype(np.float32 if first.dtype == np.float32 else np.float64)
        shapes = _shapes(first) if len(operators) == 1 else (_shapes(first)[0], None)
        self.data = _checked("data", data, shapes[1], sum(a.shape[0] for a in operators), self.dtype)
        image_shape = shapes[0] or (np.shape(start) if start is not None else (first.shape[1],))
        self.image_shape = image_shape
        begin = np.zeros(image_shape) if start is None else start
        self.start = _checked("start", begin, image_shape, first.shape[1], self.dtype)
        self.lower = as_number("lower", lower, finite=False)
        self.upper = as_number("upper", upper, least=self.lower, finite=False)
        self.blocks = self._blocks(n_blocks)

    def _blocks(self, n_blocks: int) -> list[tuple[LinearOperator, Array]]:
        """Operators and data of the blocks, in an order in which neighbours are far apart."""
        if len(self.operators) > 1:
            ends = np.cumsum([a.shape[0] for a in self.operators])[:-1]
            blocks = list(zip(self.operators, np.split(self.data, ends), strict=True))
        elif isinstance(projector := self.operators[0], Projector) and n_blocks > 1:
            views = self.data.reshape(projector.range_shape)
            n_blocks = min(n_blocks, len(views))
            parts = [slice(block, None, n_blocks) for block in range(n_blocks)]
            blocks = [(projector.subset(part), views[part].ravel()) for part in parts]
        else:
            blocks = [(self.operators[0], self.data)]
        n = len(blocks)
        step = max((k for k in range(1, n + 1) if math.gcd(k, n) == 1), key=lambda k: -abs(k - n * 0.381966), default=1)
        return [blocks[k * step % n] for k in range(n)]

    def clip(self, x: Array) -> None:
        """Move the values that are out of bounds to the bounds, in place."""
        if self.lower > -math.inf or self.upper < math.inf:
            np.clip(x, self.lower, self.upper, out=x)

    def residual(self, x: Array) -> Array:
        """Projections of the image less the data."""
        projections = [np.asarray(a.matvec(x), self.dtype) for a in self.operators]
        return (projections[0] if len(projections) == 1 else np.concatenate(projections)) - self.data

    def back_project(self, y: Array) -> Array:
        """The transpose of all operators."""
        ends = np.cumsum([a.shape[0] for a in self.operators])[:-1]
        parts = [
            np.asarray(a.rmatvec(part), self.dtype) for a, part in zip(self.operators, np.split(y, ends), strict=True)
        ]
        return parts[0] if len(parts) == 1 else np.sum(parts, axis=0, dtype=self.dtype)

    def epsilon(self, epsilon: float | None, noise: ArrayLike | None) -> float:
        """The residual to stop at: given, or what noise of a standard deviation makes."""
        if epsilon is not None and noise is not None:
            raise ValueError("epsilon and noise exclude each other")
        if noise is not None:
            deviation = as_nonnegative("noise", as_real("noise", noise).ravel(), (1,), self.data.shape)
            return math.sqrt(float((np.broadcast_to(deviation, self.data.shape) ** 2).sum()))
        return 0.0 if epsilon is None else as_number("epsilon", epsilon, least=0)


class Record:
    """Collects the history of a reconstruction, and calls back."""

    def __init__(self, system: System, callback: Callback | None):
        if callback is not None and not callable(callback):
            raise TypeError(f"callback must be a function of iteration and image, got {callback!r}")
        self._system, self._callback = system, callback
        self._rows: list[dict[str, float]] = []

    def add(self, x: Array, **numbers: float) -> bool:
        """Note an iteration; True if the callback wants no more."""
        self._rows.append(numbers)
        if self._callback is not None:
            image = x.reshape(self._system.image_shape)
            image.flags.writeable = False
            try:
                self._callback(len(self._rows), image)
            except StopIteration:
                return True
        return False

    def reconstruction(self, x: Array) -> Reconstruction:
        """The result, with a copy of the image."""
        names = self._rows[0] if self._rows else {}
        history = {name: np.array([row[name] for row in self._rows]) for name in names}
        return Reconstruction(x.reshape(self._system.image_shape).copy(), history)


def norm(x: Array) -> float:
    """Euclidean norm, summed in double."""
    return math.sqrt(float(np.einsum("i,i->", x, x, dtype=np.float64)))


def _check_operators(operators: Sequence[Any]) -> None:
    if not operators or not all(isinstance(a, LinearOperator) for a in operators):
        names = ", ".join(type(a).__name__ for a in operators) or "none"
        raise TypeError(f"operator must be a LinearOperator or a sequence of them, got {names}")
    if len({a.shape[1] for a in operators}) > 1:
        raise ValueError(f"all operators must take images of one size, got {sorted({a.shape[1] for a in operators})}")


def _shapes(operator: LinearOperator) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Shapes of images and data, as a Projector or an OpTomo of ASTRA states them."""
    if isinstance(operator, Projector):
        return operator.domain_shape, operator.range_shape
    image, data = getattr(operator, "vshape", None), getattr(operator, "sshape", None)
    return (None, None) if image is None or data is None else (tuple(image), tuple(data))


def _checked(name: str, values: ArrayLike, shape: tuple[int, ...] | None, size: int, dtype: np.dtype[Any]) -> Array:
    """A flat array in the dtype of the computation."""
    array = as_real(name, values)
    if array.size != size or (shape is not None and array.shape not in (shape, (size,))):
        expected = with_axes(name, shape) if shape else f"({size},)"
        remedy = f": give numpy.transpose({name})" if array.shape[::-1] == shape else ""
        raise ValueError(f"{name} must have shape {expected}, got {array.shape}{remedy}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    return np.array(array, dtype).ravel()

"""What the iterative methods share: a system of equations in blocks, and the record of a reconstruction."""

from __future__ import annotations

import math
import operator as functions
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from coarea.base.arrays import Array, as_real
from coarea.base.namespaces import Home, as_numpy
from coarea.ct.equations.arithmetic import copied
from coarea.ct.equations.likely import warn_of_likely_mistakes, warn_of_wrong_adjoint
from coarea.ct.equations.measured import Measured, bounds, check_shape, without_unmeasured
from coarea.ct.equations.operators import LinearMap, NumpyMap, Operator, ProjectorMap, as_maps

Callback = Callable[[int, Array], object]


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A reconstructed image, and how it was reached. As an array it is the image.

    Attributes
    ----------
    image : ndarray
    history : dict of str to ndarray
        One number for each iteration, by name; the method says which.

    See Also
    --------
    coarea.ct.plot.show_convergence : draws the history.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.cgls(A, A(square), n_iter=3)
    >>> result.image.shape, sorted(result.history), len(result.history["residual"])
    ((16, 16), ['residual'], 3)
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


@dataclass(frozen=True, eq=False)
class Block:
    """Some of the equations: an operator, its data, and their weights if not all are 1; the data of weight 0 are 0."""

    operator: LinearMap
    data: Array
    weights: Array | None


class System:
    """The equations ``operator @ image = data``, in blocks, with a start image and the bounds of its values.

    Images and data are flat. A weight w of an equation multiplies the square of its residual, so it enters the sums of
    squares as if both of its sides were multiplied by the square root of w: `project`, `residual`, `back_project` and
    `data` are those of the equations so multiplied, and the methods of least squares need not know of weights. Data of
    weight 0 were not measured. Views and operators without any that was are left out, so all is as if they had never
    been given.

    Attributes
    ----------
    operators : list of LinearMap
    data : ndarray
        Times the root of the weights.
    weights : ndarray or None
        None if all are 1.
    image_shape, start, dtype
    home : Home
        Where all arrays live: where the data do, if the operators take what is not numpy's.
    lower, upper : float or ndarray
        An array is flat, of the size of the image.
    epsilon : float
        The norm of the residual to stop at: as given, or what the noise makes, or 0.
    blocks : list of Block
        The equations as they were given, in an order in which neighbours are far apart.
    """

    def __init__(
        self,
        operator: Operator,
        data: ArrayLike,
        *,
        start: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        lower: float | ArrayLike = -math.inf,
        upper: float | ArrayLike = math.inf,
        epsilon: float | None = None,
        noise: ArrayLike | None = None,
        n_blocks: int = 1,
        warns: bool = True,
    ):
        begin = None if start is None else as_real("start", as_numpy(start))
        maps = as_maps(operator, None if begin is None else begin.shape)
        self.home = home_of(data, maps)
        self.dtype = np.dtype(np.float32 if dtype_name(maps[0], data) == "float32" else np.float64)
        self.image_shape = maps[0].domain_shape
        self._start = None if begin is None else self._image("start", begin)
        self.lower, self.upper = (
            bound if isinstance(bound, float) else self.home.bring(bound)
            for bound in bounds(lower, upper, self.image_shape, self.dtype)
        )
        self._is_bounded = not (isinstance(self.lower, float) and isinstance(self.upper, float)) or (
            self.lower > -math.inf or self.upper < math.inf
        )
        given = Measured.of(operator, data, maps, weights=weights, epsilon=epsilon, noise=noise)
        if warns:
            warn_of_wrong_adjoint(maps[0], self.home, self.dtype)
            warn_of_likely_mistakes(maps, given.data, given.weights)
        self.operators, given = without_unmeasured(maps, given)
        self.epsilon = given.epsilon
        raw = self.home.bring(np.array(given.data, self.dtype))
        self.weights = None if given.weights is None else self.home.bring(given.weights.astype(self.dtype))
        self._root = None if self.weights is None else self.home.xp.sqrt(self.weights)
        self.data = self._weighted(raw)
        sizes = [math.prod(a.range_shape) for a in self.operators]
        self._parts = [slice(end - size, end) for size, end in zip(sizes, accumulate(sizes), strict=True)]
        self.blocks = self._blocks(raw, n_blocks)

    def _blocks(self, data: Array, n_blocks: int) -> list[Block]:
        """In an order in which neighbours are far apart."""
        weights, first = self.weights, self.operators[0]
        parts: Sequence[Array | None]
        if len(self.operators) > 1:
            parts = [None] * len(self.operators) if weights is None else self.split(weights)
            blocks = list(map(Block, self.operators, self.split(data), parts))
        elif isinstance(first, ProjectorMap) and n_blocks > 1:
            n_blocks = min(n_blocks, first.range_shape[0])

            def some(values: Array, block: int) -> Array:
                return values.reshape(first.range_shape)[block::n_blocks].ravel()

            blocks = [
                Block(
                    ProjectorMap(first.projector.subset(slice(block, None, n_blocks))),
                    some(data, block),
                    None if weights is None else some(weights, block),
                )
                for block in range(n_blocks)
            ]
        else:
            blocks = [Block(first, data, weights)]
        n = len(blocks)
        step = max((k for k in range(1, n + 1) if math.gcd(k, n) == 1), key=lambda k: -abs(k - n * 0.381966), default=1)
        return [blocks[k * step % n] for k in range(n)]

    @property
    def start(self) -> Array:
        """A new array on each call: for the zeros of a volume no memory is held."""
        return self.home.bring(
            np.zeros(math.prod(self.image_shape), self.dtype) if self._start is None else self._start.copy()
        )

    def clip(self, x: Array) -> None:
        """Move the values that are out of bounds to the bounds, in place."""
        if not self._is_bounded:
            return
        if self.home.xp is np:
            np.clip(x, self.lower, self.upper, out=x)
        else:
            x[...] = self.home.xp.clip(x, self.lower, self.upper)

    def image(self, x: Array) -> Array:
        """A flat image in its shape."""
        return self.home.xp.reshape(x, self.image_shape)  # type: ignore[no-any-return]

    def split(self, y: Array) -> list[Array]:
        """What belongs to each operator."""
        return [y[part] for part in self._parts]

    def flat(self, values: Any) -> Array:
        """What an operator returned, in the dtype of the computation."""
        xp = self.home.xp
        if xp is np:
            return np.asarray(values, self.dtype).ravel()
        if hasattr(values, "detach"):  # or torch would keep the steps of all iterations
            values = values.detach()
        return xp.reshape(xp.astype(values, getattr(xp, self.dtype.name), copy=False), (-1,))  # type: ignore[no-any-return]

    def project(self, x: Array) -> Array:
        """Projections of the image."""
        image = self.image(x)
        parts = [self.flat(a.forward(image)) for a in self.operators]
        return self._weighted(parts[0] if len(parts) == 1 else self.home.xp.concat(parts))

    def residual(self, x: Array) -> Array:
        """Projections of the image less the data."""
        return self.project(x) - self.data

    def back_project(self, y: Array) -> Array:
        """The transpose of all operators."""
        parts = [
            self.flat(a.adjoint(self.home.xp.reshape(part, a.range_shape)))
            for a, part in zip(self.operators, self.split(self._weighted(y)), strict=True)
        ]
        return reduce(functions.add, parts)

    def _weighted(self, y: Array) -> Array:
        return y if self._root is None else self._root * y

    def _image(self, name: str, values: ArrayLike) -> Array:
        """A flat copy of an image in the dtype of the computation."""
        array, size = as_real(name, values), math.prod(self.image_shape)
        check_shape(name, array, self.image_shape, size)
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite")
        return np.array(array, self.dtype).ravel()


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
            image = self._system.image(x)
            if isinstance(image, np.ndarray):
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
        return Reconstruction(copied(self._system.image(x)), history)


def home_of(data: Any, maps: Sequence[LinearMap]) -> Home:
    """Where the data live, if their arrays are what the operators take; only those with a protocol do not say."""
    first = data[0] if isinstance(data, list | tuple) and len(data) else data
    return Home() if any(isinstance(a, NumpyMap) for a in maps) else Home.of(first)


def dtype_name(first: LinearMap, data: Any) -> str:
    """Of the dtype of the computation, which the operator says, or else the data."""
    dtype = getattr(first, "dtype", None)
    if dtype is None:
        dtype = getattr(data[0] if isinstance(data, list | tuple) and len(data) else data, "dtype", "float64")
    try:
        return np.dtype(dtype).name  # also of the type itself, numpy.float32
    except TypeError:
        return str(dtype).rpartition(".")[2]

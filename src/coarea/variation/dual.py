"""Total variation as the largest of linear functions, and steps on the field that such a function is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.options import as_flag, as_spacing
from coarea.base.threads import in_threads, number_of_workers
from coarea.variation import _dual, _rows
from coarea.variation.norm import SMALLEST_PART, Variation


class DualVariation:
    """A total variation with weights w of the axes, and a field p of vectors of length 1 at most.

    ``TV(f) = sum_i sqrt(sum_a (w_a (D_a f)_i)^2) = max over p of <D f, p>``, or ``sum_a sum_i |w_a (D_a f)_i|`` if it
    is not isotropic, where the components of p are bounded instead of its vectors; D_a are backward differences.

    Attributes
    ----------
    transposed : ndarray
        D^T p, or where there is momentum that of the field ahead.
    bound : float
        Of the square of the largest singular value of D.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        *,
        isotropic: bool = True,
        axis_weights: float | Sequence[float] = 1.0,
        workers: int | None = None,
        ahead: bool = False,
    ):
        weights = np.array(as_spacing("axis_weights", axis_weights, len(shape)))
        self.isotropic = as_flag("isotropic", isotropic)
        self.bound = 4 * float((weights**2).sum())
        spacing = tuple(1 / weights)
        self._variation = Variation.checked(len(shape), isotropic=isotropic, spacing=spacing, workers=workers)
        # axis 0 is the one that threads share, and of a single axis that would be voxels
        self._sizes = np.array(shape if len(shape) > 1 else (1, *shape), np.intp)
        self._weights = (weights if len(shape) > 1 else np.array([1.0, *weights])).astype(dtype)
        n = len(self._sizes) * int(np.prod(self._sizes))
        self._field = np.zeros(n, dtype)
        self._ahead = np.zeros(n if ahead else 0, dtype)
        self.transposed = np.zeros(shape, dtype)
        self._workers = number_of_workers(workers)
        self.instruction_set = len(_rows.instruction_sets()) - 1

    def ascend(self, f: Array, step: float, momentum: float = 0.0) -> Array:
        """A step along D f with projection, going on by the momentum; returns `transposed`, which it overwrites."""
        starts: list[int] = []

        def run(start: int, stop: int) -> None:
            starts.append(start)
            _dual.ascend(
                f.ravel(), self._field, self._ahead, self.transposed.ravel(), self._sizes, self._weights, step,
                momentum, self.isotropic, start, stop, np.empty(2 * self._sizes[-1], f.dtype),
                self.instruction_set,
            )  # fmt: skip

        in_threads(run, int(self._sizes[0]), min(self._workers, 1 + f.size // SMALLEST_PART))
        along = (self._ahead if self._ahead.size else self._field).reshape(-1, *self._sizes)[0]
        out = self.transposed.reshape(self._sizes)
        for start in starts:
            if start > 0:
                out[start - 1] -= self._weights[0] * along[start]
        return self.transposed

    def norm(self, f: Array) -> float:
        """The total variation itself."""
        return self._variation.evaluate(f, np.empty(0, f.dtype))[0]

"""Total variation of arrays of other libraries than numpy, through the array API: what the kernels do, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from coarea.base.namespaces import namespace_of
from coarea.variation.norm import Variation


@dataclass(frozen=True)
class ForeignVariation(Variation):
    """A `Variation` for arrays that are not numpy's; it returns what that one writes."""

    def slopes(self, f: Any) -> list[Any]:
        """The differences along each axis, 0 where they leave the array."""
        return [self._difference(f, axis) for axis in range(f.ndim)]

    def transposed(self, slopes: list[Any]) -> Any:
        """The transpose of `slopes`."""
        return sum(self._transposed(part, axis) for axis, part in enumerate(slopes))

    def norm_and_gradient(self, f: Any) -> tuple[float, Any]:
        """Norm of f and its gradient."""
        xp, slopes = namespace_of(f), self.slopes(f)
        # squares of small numbers vanish, in float32 below 1e-22
        largest = max([self.smoothing, *(float(xp.max(xp.abs(part))) for part in slopes if part.shape)])
        if largest == 0:
            return 0.0, xp.zeros_like(f)
        unit, smooth = [part / largest for part in slopes], (self.smoothing / largest) ** 2
        if self.isotropic:
            lengths = [xp.sqrt(sum(part * part for part in unit) + smooth)] * len(unit)
        else:
            lengths = [xp.sqrt(part * part + smooth) for part in unit]
        each = lengths[:1] if self.isotropic else lengths
        norm = largest * sum(float(xp.sum(length, dtype=xp.float64)) for length in each)
        directions = [
            xp.where(length > 0, part / xp.where(length > 0, length, 1.0), 0.0)
            for part, length in zip(unit, lengths, strict=True)
        ]
        return norm, self.transposed(directions)

    def descend(self, f: Any, n_iter: int, step: float) -> Any:
        """The array after steps of steepest descent on the norm."""
        xp = namespace_of(f)
        for _ in range(n_iter):
            gradient = self.norm_and_gradient(f)[1]
            length = math.sqrt(float(xp.sum(gradient * gradient, dtype=xp.float64)))
            if length == 0:
                break
            f = f - (step / length) * gradient
        return f

    def _difference(self, f: Any, axis: int) -> Any:
        xp, span = namespace_of(f), self.ahead + self.behind
        if f.shape[axis] <= span:
            return xp.zeros_like(f)
        inner = (_cut(f, axis, span, None) - _cut(f, axis, None, -span)) * float(self.factors[axis])
        before, after = (xp.zeros_like(_cut(f, axis, None, n)) for n in (self.behind, self.ahead))
        return xp.concat([before, inner, after], axis=axis)

    def _transposed(self, slopes: Any, axis: int) -> Any:
        xp, span = namespace_of(slopes), self.ahead + self.behind
        if slopes.shape[axis] <= span:
            return slopes
        inner = _cut(slopes, axis, self.behind, slopes.shape[axis] - self.ahead) * float(self.factors[axis])
        zeros = xp.zeros_like(_cut(slopes, axis, None, span))
        return xp.concat([zeros, inner], axis=axis) - xp.concat([inner, zeros], axis=axis)


def _cut(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    """A part of an array along an axis."""
    return x[tuple(slice(start, stop) if k == axis else slice(None) for k in range(x.ndim))]


class ForeignDual:
    """What `DualVariation` is for numpy: a field of vectors of length 1 at most, and steps on it."""

    def __init__(self, variation: ForeignVariation, like: Any):
        self._variation = variation
        self.bound = 4 * float((variation.factors**2).sum())
        self.transposed = namespace_of(like).zeros_like(like)
        self._field = [self.transposed] * like.ndim
        self._ahead = self._field

    def ascend(self, f: Any, step: float, momentum: float = 0.0) -> Any:
        """A step along D f with projection, going on by the momentum; returns D^T of the field, or of that ahead."""
        xp, before = namespace_of(f), self._field
        slopes = self._variation.slopes(f)
        field = [own + step * slope for own, slope in zip(self._ahead, slopes, strict=True)]
        if self._variation.isotropic:
            lengths = [xp.sqrt(sum(part * part for part in field))] * len(field)
        else:
            lengths = [xp.abs(part) for part in field]
        self._field = [part / xp.where(length > 1, length, 1.0) for part, length in zip(field, lengths, strict=True)]
        self._ahead = [own + momentum * (own - last) for own, last in zip(self._field, before, strict=True)]
        self.transposed = self._variation.transposed(self._ahead)
        return self.transposed

    def norm(self, f: Any) -> float:
        """The total variation itself."""
        return self._variation.norm_and_gradient(f)[0]

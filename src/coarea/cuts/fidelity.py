"""The data term in integers: one clamped parabola per site holds L1, quantiles, L2 and Huber."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array

Levels = NDArray[np.int32]
Weights = NDArray[np.int64]


def compact(array: Weights) -> Weights:
    """The array, or the one number that all of it was broadcast from."""
    return array if any(array.strides) else array[(0,) * array.ndim][()]


@dataclass(frozen=True)
class Fidelity:
    """f_p(u) whose difference f_p(t - 1) - f_p(t) is slope (2 (level - t) + 1), clamped to [-down, up].

    With slope = up = down it is up |u - level|, with up = down = infinity slope (u - level)^2, between them Huber's
    function; up and down that differ give quantiles, zeros a site without data.

    Attributes
    ----------
    level : ndarray of int32
        Where the minimum is, in [0, n_levels).
    slope, up, down : ndarrays of int64, shape of `level`
        At least 0; may be broadcast. Where the slope is 0 the bounds are 0.
    n_levels : int
    values : (n_levels,) ndarray or None
        Only where slope >= max(up, down) everywhere: grey values of the levels, in which distances are measured.
    """

    level: Levels
    slope: Weights
    up: Weights
    down: Weights
    n_levels: int
    values: Array | None = None

    @classmethod
    def of(
        cls,
        level: Array,
        slope: ArrayLike,
        up: ArrayLike,
        down: ArrayLike,
        *,
        n_levels: int,
        values: Array | None = None,
    ) -> "Fidelity":
        """Fidelity from numbers or arrays."""
        wide = [np.broadcast_to(np.asarray(bound, np.int64), level.shape) for bound in (slope, up, down)]
        return cls(np.ascontiguousarray(level, np.int32), wide[0], wide[1], wide[2], n_levels, values)

    @property
    def n_bits(self) -> int:
        """Number of binary problems that tell the levels apart."""
        return (self.n_levels - 1).bit_length()

    @property
    def top(self) -> int:
        """The highest level of that many bits."""
        return (1 << self.n_bits) - 1

    def shaped(self, *shape: int) -> "Fidelity":
        """The same over sites in another shape."""
        names = ("level", "slope", "up", "down")
        return replace(self, **{name: getattr(self, name).reshape(shape) for name in names})

    def bounded(self, pull: int) -> "Fidelity":
        """The same minimisers where the edges of no site pull with more than `pull`."""
        up, down = (np.minimum(compact(bound), pull + 1) for bound in (self.up, self.down))
        shape = self.level.shape
        return replace(self, up=np.broadcast_to(up, shape), down=np.broadcast_to(down, shape))

    def gain(self, threshold: Array | int) -> Weights:
        """f(t - 1) - f(t), what a site gains from rising to the threshold t."""
        line = np.minimum(self.slope, np.maximum(self.up, self.down)) * (
            2 * (self.level.astype(np.int64) - threshold) + 1
        )
        gains: Weights = np.clip(line, -self.down, self.up)
        return gains

    def best_level(self, inflow: Weights) -> Levels:
        """The largest minimiser of f(t) - t inflow: how many thresholds have gain + inflow > 0."""
        slope = np.maximum(np.minimum(self.slope, np.maximum(self.up, self.down)), 1)
        crossing = (slope * (2 * self.level.astype(np.int64) + 1) + inflow - 1) // (2 * slope)
        crossing = np.where(-inflow >= self.up, 0, np.where(-inflow < -self.down, self.n_levels - 1, crossing))
        best: Levels = np.clip(crossing, 0, self.n_levels - 1).astype(np.int32)
        return best

    def cost(self, level: Array) -> Array:
        """f_p(level_p), 0 where it is the site's own level."""
        bound = np.where(level < self.level, self.up, self.down)
        if self.values is not None:
            difference: Array = np.abs(self.values[level] - self.values[self.level])
            return bound * difference
        distance = np.abs(level.astype(np.int64) - self.level)
        slope = np.maximum(np.minimum(self.slope, bound), 1)
        quadratic = np.minimum(distance, (bound // slope + 1) // 2)
        costs: Array = np.where(self.slope >= bound, bound * distance, 0)
        parabola = slope * quadratic**2 + (distance - quadratic) * bound
        costs = np.where(self.slope >= bound, costs, parabola)
        return costs

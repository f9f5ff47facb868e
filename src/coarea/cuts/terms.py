"""The data term in integers: one clamped parabola per site holds L1, quantiles, L2 and Huber."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array

Levels = NDArray[np.int32]
Weights = NDArray[np.int64]


@dataclass(frozen=True)
class Term:
    """f_p(u) whose difference f_p(t - 1) - f_p(t) is slope (2 (level - t) + 1), clamped to [-down, up].

    With slope = up = down it is up |u - level|, with up = down = infinity slope (u - level)^2, between them Huber's
    function; up and down that differ give quantiles, zeros a site without data. Kernels read it by _terms.pxd.

    Attributes
    ----------
    level : ndarray of int32, C-contiguous
        Where the minimum is, in [0, n_levels).
    coefficients : (2 or 3, n) or (2 or 3, 1) ndarray of int64
        up, down and slope of the sites in raster order, or one for all: at least 0, and the bounds are 0 where the
        slope is. Without slope where it is at least up and down everywhere: the difference falls from up to -down.
    n_levels : int
    lower, upper : ndarrays of int32, C-contiguous, optional
        Levels that the sites may not leave: there f falls or rises by `hold` from level to level, which is at least up
        and down, and more than what edges pull.
    """

    level: Levels
    coefficients: Weights
    n_levels: int
    lower: Levels | None = None
    upper: Levels | None = None
    hold: int = 0

    @classmethod
    def of(cls, level: Array, slope: ArrayLike, up: ArrayLike, down: ArrayLike, *, n_levels: int) -> "Term":
        """Term from numbers or arrays."""
        rows = [np.asarray(row, np.int64) for row in (up, down, slope)]
        if rows[0] is rows[1] is rows[2] or (rows[2] >= np.maximum(rows[0], rows[1])).all():
            del rows[2]
        wide = np.broadcast_arrays(*rows)
        return cls(np.ascontiguousarray(level, np.int32), np.stack([row.ravel() for row in wide]), n_levels)

    def within(self, lower: Array, upper: Array, hold: int) -> "Term":
        """The same with bounds of the sites, which hold against that much."""
        lower, upper = (np.ascontiguousarray(bound, np.int32) for bound in (lower, upper))
        hold = max(hold, int(self.up.max()), int(self.down.max()))
        return replace(self, lower=lower, upper=upper, hold=hold)

    def __len__(self) -> int:
        return self.level.size

    @property
    def up(self) -> Weights:
        """The largest difference: a single number if it is that of all sites."""
        return self._row(0)

    @property
    def down(self) -> Weights:
        """The smallest difference, negated."""
        return self._row(1)

    @property
    def is_steep(self) -> bool:
        """Whether the difference falls at once: the costs are those of L1."""
        return len(self.coefficients) == 2

    @property
    def slope(self) -> Weights:
        """Half of what the difference falls by from threshold to threshold, between its bounds."""
        half: Weights = np.maximum(self.up, self.down) if self.is_steep else self._row(2)
        return half

    def _row(self, k: int) -> Weights:
        row: Weights = self.coefficients[k]
        return row.reshape(self.level.shape if row.size > 1 else ())

    @property
    def n_bits(self) -> int:
        """Number of binary problems that tell the levels apart."""
        return (self.n_levels - 1).bit_length()

    @property
    def top(self) -> int:
        """The highest level of that many bits."""
        return (1 << self.n_bits) - 1

    def raveled(self) -> "Term":
        """The same over a list of sites."""
        if self.lower is None or self.upper is None:
            return replace(self, level=self.level.reshape(-1))
        parts = {name: getattr(self, name).reshape(-1) for name in ("level", "lower", "upper")}
        return replace(self, **parts)

    def bounded(self, pull: int) -> "Term":
        """The same minimisers where the edges of no site pull with more than `pull`."""
        up, down = np.minimum(self.up, pull + 1), np.minimum(self.down, pull + 1)
        term = Term.of(self.level, self.slope, up, down, n_levels=self.n_levels)
        return term if self.lower is None or self.upper is None else term.within(self.lower, self.upper, pull + 1)

    def admits(self, level: Levels) -> bool:
        """Whether no site leaves its bounds."""
        if self.lower is None or self.upper is None:
            return True
        return bool((level >= self.lower).all() and (level <= self.upper).all())

    def gain(self, threshold: Array | int) -> Weights:
        """f(t - 1) - f(t), what a site gains from rising to the threshold t."""
        gains: Weights
        if self.is_steep:
            gains = np.where(self.level >= threshold, self.up, -self.down)
        else:
            line = np.minimum(self.slope, np.maximum(self.up, self.down)) * (
                2 * (self.level.astype(np.int64) - threshold) + 1
            )
            gains = np.clip(line, -self.down, self.up)
        if self.lower is None or self.upper is None:
            return gains
        return np.where(threshold <= self.lower, self.hold, np.where(threshold > self.upper, -self.hold, gains))

    def best_level(self, inflow: Weights) -> Levels:
        """The largest minimiser of f(t) - t inflow: how many thresholds have gain + inflow > 0."""
        slope = np.maximum(np.minimum(self.slope, np.maximum(self.up, self.down)), 1)
        crossing = (slope * (2 * self.level.astype(np.int64) + 1) + inflow - 1) // (2 * slope)
        crossing = np.where(-inflow >= self.up, 0, np.where(-inflow < -self.down, self.n_levels - 1, crossing))
        best: Levels = np.clip(crossing, 0, self.n_levels - 1).astype(np.int32)
        return best if self.lower is None else np.clip(best, self.lower, self.upper)

    def cost(self, level: Levels) -> Weights:
        """f_p(level_p), 0 where it is the site's own level."""
        distance = np.abs(level - self.level).astype(np.int64)
        bound = np.where(level < self.level, self.up, self.down)
        if self.is_steep:
            flat: Weights = bound * distance
            return flat
        slope = np.maximum(np.minimum(self.slope, bound), 1)
        quadratic = np.minimum(distance, (bound // slope + 1) // 2)
        parabola = slope * quadratic**2 + (distance - quadratic) * bound
        costs: Weights = np.where(self.slope >= bound, bound * distance, parabola)
        return costs

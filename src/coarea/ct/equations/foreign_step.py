"""The data step on arrays of other libraries than numpy: nothing leaves the device that they live on."""

from __future__ import annotations

import math
from typing import Any

from coarea.ct.equations.arithmetic import total
from coarea.ct.equations.system import Block, System

GRAZING = 1e-4  # rays shorter than this part of the longest are left out: their equations would amplify noise


class ForeignDataStep:
    """What `BlockDataStep` is for numpy."""

    def __init__(self, system: System):
        self._system, self._blocks = system, []
        ones = system.home.xp.ones_like(system.start)
        is_shared = len(system.image_shape) > 2 and len(system.blocks) > 1
        sums, squares = 0.0 * ones, 0.0 * ones
        for block in system.blocks:
            rows = self._quotient(1.0, system.flat(block.operator.forward(system.image(ones))))
            measured = system.home.xp.ones_like(block.data)
            if block.weights is not None:
                measured = system.home.xp.where(block.weights > 0, measured, 0.0)
                rows = rows * (block.weights / system.home.xp.max(system.weights))
            columns = self._adjoint(block, measured)
            if is_shared:
                sums, squares = sums + columns, squares + columns * columns
            self._blocks.append((block, rows, None if is_shared else self._quotient(1.0, columns)))
        # as that of `SharedFactor`
        self._shared = self._quotient(sums, sums, squares) if is_shared else None

    def __call__(self, x: Any, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks met."""
        system, square = self._system, 0.0
        for block, rows, columns in self._blocks:
            residual = block.data - system.flat(block.operator.forward(system.image(x)))
            square += total(residual**2 if block.weights is None else block.weights * residual**2)
            correction = self._adjoint(block, relaxation * rows * residual)
            x += correction * (self._shared if columns is None else columns)
            system.clip(x)
        return math.sqrt(square)

    def _adjoint(self, block: Block, y: Any) -> Any:
        system, operator = self._system, block.operator
        return system.flat(operator.adjoint(system.home.xp.reshape(y, operator.range_shape)))

    def _quotient(self, numerator: Any, sums: Any, denominator: Any = None) -> Any:
        """Over the sums, or what is given, but 0 where hardly a ray passes."""
        xp = self._system.home.xp
        used = sums > GRAZING * xp.max(sums)
        return xp.where(used, numerator / xp.where(used, sums if denominator is None else denominator, 1.0), 0.0)

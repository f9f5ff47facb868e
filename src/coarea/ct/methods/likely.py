"""Warnings of what data that were given by mistake look like."""

from __future__ import annotations

from coarea.base.arrays import Array
from coarea.ct.methods.operators import LinearMap


def warn_of_likely_mistakes(maps: list[LinearMap], data: Array, weights: Array | None) -> None:
    """Counts for line integrals, and a grid that does not hold the object."""

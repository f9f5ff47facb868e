"""Sums and copies of flat arrays, of numpy or of another library."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from coarea.base.namespaces import namespace_of


def norm(x: Any) -> float:
    """Euclidean norm, summed in double."""
    return math.sqrt(inner(x, x))


def inner(x: Any, y: Any) -> float:
    """Inner product, summed in double."""
    if isinstance(x, np.ndarray):
        return float(np.einsum("i,i->", x, y, dtype=np.float64))
    xp = namespace_of(x)
    return float(xp.sum(x * y, dtype=xp.float64))


def total(x: Any) -> float:
    """The sum, in double."""
    xp = namespace_of(x)
    return float(xp.sum(x, dtype=xp.float64))


def copied(x: Any) -> Any:
    """A copy."""
    return namespace_of(x).asarray(x, copy=True)

"""Results of public functions as what can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np

import coarea
from coarea import ct


def fingerprint(result: Any) -> Any:  # noqa: PLR0911
    """What can be compared."""
    if isinstance(result, np.ndarray):
        return result.dtype, result.shape, str(result) if result.dtype == object else result.tobytes()
    if isinstance(result, ct.Reconstruction):
        return fingerprint(result.image)
    if isinstance(result, ct.Scan):
        return [fingerprint(np.asarray(part)) for part in (result.counts, result.flat, result.dark, result.angles)]
    if isinstance(result, ct.Projector):
        return fingerprint(result(np.ones(result.domain_shape)))
    if isinstance(result, coarea.Lines):
        result = [result.points, result.start, result.parent, result.node]
    if isinstance(result, coarea.TwoPhase):
        result = [result.mask, result.means]
    if isinstance(result, coarea.ScaleSpace) or hasattr(result, "certificate"):
        return fingerprint(result.values)
    if isinstance(result, list | tuple):
        return [fingerprint(part) for part in result]
    return result

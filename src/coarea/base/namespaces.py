"""Arrays of other libraries than numpy, seen through the Python array API standard [ArrayAPI]_."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_foreign(values: object) -> bool:
    """Whether these are arrays of another library than numpy (torch, CuPy, JAX) that keep the standard."""
    if isinstance(values, np.ndarray | np.generic):
        return False
    library = type(values).__module__.partition(".")[0]
    return hasattr(values, "__array_namespace__") or (library == "torch" and hasattr(values, "detach"))


def namespace_of(values: object) -> Any:
    """The functions of the standard for arrays of a library; numpy's for all that numpy makes arrays of."""
    if not is_foreign(values):
        return np
    from array_api_compat import array_namespace

    return array_namespace(values)

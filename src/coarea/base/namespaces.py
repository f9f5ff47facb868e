"""Arrays of other libraries than numpy, seen through the Python array API standard [ArrayAPI]_."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coarea.base.arrays import Array, is_lazy


def is_foreign(values: object) -> bool:
    """Whether these are arrays of another library than numpy (torch, CuPy, JAX) that keep the standard."""
    if isinstance(values, np.ndarray | np.generic) or is_lazy(values):
        return False
    library = type(values).__module__.partition(".")[0]
    return hasattr(values, "__array_namespace__") or (library == "torch" and hasattr(values, "detach"))


def namespace_of(values: object) -> Any:
    """The functions of the standard for arrays of a library; numpy's for all that numpy makes arrays of."""
    if not is_foreign(values):
        return np
    from array_api_compat import array_namespace

    return array_namespace(values)


def as_numpy(values: Any) -> Any:
    """A copy of foreign arrays in the memory of the processor; what is not foreign as it is."""
    if not is_foreign(values):
        return values
    if hasattr(values, "detach"):  # of torch
        return values.detach().cpu().numpy()
    return values.get() if hasattr(values, "get") else np.asarray(values)  # CuPy converts on demand only


@dataclass(frozen=True)
class Home:
    """Where the arrays of a computation live: a library, and one of its devices."""

    xp: Any = np
    device: Any = None

    @classmethod
    def of(cls, values: Any) -> Home:
        """That of some arrays."""
        if not is_foreign(values):
            return cls()
        from array_api_compat import device

        return cls(namespace_of(values), device(values))

    def bring(self, array: Array) -> Array:
        """An array of numpy, brought there."""
        brought: Array = array if self.xp is np else self.xp.asarray(array, device=self.device)
        return brought

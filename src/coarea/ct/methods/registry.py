"""The methods of reconstruction by name: each enters itself where it is defined, the command line reads them here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from coarea.base.arrays import Array
from coarea.ct.equations.system import Reconstruction

DIRECT: dict[str, Callable[..., Array]] = {}
"""Called as ``method(data, geometry, shape, spacing=...)``."""

ITERATIVE: dict[str, Callable[..., Reconstruction]] = {}
"""Called as ``method(operator, data, n_iter=..., callback=..., ...)`` with the options that it has."""

Direct = TypeVar("Direct", bound=Callable[..., Array])
Iterative = TypeVar("Iterative", bound=Callable[..., Reconstruction])


def direct(method: Direct) -> Direct:
    """Enter a method that computes an image in one go."""
    DIRECT[_name(method)] = method
    return method


def iterative(method: Iterative) -> Iterative:
    """Enter a method that approaches an image step by step."""
    ITERATIVE[_name(method)] = method
    return method


def _name(method: Callable[..., object]) -> str:
    return method.__name__.replace("_", "-")

"""What the methods by dual fields prepare: an image to start from, and the largest singular value of the operator."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.options import one_of
from coarea.ct.methods.data_steps import data_step_of
from coarea.ct.methods.operators import ProjectorMap
from coarea.ct.methods.system import System, norm

Start: TypeAlias = ArrayLike | Literal["sart"] | None

SWEEPS = 1  # of the first image: more help few views and hinder limited arcs
MARGIN = 1.02  # of the largest singular value, which power iterations approach from below


def given(start: Start) -> ArrayLike | None:
    """The first image if it is an array."""
    if isinstance(start, str):
        one_of("start", start, ("sart",))
        return None
    return start


def first_image(system: System, start: Start) -> Array:
    """The given one, or that of a sweep of SART."""
    x = system.start
    if isinstance(start, str):
        data_step = data_step_of(system)
        for _ in range(SWEEPS):
            data_step(x, 1.0)
    return x


def operator_norm(system: System) -> float:
    """A little more than the largest singular value, by power iterations until they gain less than a hundredth.

    They start from the image of ones: for a matrix without negative entries that is near the end.
    """
    x, value = np.ones_like(system.start), 0.0
    for _ in range(30):
        x /= norm(x) or 1.0
        x = system.back_project(system.project(x))
        before, value = value, math.sqrt(norm(x))
        if value <= 1.01 * before:
            break
    return MARGIN * value or 1.0


def workers_of(system: System) -> int | None:
    """The number of threads of a projector; None is the default of others."""
    first = system.operators[0]
    return first.projector.workers if isinstance(first, ProjectorMap) else None

"""What the methods by dual fields prepare: an image to start from, and the largest singular value of the operator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.options import as_spacing
from coarea.ct.equations.arithmetic import norm
from coarea.ct.equations.data_steps import data_step_of
from coarea.ct.equations.operators import ProjectorMap
from coarea.ct.equations.system import System
from coarea.variation.dual import DualVariation
from coarea.variation.foreign import ForeignDual, ForeignVariation

SWEEPS = 1  # of the first image: more help few views and hinder limited arcs
MARGIN = 1.02  # of the largest singular value, which power iterations approach from below


def given(start: ArrayLike | None) -> ArrayLike | None:
    """The first image if it is an array."""
    if not isinstance(start, str):
        return start
    if start != "sart":
        raise TypeError(
            f"start must be an array, got {start!r}: give 'sart' for a sweep of SART; "
            f"if this is a file, read it first, start = skimage.io.imread({start!r})"
        )
    return None


def first_image(system: System, start: ArrayLike | None) -> Any:
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
    x, value = system.home.xp.ones_like(system.start), 0.0
    for _ in range(30):
        x /= norm(x) or 1.0
        x = system.back_project(system.project(x))
        before, value = value, math.sqrt(norm(x))
        if value <= 1.01 * before:
            break
    return MARGIN * value or 1.0


def dual_of(
    system: System, *, isotropic: bool, axis_weights: float | Sequence[float], ahead: bool = False
) -> DualVariation | ForeignDual:
    """The dual field of the total variation of images where those of the system live."""
    if system.home.xp is np:
        return DualVariation(
            system.image_shape, system.dtype, isotropic=isotropic, axis_weights=axis_weights, ahead=ahead,
            workers=workers_of(system),
        )  # fmt: skip
    spacing = [1 / weight for weight in as_spacing("axis_weights", axis_weights, len(system.image_shape))]
    variation = ForeignVariation.checked(len(spacing), isotropic=isotropic, spacing=spacing)
    return ForeignDual(variation, system.image(system.start))


def workers_of(system: System) -> int | None:
    """The number of threads of a projector; None is the default of others."""
    first = system.operators[0]
    return first.projector.workers if isinstance(first, ProjectorMap) else None

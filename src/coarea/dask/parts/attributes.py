"""Attributes of shapes that are put together from parts of an image: sums and extremes of integers, so exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.attributes._form import eccentricity_of, elongation_of, inertia_of
from coarea.base.arrays import Array, Indices
from coarea.base.levels import steps_between
from coarea.base.options import one_of
from coarea.trees import _passes

Sums = NDArray[np.int64]


class View(NamedTuple):
    """A part of an image: its grey values, the last rows and columns those of its neighbours, and where it lies."""

    values: Array
    own: tuple[slice, ...]  # without the pixels of its neighbours
    start: tuple[int, ...]


class Shapes(NamedTuple):
    """What is known of shapes that lie in a part of an image, one column each."""

    sums: Sums
    extremes: Array  # largest values
    value: Array
    around: Array  # the grey value of the parent


Rows = Callable[[View], Sequence[Array]]


class Attribute(NamedTuple):
    """How an attribute is measured.

    Attributes
    ----------
    of : callable
        The attribute of shapes; the first of their sums is the area.
    sums : callable, optional
        Images of integers, in the shape of the view, which are summed over each shape; all parts of the whole image
        together count each pixel, or pair of pixels, once.
    extremes : callable, optional
        Images whose largest values over each shape are taken.
    gain : callable, optional
        What a shape adds to the sum over all shapes in it, which is the last of the sums.
    needs : str
        What images it is exact for: "" all, "plane" 2-D ones whose sums of squares fit, "narrow" integers of at most 32
        bits and floats of at most 64, "short" integers of at most 16 bits.
    """

    of: Callable[[Shapes], Array]
    sums: Rows | None = None
    extremes: Rows | None = None
    gain: Callable[[Shapes], Sums] | None = None
    needs: str = ""


def crossings(view: View) -> list[Array]:
    """Signs of the steps from each pixel down to its neighbours: absolute sums over shapes are perimeters."""
    return [_sides(view, lambda low, high: (high > low).view(np.int8) - (high < low).view(np.int8), np.int8)]


def steps(view: View) -> list[Array]:
    """The steps down to all neighbours, and their signs."""
    return [*crossings(view), _sides(view, lambda low, high: high.astype(np.int64) - low, np.int64)]


def _sides(view: View, step: Callable[[Array, Array], Array], dtype: type) -> Array:
    """Sums over the pairs of neighbours of which the first one is the view's own."""
    total: Array = np.zeros(view.values.shape, dtype)
    for axis, length in enumerate(view.values.shape):
        first = list(view.own)
        first[axis] = slice(0, length - 1)
        second = list(first)
        second[axis] = slice(1, length)
        one, other = tuple(first), tuple(second)
        up = step(view.values[one], view.values[other])
        total[other] += up
        total[one] -= up
    return total


def ends(view: View) -> list[Array]:
    """Coordinates, with the sign turned and as they are, so that both ends of a box are the largest."""
    found = []
    for axis, (start, length) in enumerate(zip(view.start, view.values.shape, strict=True)):
        along = np.arange(start, start + length).reshape([-1 if k == axis else 1 for k in range(view.values.ndim)])
        found += [np.broadcast_to(sign * along, view.values.shape) for sign in (-1, 1)]
    return found


def _own_greys(view: View) -> list[Array]:
    total = np.zeros(view.values.shape, np.int64)
    total[view.own] = view.values[view.own]
    return [total]


def greys(view: View) -> list[Array]:
    """Grey values, with the sign turned and as they are."""
    wide = view.values.astype(np.float64 if view.values.dtype.kind == "f" else np.int64)
    return [-wide, wide]


def _diameter(shapes: Shapes) -> Array:
    diameter: Array = (shapes.extremes[::2] + shapes.extremes[1::2] + 1).max(axis=0)
    return diameter


def _height(shapes: Shapes) -> Array:
    dtype = shapes.value.dtype if shapes.value.dtype.kind == "f" else np.dtype(np.int64)
    around = shapes.around.astype(dtype)
    lowest, highest = (-shapes.extremes[0]).astype(dtype), shapes.extremes[1].astype(dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # as in memory: infinite values less themselves are dropped
        above, below = np.maximum(highest, around) - around, around - np.minimum(lowest, around)
    height: Array = np.fmax(np.fmax(above, below), dtype.type(0))
    return height


def _perimeter(shapes: Shapes) -> Sums:
    length: Sums = np.abs(shapes.sums[1])
    return length


def _compactness(shapes: Shapes) -> Array:
    length = _perimeter(shapes).astype(np.float64)
    quotient: Array = np.zeros(len(length))
    np.divide(4 * np.pi * shapes.sums[0], length**2, out=quotient, where=length > 0)
    return quotient


def _mean_contrast(shapes: Shapes) -> Array:
    length = _perimeter(shapes)
    contrast: Array = np.zeros(len(length))
    np.divide(np.abs(shapes.sums[2].astype(np.float64)), length, out=contrast, where=length > 0)
    return contrast


def _jump(shapes: Shapes) -> Sums:
    return steps_between(shapes.value, shapes.around).astype(np.int64)


def _products(view: View) -> list[Array]:
    """Coordinates y and x and their products yy, yx and xx."""
    y = np.arange(view.values.shape[0])[:, None] + view.start[0]
    x = np.arange(view.values.shape[1]) + view.start[1]
    own = np.zeros(view.values.shape, np.int64)
    own[view.own] = 1
    return [own * product for product in (y, x, y * y, y * x, x * x)]


def _moments(shapes: Shapes) -> NDArray[np.float64]:
    """The covariances of the coordinates of plane shapes."""
    y, x, yy, yx, xx = shapes.sums[1:].astype(np.float64) / np.maximum(shapes.sums[0], 1)
    mixed = yx - y * x
    return np.stack([np.stack([yy - y * y, mixed], 1), np.stack([mixed, xx - x * x], 1)], 1)


ATTRIBUTES = {
    "area": Attribute(lambda shapes: shapes.sums[0]),
    "compactness": Attribute(_compactness, crossings),
    "diameter": Attribute(_diameter, extremes=ends),
    "eccentricity": Attribute(lambda shapes: eccentricity_of(_moments(shapes)), _products, needs="plane"),
    "elongation": Attribute(lambda shapes: elongation_of(_moments(shapes)), _products, needs="plane"),
    "height": Attribute(_height, extremes=greys, needs="narrow"),
    "inertia": Attribute(
        lambda shapes: inertia_of(_moments(shapes), np.maximum(shapes.sums[0], 1)), _products, needs="plane"
    ),
    "mean": Attribute(
        lambda shapes: shapes.sums[1].astype(np.float64) / np.maximum(shapes.sums[0], 1), _own_greys, needs="short"
    ),
    "mean_contrast": Attribute(_mean_contrast, steps, needs="short"),
    "perimeter": Attribute(_perimeter, crossings),
    "total_variation": Attribute(
        lambda shapes: shapes.sums[-1].astype(np.float64), crossings,
        gain=lambda shapes: _perimeter(shapes) * _jump(shapes), needs="short",
    ),
    "volume": Attribute(
        lambda shapes: shapes.sums[-1].astype(np.float64), gain=lambda shapes: shapes.sums[0] * _jump(shapes),
        needs="short",
    ),
}  # fmt: skip

_AROUND = "depends on shapes around each one, in other chunks"
_FLOATS = "is a sum of rounded numbers, which depends on the order of the pixels"
_MANY = "is more than one number for each shape"
# Why others of coarea.attributes are not offered.
REFUSED = {
    "bounding_box": f"{_MANY}: take 'diameter', its longest side",
    "centroid": _MANY,
    "depth": _AROUND,
    "dynamics": _AROUND,
    "dynamics_of_minima": _AROUND,
    "extinction": _AROUND,
    "orientation": "is an angle, which has no threshold",
    "own_area": "is no size of the whole shape: take 'area'",
    "touches_frame": "is no number",
    "increasing": "is a function of another attribute of the whole tree",
    "pruning_scale": "is a function of other attributes of the whole tree",
    "second_moments": _MANY,
    "table": _MANY,
    "variance": _FLOATS,
}


def check(name: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse an attribute that is not exact for an image, or cannot be put together from parts at all."""
    if isinstance(name, str) and name in REFUSED:
        raise ValueError(f"attribute {name!r} is not offered in chunks: it {REFUSED[name]}")
    one_of("attribute", name, ATTRIBUTES)
    needs = ATTRIBUTES[name].needs
    is_integer, size = dtype.kind in "bui", dtype.itemsize
    if needs == "short" and not (is_integer and size <= 2):
        raise ValueError(f"attribute {name!r} needs integers of at most 16 bits in chunks, got {dtype}: it {_FLOATS}")
    if needs == "narrow" and size > (4 if is_integer else 8):
        raise ValueError(f"attribute {name!r} needs integers of at most 32 bits or floats in chunks, got {dtype}")
    if needs == "plane" and len(shape) != 2:
        raise ValueError(f"attribute {name!r} needs a 2-D image, got {len(shape)}-D: take the slices one by one")
    if needs == "plane" and math.prod(shape) * max(shape) ** 2 >= 2**63:
        raise ValueError(f"attribute {name!r} needs a smaller image, got shape {shape}: its moments exceed 64 bits")


def measured(attribute: Attribute, view: View, nodes: Indices, n: int) -> tuple[Sums, Array]:
    """Sums and extremes over the pixels that each of n nodes owns; `nodes` are those of the pixels of the view."""
    area = np.zeros(n, np.int32)
    _passes.count_pixels(np.ascontiguousarray(nodes[view.own]).ravel(), area)
    sums = [area.astype(np.int64)]
    for image in attribute.sums(view) if attribute.sums else ():
        sums.append(np.zeros(n, np.int64))
        add = _passes.add_small if image.dtype == np.int8 else _passes.add_pixels
        add(nodes.ravel(), np.ascontiguousarray(image).ravel(), sums[-1])
    if attribute.gain:
        sums.append(np.zeros(n, np.int64))
    images = attribute.extremes(view) if attribute.extremes else []
    extremes = np.empty((len(images), n), images[0].dtype if images else np.int64)
    for row, image in zip(extremes, images, strict=True):
        row.fill(lowest_of(row.dtype))
        _passes.max_pixels(nodes.ravel(), np.ascontiguousarray(image).ravel(), row)
    return np.stack(sums), extremes


def lowest_of(dtype: np.dtype[Any]) -> float:
    """The smallest number."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min

"""What tiles must know of the whole image: its range, its levels, and what makes integers of its weights.

A tile that scaled its own weights or counted levels from its own minimum would solve a slightly different problem.
Here the integers are those that the filters in memory find, from statistics of the chunks.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, as_image, split_mask
from coarea.base.neighborhoods import Offset, pair_slices, perimeter_weights
from coarea.base.options import as_mask, as_nonnegative
from coarea.base.types import Tie
from coarea.cuts.terms import Levels, Weights
from coarea.exact._integers import DISTINCT_MAX, Scale, smallest_of
from coarea.exact._missing import filled
from coarea.exact._model import Labels, Model, default_resolution, l1_model, l2_model
from coarea.exact._problem import Sites, largest_gains, scale_of, uncut_weight
from coarea.exact._setting import Data, lowered, moderate_weights


class Question(NamedTuple):
    """What is asked of the whole image: the options that every tile needs."""

    fidelity: str  # "l1" or "l2"
    beta: float
    tie: Tie
    neighbors: int | None
    quantile: float = 0.5
    resolution: float | None = None
    huber_delta: float | None = None
    has_fixed: bool = False
    shape: tuple[int, ...] = ()

    @property
    def bases(self) -> dict[Offset, float]:
        """The weight of the pairs (p, p + offset), without beta."""
        return perimeter_weights(len(self.shape), self.neighbors)

    @property
    def reach(self) -> int:
        """How far neighbours lie apart along an axis."""
        return max(abs(step) for offset in self.bases for step in offset)


class Tile(NamedTuple):
    """What is given of a part of the image."""

    values: Array
    weights: Array | None = None
    mask: Array | None = None
    fixed: Array | None = None
    edge_weights: Array | None = None

    def known(self) -> tuple[Array, NDArray[np.float64] | None]:
        """The values and their weights, 0 where there are no data; weights are checked."""
        given, hidden = split_mask("image", self.values)
        values = as_image(given, complete=False)
        weights = None if self.weights is None else as_nonnegative("weights", self.weights, values.shape)
        mask = None if self.mask is None else as_mask("mask", self.mask, values.shape)
        for missing in (mask, hidden):
            if missing is not None:
                weights = np.where(missing, 0.0, 1.0 if weights is None else weights)
        return values, weights

    def held(self) -> NDArray[np.bool_] | None:
        """Which pixels keep their values."""
        return None if self.fixed is None else as_mask("fixed", self.fixed, np.shape(self.values))

    def has_data(self, weights: Array | None) -> NDArray[np.bool_] | None:
        """Where a value says something; None: everywhere."""
        fixed = self.held()
        if weights is None:
            return None
        return weights > 0 if fixed is None else (weights > 0) | fixed


class Factors(NamedTuple):
    """Some weights: those that occur (more than `DISTINCT_MAX` if not all of them), how many, and their sum."""

    distinct: Array
    number: int
    total: float
    exponent: int  # the sum is that of the weights divided by 2^exponent

    @classmethod
    def of(cls, weights: Array) -> "Factors":
        """Those in an array."""
        exponent = int(np.frexp(weights.max(initial=0.0))[1])
        return cls(_few(weights), weights.size, float(np.ldexp(weights, -exponent).sum()), exponent)

    @classmethod
    def join(cls, parts: Sequence["Factors"]) -> "Factors":
        """Those of all parts."""
        exponent = max(part.exponent for part in parts)
        total = math.fsum(math.ldexp(part.total, part.exponent - exponent) for part in parts)
        distinct = _few(np.concatenate([part.distinct for part in parts]))
        return cls(distinct, sum(part.number for part in parts), total, exponent)


class Statistics(NamedTuple):
    """What a chunk says of itself."""

    finite: Array  # the least and the largest finite value; empty if there is none
    known: Array  # of those with data
    is_lost: bool  # whether some value is not finite, where there are no data
    size: int
    weights: Factors | None
    factors: list[Factors] | None  # of the edges, for each offset


def measure(tile: Tile, start: Sequence[int], question: Question) -> Statistics:
    """Check a chunk that begins at `start`, and tell what the whole image must be known by."""
    values, weights = tile.known()
    has_data = tile.has_data(weights)
    filled("image", values, has_data, remedy="mask=~dask.array.isfinite(image)")
    is_finite = np.isfinite(values)
    known = values if has_data is None else values[has_data]
    factors = None
    if tile.edge_weights is not None:
        checked = as_nonnegative("edge_weights", tile.edge_weights, (len(question.bases), *values.shape))
        factors = [
            Factors.of(own[_inside(offset, start, values.shape, question.shape)])
            for own, offset in zip(checked, question.bases, strict=True)
        ]
    return Statistics(
        _range(values[is_finite]), _range(known), not is_finite.all(), values.size,
        None if weights is None else Factors.of(weights), factors,
    )  # fmt: skip


class Whole(NamedTuple):
    """The problem of the whole image in integers, for every part of it.

    Marks stand for grey values: levels where those of the whole image are known, otherwise the values themselves.
    """

    question: Question
    model: Model
    lowest: Any  # of the image's dtype
    highest: Any
    n_levels: int | None  # None where marks are values
    scale: Scale
    uncut: float
    slopes: tuple[float, float, float]  # slope, up and down of weight 1
    weight_count: int  # 0 if all are 1 because nothing was said of them
    exponent: int
    edges: dict[Offset, tuple[float, Factors | None]]

    @property
    def ends(self) -> tuple[Any, Any]:
        """The lowest and the highest mark."""
        return (self.lowest, self.highest) if self.n_levels is None else (np.int32(0), np.int32(self.n_levels - 1))

    def marks(self, values: Array, has_data: NDArray[np.bool_] | None) -> Array:
        """Marks of pixels; those without data get any."""
        if has_data is not None and not has_data.all():
            values = np.where(has_data | np.isfinite(values), values, self.lowest)
            values = np.clip(values, self.lowest, self.highest)
        if self.model.resolution is not None:
            return np.rint((values - np.float64(self.lowest)) / self.model.resolution).astype(np.int32)
        return values if self.n_levels is None else values.astype(np.int32) - np.int32(self.lowest)

    def levels(self, marks: Array) -> tuple[Levels, int, Array | None]:
        """Marks as levels, their number, and the marks of the levels; None if they are the same."""
        if self.n_levels is not None:
            return marks.astype(np.int32), self.n_levels, None
        table, level = np.unique(np.append(marks.ravel(), self.ends), return_inverse=True)
        return level[:-2].reshape(marks.shape).astype(np.int32), len(table), table

    def small(self, marks: Array) -> Array:
        """A copy in the smallest dtype that holds all marks."""
        return marks.astype(marks.dtype if self.n_levels is None else np.min_scalar_type(self.n_levels - 1))

    def grey_values(self, marks: Array) -> Array:
        """The values of the result."""
        if self.model.resolution is not None:
            dtype = dtype_of_result(self.question, np.dtype(type(self.lowest)))
            return (np.float64(self.lowest) + self.model.resolution * marks).astype(dtype)
        if self.n_levels is None:
            return marks
        return (marks + np.int32(self.lowest)).astype(type(self.lowest))

    def rows(self, weights: Array | None) -> list[Weights]:
        """Slope, up and down of pixels as integers."""
        known: Array = np.ones(())
        if not self.weight_count:
            rows = [self.scale.multiply(base, known, self.scale.sites) for base in self.slopes]
        else:
            known = known if weights is None else weights
            known = np.ldexp(known, -self.exponent) if self.exponent else known
            alone = self.weight_count == 1
            rows = [
                _multiplied(self.scale, base, known, self.scale.sites, (1.0, alone, math.inf)) for base in self.slopes
            ]
        return [np.where(rows[0] > 0, row, 0) for row in rows]

    def capacities(self, shape: tuple[int, ...], edge_weights: Array | None) -> dict[Offset, Weights]:
        """Integers of the pairs (p, p + offset) in a window, by p, or of all."""
        found = {}
        for k, (offset, (base, factors)) in enumerate(self.edges.items()):
            if edge_weights is None or factors is None:
                own = self.scale.multiply(base, np.ones((), np.int64), self.scale.edges, highest=self.uncut)
            else:
                part = edge_weights[k][pair_slices(offset)[0]].astype(np.float64)
                rule = smallest_of(factors.distinct), factors.number == 1, self.uncut
                own = _multiplied(self.scale, base, part, self.scale.edges, rule)
            found[offset] = own
        return found


def dtype_of_result(question: Question, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """That of the filter in memory."""
    native = dtype.newbyteorder("=")
    if question.fidelity == "l1":
        return native
    return np.dtype(np.float32 if native == np.float32 else np.float64)


def resolution_of(question: Question, channels: Sequence[Sequence[Statistics]]) -> float | None:
    """The distance of the levels of L2, from the statistics of the chunks of each channel: one for all channels."""
    if question.fidelity == "l1" or question.resolution is not None:
        return question.resolution
    return default_resolution(*(_ends(statistics, inside=True) for statistics in channels))


def whole_of(question: Question, statistics: Sequence[Statistics], resolution: float | None) -> Whole:
    """The problem of the whole image, from what its chunks say."""
    model = l1_model(question.quantile) if resolution is None else l2_model(resolution, question.huber_delta)
    ends = _ends(statistics, inside=resolution is not None and question.resolution is None)
    labels = model.labels(ends)
    is_ranked = resolution is None and not (ends.dtype.kind in "bui" and ends.dtype.itemsize <= 2)
    size = math.prod(question.shape)
    if is_ranked:  # how many levels occur is not known, but only the largest scale depends on it
        most = int(ends[1]) - int(ends[0]) + 1 if ends.dtype.kind in "ui" else size
        labels = Labels(labels.level, np.broadcast_to(ends[0], min(size, most)), labels.table)
    weights = None
    if any(part.weights is not None for part in statistics):
        weights = Factors.join([part.weights or Factors(np.ones(1), part.size, part.size, 0) for part in statistics])
    exponent, total, distinct = 0, float(size), np.ones(())
    if weights is not None:
        moderate, exponent = moderate_weights(Data(weights.distinct))
        assert moderate.weights is not None
        distinct, total = moderate.weights, float(np.ldexp(weights.total, weights.exponent - exponent))
    beta = lowered(question.beta, exponent) if exponent else question.beta
    edges = {}
    for k, (offset, length) in enumerate(question.bases.items()):
        factors = _joined([None if part.factors is None else part.factors[k] for part in statistics])
        edges[offset] = (beta * model.cost_factor * length, factors)
    fixed = np.ones((), bool) if question.has_fixed else None
    sites = Sites(distinct, total, heaviest=float(distinct.max()), fixed=fixed)
    kinds = [(base, np.ones((), np.int64) if own is None else own.distinct) for base, own in edges.values()]
    uncut = uncut_weight(model, labels, sites)
    with np.errstate(over="ignore"):
        pull = float(2 * sum(np.minimum(base * own, uncut).max(initial=0) for base, own in kinds))
    return Whole(
        question, model, ends[0], ends[1], None if is_ranked else len(labels.values),
        scale_of(model, labels, sites, kinds, pull=pull, narrow=True), uncut,
        (model.slope, *largest_gains(model, labels)), 0 if weights is None else size, exponent, edges,
    )  # fmt: skip


def _multiplied(
    scale: Scale, base: float, factors: Array, part: int | None, rule: tuple[float, bool, float]
) -> Weights:
    """Integers of some of the weights as they are among all of them.

    `rule` is the smallest weight of all that is not 0, whether there is but one, which is rounded in its own way, and
    the number that products are lowered to.
    """
    smallest, alone, highest = rule
    if alone or not factors.size:
        return scale.multiply(base, factors, part, highest=highest)
    wide = np.append(factors.ravel(), [smallest, smallest])
    return scale.multiply(base, wide, part, highest=highest)[:-2].reshape(factors.shape)


def _joined(parts: Sequence[Factors | None]) -> Factors | None:
    given = [part for part in parts if part is not None]
    return Factors.join(given) if given else None


def _few(weights: Array) -> Array:
    """Weights that occur, increasing: all if they are few, otherwise as many as show that, and the largest."""
    distinct = np.unique(weights)
    if len(distinct) <= DISTINCT_MAX:
        return distinct
    return np.append(distinct[: DISTINCT_MAX + 1], distinct[-1:])


def _range(values: Array) -> Array:
    return np.array([values.min(), values.max()]) if values.size else values


def _ends(statistics: Sequence[Statistics], *, inside: bool) -> Array:
    """The least and the largest value of the image once pixels without data are filled in."""
    known = np.concatenate([part.known for part in statistics])
    finite = np.concatenate([part.finite for part in statistics])
    if not known.size and any(part.is_lost for part in statistics):
        finite = np.append(finite, finite.dtype.type(0))
    return _range(known if inside and known.size else finite)


def _inside(offset: Offset, start: Sequence[int], size: Sequence[int], shape: Sequence[int]) -> tuple[slice, ...]:
    """The pixels p of a chunk whose p + offset lies in the image."""
    return tuple(
        slice(max(0, -step - begin), max(0, min(length, whole - step - begin)))
        for step, begin, length, whole in zip(offset, start, size, shape, strict=True)
    )

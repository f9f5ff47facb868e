"""What is found on trees that are known in parts: which nodes stay by an attribute, or an exact minimiser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.levels import integer_range
from coarea.base.types import Tie
from coarea.cuts import _tree_messages
from coarea.dask.parts.attributes import ATTRIBUTES, Attribute, Shapes, Sums
from coarea.exact._integers import DENOMINATOR_MAX, simplest
from coarea.exact._model import Labels, Model, l1_model
from coarea.exact._problem import Sites, scale_of
from coarea.trees import _passes


class Nodes(NamedTuple):
    """Nodes of a tree, parents first, and sums and extremes over what they own and over what was left out below."""

    parent: Indices
    value: Array
    sums: Sums
    extremes: Array
    is_open: NDArray[np.int32]  # whether a pixel of the frame is among this


class Beside(NamedTuple):
    """What memory would make its integers by: grey values of a part, and what the edges weigh that were left out."""

    ends: Array  # the least and the largest grey value
    pull: float = 0.0


class Steps(NamedTuple):
    """What the nodes of a core, and what hangs below them, gain from rising: it falls from step to step."""

    site: Indices  # the node
    value: Array  # until where the gain is what it was
    fall: Sums
    top: Sums  # of each node, from the lowest grey value on
    beside: Beside


class Kept(NamedTuple):
    """What a part keeps for the way down: bounds of the values of its nodes.

    A value is max(lower, min(u, upper)), where u is that of the first node of the core around.

    Attributes
    ----------
    place : ndarray of int32
        For each pixel, or each node of the pieces that were merged, the entry of the others.
    core : ndarray of int32
        The number of the node of the core.
    lower, upper : ndarrays
        The bounds; if they are equal, the value is known.
    counts : list of int
        How many nodes each piece brought.
    """

    place: Indices
    core: Indices
    lower: Array
    upper: Array
    counts: list[int]


def filled(above: Array | None, kept: Kept) -> Array:
    """The grey values of pixels or nodes, from those of the core that have come down; all are known at the top."""
    if above is None:
        return kept.lower.take(kept.place)
    values: Array = np.maximum(kept.lower, np.minimum(above.take(kept.core), kept.upper))
    return values.take(kept.place)


class Threshold(NamedTuple):
    """Nodes stay whose attribute is at least a threshold."""

    name: str
    threshold: float

    @property
    def attribute(self) -> Attribute:
        """What is measured."""
        return ATTRIBUTES[self.name]

    def steps_of(self, value: Array, area: Sums) -> Steps:
        """None are needed."""
        return Steps(np.empty(0, np.int32), value[:0], area[:0], area[:0], Beside(value[:1]))

    def settle(self, nodes: Nodes, steps: Steps, is_core: NDArray[np.bool_], last: bool) -> tuple[Kept, Steps]:
        """What stays below the core; the root is known if it is the last one."""
        shapes = Shapes(nodes.sums, nodes.extremes, nodes.value, nodes.value[nodes.parent])
        keep = is_core | (self.attribute.of(shapes) >= self.threshold)
        place = np.empty(len(keep), np.int32)
        _passes.keep_nodes(nodes.parent, keep.view(np.uint8), place)
        is_open = is_core[keep] & (not last)
        core = np.cumsum(is_open, dtype=np.int32) - np.int32(1)
        lower, upper = nodes.value[keep], nodes.value[keep]
        lower[is_open], upper[is_open] = _ends_of(lower.dtype)
        return Kept(place, np.maximum(core, 0), lower, upper, []), steps


class Energy(NamedTuple):
    """The L1 fidelity and the total variation in integers, for one pixel and for one side of a pixel."""

    up: int
    down: int
    edge: int
    most: int  # what no edge that is cut weighs
    tie: Tie
    unit: int  # what 1 is in integers
    n_pixels: int

    @property
    def attribute(self) -> Attribute:
        """What is measured: areas and perimeters."""
        return ATTRIBUTES["perimeter"]

    def steps_of(self, value: Array, area: Sums) -> Steps:
        """Those of nodes that own pixels of their own value."""
        site = np.flatnonzero(area).astype(np.int32)
        own = value[site]
        return Steps(site, own, (self.up + self.down) * area[site], self.up * area, Beside(_range(own)))

    def settle(self, nodes: Nodes, steps: Steps, is_core: NDArray[np.bool_], last: bool) -> tuple[Kept, Steps]:
        """The values below the core as far as they do not depend on it, and what it must know of what lies below."""
        n = len(is_core)
        is_left = is_core & (not last)
        length = self.attribute.of(Shapes(nodes.sums, nodes.extremes, nodes.value, nodes.value))
        enough = self.most // max(self.edge, 1) + 1  # more could wrap
        capacity = np.minimum(self.edge * np.minimum(length, enough), self.most)
        pull = steps.beside.pull + float(capacity[~is_left].sum(dtype=np.float64))
        beside = steps.beside._replace(pull=pull)
        self.check(beside)
        values, ranks = np.unique(steps.value, return_inverse=True)
        level, fall, top = ranks.astype(np.int32), steps.fall.copy(), steps.top.copy()
        bottom = top.copy()
        np.subtract.at(bottom, steps.site, fall)
        bounds = np.empty((2, n), np.int32)
        _tree_messages.eliminate(
            nodes.parent, is_left.view(np.uint8), capacity, self.tie == "upper", len(values), steps.site, level, fall,
            top, bottom, *bounds,
        )  # fmt: skip
        bounds[:, is_left] = [[-1], [len(values)]]
        lowest, highest = np.array(_ends_of(values.dtype), values.dtype)
        lower, upper = np.concatenate([[lowest], values, [highest]])[bounds + 1]
        place = np.arange(n, dtype=np.int32)
        core = np.zeros(n, np.int32)
        if last:
            known = np.maximum(lower, np.minimum(lower[0], upper))
            return Kept(place, core, known, known, []), steps
        _passes.keep_nodes(nodes.parent, is_left.view(np.uint8), core)
        left = steps._replace(fall=fall, top=top[is_left], beside=beside)
        return Kept(place, core, lower, upper, []), _added(core[steps.site], level, values, left)

    def check(self, beside: Beside) -> None:
        """Refuse what memory would round."""
        up, down, edge = (Fraction(number, self.unit) for number in (self.up, self.down, self.edge))
        model = Model(float(max(up, down)), float(up), float(down))
        values = np.broadcast_to(beside.ends[0], _span(beside.ends, self.n_pixels))
        labels = Labels(np.zeros(1, np.int32), values, None)
        sites = Sites(np.ones(()), float(self.n_pixels), heaviest=float(self.n_pixels))
        pull = beside.pull / self.unit * (1 + 1e-9)  # sums in another order
        scale = scale_of(model, labels, sites, [(float(edge), np.ones(1, np.int64))], pull=pull, narrow=False)
        weighs = (up, down) if self.edge == self.most else (up, down, edge)
        if scale.sites is None or any((weight * scale.all).denominator > 1 for weight in weighs):
            raise ValueError(
                f"beta={float(edge)!r} and these grey values make integers of more bits than there are, so that the "
                "result would be rounded: take a beta of fewer digits, or grey values of a smaller dtype"
            )


def energy_of(beta: float, quantile: float, tie: Tie, n_pixels: int) -> Energy:
    """The energy in integers, or what keeps it from being that."""
    if not 0 < quantile < 1:
        raise ValueError(f"quantile must be between 0 and 1 on a tree in chunks, got {quantile}")
    model, weight = l1_model(quantile), simplest(beta)
    if weight.denominator > DENOMINATOR_MAX:
        raise ValueError(
            "beta must be a fraction with a denominator of at most 2^20 on a tree in chunks, such as 0.1 or 2.75, got "
            f"{beta!r}, which would be rounded by what the whole tree weighs: take fewer digits, {beta:.4g}"
        )
    up, down = simplest(model.up), simplest(model.down)
    unit = math.lcm(up.denominator, down.denominator, weight.denominator)
    most = int(max(up, down) * unit) * n_pixels + 1
    if most >= 2**61:
        raise ValueError(
            f"beta={beta!r} and quantile={quantile!r} are fractions with too large denominators for {n_pixels} pixels: "
            "take numbers of fewer digits"
        )
    return Energy(int(up * unit), int(down * unit), min(int(weight * unit), most), most, tie, unit, n_pixels)


Rule: TypeAlias = Threshold | Energy


def joined_steps(pieces: Sequence[Steps], first: Indices, place: Indices, n: int) -> Steps:
    """Those of pieces whose nodes, which begin at `first`, are at these places among n ones."""
    top = np.zeros(n, np.int64)
    tops = np.concatenate([steps.top for steps in pieces])
    if len(tops):
        _passes.add_pixels(place, tops, top)
    site = np.concatenate([steps.site + i for steps, i in zip(pieces, first, strict=False)])
    value, fall = (np.concatenate([steps[k] for steps in pieces]) for k in (1, 2))
    ends = _range(np.concatenate([steps.beside.ends for steps in pieces]))
    return Steps(place[site], value, fall, top, Beside(ends, sum(steps.beside.pull for steps in pieces)))


def _added(site: Indices, level: Indices, values: Array, steps: Steps) -> Steps:
    """The steps that are left, those of one node and one level as one."""
    key, is_left = site.astype(np.int64) * len(values) + level, steps.fall > 0
    key, place = np.unique(key[is_left], return_inverse=True)
    falls = np.zeros(len(key), np.int64)
    np.add.at(falls, place, steps.fall[is_left])
    return steps._replace(site=(key // len(values)).astype(np.int32), value=values[key % len(values)], fall=falls)


def _range(values: Array) -> Array:
    """The least and the largest value."""
    return np.array([values.min(), values.max()])


def _span(ends: Array, n_pixels: int) -> int:
    """How many levels there may be, or steps of integers between them."""
    span = int(ends[1]) - int(ends[0]) + 1 if ends.dtype.kind in "bui" else n_pixels
    return span if span <= 2**32 else n_pixels


def _ends_of(dtype: np.dtype) -> tuple[float, float]:
    """What bounds nothing."""
    return (-np.inf, np.inf) if dtype.kind == "f" else integer_range(dtype)

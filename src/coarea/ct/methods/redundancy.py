"""How much each ray counts in filtered back projection: each line through the object once in all.

A view counts for the angle that it stands for, half of the way to both of its neighbours. In a whole turn each line is
seen twice, from both of its ends. In a short scan only some are, and with a displaced detector those near the axis.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from coarea.base.arrays import Array
from coarea.base.colors import level_of_caller
from coarea.ct.geometry import Geometry

TURN = 2 * np.pi
HOLE = 3.0  # steps from view to view: those of golden angles differ up to 2.7 times, a wider gap is not sampled
SAME = 1e-6  # radians between views that count as one
MOST_MISSING = np.pi / 2  # of a turn
DISPLACED = 0.1  # of the detector: what it lacks at its short side
CUT_OFF = 0.1  # of the largest mean value of a column: an object in which the detector ends has more at the end


@dataclass(frozen=True)
class Spread:
    """Views around a circle of directions, from behind the widest gap on.

    `places` (view,) are their angles from there, `weights` (view,) the angles that they stand for, `holes` (n, 2) where
    there are no views, from and to, and `step` is how far apart views are where there are some.
    """

    places: Array
    weights: Array
    holes: Array
    step: float

    @classmethod
    def of(cls, angles: Array, period: float) -> Spread:
        """Views at any angles, in any order, some perhaps at the same one."""
        angles = np.mod(angles, period)
        order = np.argsort(angles, kind="stable")
        gaps = np.diff(angles[order], append=angles[order[0]] + period)
        widest = int(np.argmax(gaps)) + 1
        order, gaps = np.roll(order, -widest), np.roll(gaps, -widest)  # the widest is the last now
        starts = np.concatenate([[0], np.cumsum(gaps[:-1])])
        step = _typical(gaps[:-1])
        if step < SAME:  # a single direction, which stands for half a turn
            return cls(np.zeros(len(angles)), np.full(len(angles), np.pi / len(angles)), np.array([[0, period]]), 0.0)
        is_hole = gaps > HOLE * step
        counted = np.where(is_hole, step, gaps)
        weights = (counted + np.roll(counted, 1)) / 2
        group = np.concatenate([[0], np.cumsum(gaps[:-1] > SAME)])  # views at one angle share alike, in any order
        weights = (np.bincount(group, weights) / np.bincount(group))[group]
        back = np.argsort(order)
        holes = np.stack([starts + step / 2, starts + gaps - step / 2], -1)[is_hole]
        return cls(starts[back], weights[back], holes, step)

    @property
    def missing(self) -> float:
        """The angle without views."""
        return float(np.diff(self.holes).sum())

    def is_seen(self, places: Array) -> Array:
        """Whether there are views around places."""
        places = np.mod(places, TURN)
        starts, ends = np.concatenate([[[-1.0, -1.0]], self.holes]).T
        seen: Array = places >= ends[np.searchsorted(starts, places, side="right") - 1]
        return seen

    def unseen(self, fan: Array) -> float:
        """By how much the views must go on until all rays, at angles `fan` to the central one, are seen from an end."""
        starts, ends = self.holes.T
        most = 0.0
        for shift in np.concatenate([np.pi - 2 * fan, -np.pi - 2 * fan])[:, None]:
            common = np.minimum(self.holes[:, 1:] + shift, ends) - np.maximum(self.holes[:, :1] + shift, starts)
            most = max(most, float(np.maximum(common, 0).sum()))
        return most if most > SAME else 0.0


def _typical(gaps: Array) -> float:
    """The gap up to which they make up half of their sum: neither views side by side nor a few holes change it."""
    gaps = np.sort(gaps)
    sums = np.cumsum(gaps)
    return float(gaps[np.searchsorted(sums, sums[-1] / 2)]) if len(gaps) else 0.0


@dataclass(frozen=True)
class Weights:
    """What data are multiplied by before the filter.

    `views` is (view,), in radians, `rays` (view or 1, u), and `padding` the bins of zeros before and after the columns.
    """

    views: Array
    rays: Array
    padding: tuple[int, int]


def weights_of(geometry: Geometry, data: Array) -> Weights:
    """The weights of a scan and its data (view, v, u); warns of what is missing, refuses what can never be complete.

    Views of a fan over more than half a turn, but not a whole one, get the weights of [Parker1982]_: should they lack
    some, every line near the middle still counts once. Otherwise a ray counts once where it is not seen from its other
    end, and by `_shared` where it is.
    """
    columns, step = geometry.columns(), geometry.column_spacing
    fan = np.arctan(columns / geometry.source_to_detector) if geometry.is_divergent else np.zeros(len(columns))
    shared = _shared(columns, step)
    turn = Spread.of(geometry.angles, TURN)
    views, rays, padding = turn.weights, shared[None], (0, 0)
    missing, needed = turn.unseen(np.array([fan[0], 0, fan[-1]])), "what filtered back projection needs"
    is_cut_off = turn.missing > 0 and _is_cut_off(columns, step, data)
    if is_cut_off:
        missing, needed = turn.missing, "the whole turn that a displaced detector needs"
        if missing > MOST_MISSING:
            raise ValueError(
                f"angles must cover {needed} (see detector_offset) where the object reaches over its short side, "
                f"got {np.degrees(TURN - missing):.4g} degrees: for the middle of the object give only the columns "
                f"with |u| <= {min(-columns[0], columns[-1]):.4g}"
            )
    if not geometry.is_divergent and turn.missing > MOST_MISSING:
        half = Spread.of(geometry.angles, np.pi)
        views, rays, missing = half.weights, np.ones((1, len(columns))), half.missing
    elif geometry.is_divergent and len(turn.holes) == 1 and turn.places.max() > np.pi and not is_cut_off:
        rays = _parker(turn.places[:, None], -fan, (turn.places.max() - np.pi) / 2)
    else:
        if len(turn.holes):
            rays = np.where(turn.is_seen(turn.places[:, None] + np.pi - 2 * fan), shared, 1.0)
        beyond = (columns[0] + columns[-1]) / step
        if abs(beyond) >= 1:
            n_zeros = int(np.ceil(abs(beyond) - SAME))
            padding = (n_zeros, 0) if beyond > 0 else (0, n_zeros)
    if missing > 0:
        warnings.warn(
            f"angles lack {np.degrees(missing):.4g} degrees of {needed}, so the image has streaks and lacks edges: "
            "ct.tv_primal_dual does better with such data",
            stacklevel=level_of_caller(),
        )
    return Weights(views, rays, padding)


def _shared(columns: Array, step: float) -> Array:
    """Weights of the columns, 1 in all for u and -u, which fade to 0 at the short side of the detector [Wang2002]_.

    They are 1/2 for a centred detector. The less is missing at the short side, the less the others differ from that: a
    detector that is displaced by part of a bin hardly counts otherwise than one that is not.
    """
    low, high = step / 2 - columns[0], columns[-1] + step / 2  # how far it reaches on both sides of the axis
    reach = min(low, high)
    if reach <= 0:
        raise ValueError(
            f"detector_offset must leave the axis on the detector for filtered back projection; its columns run from "
            f"u = {columns[0]:.4g} to {columns[-1]:.4g}, so no view sees the middle: try ct.asd_pocs"
        )
    fade = min(reach, 2 * abs(high - low))
    if fade == 0:
        return np.full(len(columns), 0.5)
    # two odd steps from -1 to 1 whose second derivatives are continuous, or the ramp filter would show where they begin
    place = np.clip(columns * np.sign(high - low) / reach, -1, 1)
    wide = place * (15 - 10 * place**2 + 3 * place**4) / 8
    end = np.clip(1 - (1 - np.abs(place)) * reach / fade, 0, 1)
    narrow = np.sign(place) * end**3 * (10 - 15 * end + 6 * end**2)
    part = fade / reach
    weights: Array = (1 + part * wide + (1 - part) * narrow) / 2
    return weights


def _is_cut_off(columns: Array, step: float, data: Array) -> bool:
    """Whether the detector is displaced and the object reaches over its short side, but not over the other one."""
    beyond = columns[0] + columns[-1]
    if abs(beyond) < DISPLACED * len(columns) * step:
        return False
    profile = np.abs(data).mean((0, 1))
    first, last = profile[:3].max(), profile[-3:].max()  # one of them may be dead
    short, long = (first, last) if beyond > 0 else (last, first)
    return bool(short > CUT_OFF * profile.max() and long < short / 2)


def _parker(beta: Array, fan: Array, opening: float) -> Array:
    """Smooth weights (view, u) whose sum is 1 over both views of a ray, (beta, fan) and (beta + pi + 2 fan, -fan)."""
    first = np.sin(np.pi / 4 * beta / np.maximum(opening - fan, 1e-12)) ** 2
    last = np.sin(np.pi / 4 * (np.pi + 2 * opening - beta) / np.maximum(opening + fan, 1e-12)) ** 2
    weights: Array = np.where(beta < 2 * (opening - fan), first, np.where(beta > np.pi - 2 * fan, last, 1.0))
    return weights

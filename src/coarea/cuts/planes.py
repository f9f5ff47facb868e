"""Minimum cuts on pixel grids in two and three dimensions: vectorised sweeps first, augmenting paths for the rest."""

import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import INDEX_MAX
from coarea.base.neighborhoods import Offset, axis_offsets, pair_slices
from coarea.base.threads import Map
from coarea.cuts import _pixel_sets, _planes
from coarea.cuts.edges import Edges, total_inflow, unmet
from coarea.cuts.flow import PlaneNetwork, move_in_parts, move_in_strips
from coarea.cuts.terms import Levels, Term, Weights

Words = NDArray[np.uint64]

BLOCK = 2**20  # bytes that are swept together while they are in the cache
BLOCK_ROWS_MIN = 32
ROWS = 256  # rows that a thread settles together
SUMMED = 2**10  # rows that a thread sums up
CACHED = 2**23  # bytes of planes that are swept as a whole
MODERATE = 2**22  # places in a plane that may all be empty but for a narrow image
SWEEPS_PER_ROUND = {1: 8, 2: 4, 4: 4}  # by the bytes of a number: the wider, the more a sweep costs that brings little
ROUNDS_MAX = 64
WORTH_A_ROUND = 4096  # share of all excess that a round of sweeps must bring home
LONG_WAYS = 6  # after so many rounds half of it will do: it has come far, and paths that long cost more
ARCS_MAX = 26

# What planes of each type can hold. A problem fits if its `largest_number` L does; all that is ever stored follows:
# - A flow is valid after every push, so each arc of capacity c has a residual of at most 2 c, and into a pixel flows at
#   most the sum of the capacities of its arcs, in either direction. Both are at most `pull`, that sum for the heaviest
#   edges of each kind: 2 c is one term of it, as every kind has two arcs at a pixel.
# - An excess is a gain and the flow into the pixel: at most max(up, down) + pull in size. While a row is pushed, what
#   has left a pixel may not yet have arrived. A flow in that lacks something is bounded as before; and as a pixel gives
#   away no more than its positive excess, none falls below 0 on the way.
# - From bit to bit an excess changes by the difference of two gains, at most up + down.
# - Closeness has the range of the type whatever the numbers are.
# -L is in the range whenever L is, and can be negated.
LIMITS = {dtype: int(np.iinfo(dtype).max) for dtype in (np.int8, np.int16, np.int32)}


class Layout(NamedTuple):
    """How an image lies in planes: rows of pixels, those of the slices of a volume one after the other."""

    n_rows: int
    width: int
    pad: int  # empty rows before and after
    margin: int  # empty columns before each row
    stride: int  # columns, with those that are empty
    steps: list[Offset]  # arcs 2 k and 2 k + 1 lead along step k and back
    rows: Levels  # of each arc
    columns: Levels

    @classmethod
    def of(cls, shape: tuple[int, ...], offsets: Iterable[Offset], itemsize: int) -> "Layout":
        """The layout for an image, one of each offset and its opposite, and numbers of so many bytes."""
        first = along_row(len(shape))  # the kernels rely on it that arcs 0 and 1 lead right and left
        steps = [first, *(step for step in offsets if step != first)]
        rows_per_step = [math.prod(shape[axis:-1]) for axis in range(1, len(shape))]
        rows = [sum(map(operator.mul, step, rows_per_step)) for step in steps]
        both = [np.array([(n, -n) for n in numbers], np.int32).ravel() for numbers in (rows, [s[-1] for s in steps])]
        columns = _planes.margin_of(itemsize), _planes.stride_of(shape[-1], itemsize)
        return cls(math.prod(shape[:-1]), shape[-1], max(map(abs, rows)), *columns, steps, *both)

    @property
    def n_places(self) -> int:
        """Places in a plane."""
        return (self.n_rows + 2 * self.pad) * self.stride


def along_row(ndim: int) -> Offset:
    """The step to the next pixel of a row."""
    return (*(0 for _ in range(ndim - 1)), 1)


def can_solve(term: Term, capacities: Mapping[Offset, Weights]) -> bool:
    """Whether a problem fits: dimension, numbers, short arcs, planes of moderate size whose arcs 32 bits can number."""
    shape, n_arcs = term.level.shape, 2 * len(capacities)
    if not 2 <= len(shape) <= 3 or along_row(len(shape)) not in capacities or n_arcs > ARCS_MAX:
        return False
    dtype = narrowest(term, capacities)
    if dtype is None:
        return False
    layout = Layout.of(shape, capacities, dtype.itemsize)
    stays_in_margins = bool(layout.columns.max() <= layout.margin)
    is_moderate = layout.n_places <= MODERATE or layout.n_places <= 4 * term.level.size
    return stays_in_margins and is_moderate and layout.n_places << (n_arcs - 1).bit_length() <= INDEX_MAX


def narrowest(term: Term, capacities: Mapping[Offset, Weights]) -> np.dtype[Any] | None:
    """The smallest type that holds all numbers, if there is one."""
    largest = largest_number(term, capacities)
    return next((np.dtype(dtype) for dtype, limit in LIMITS.items() if largest <= limit), None)


def largest_number(term: Term, capacities: Mapping[Offset, Weights]) -> int:
    """The largest number that a plane has to hold."""
    pull = 2 * sum(int(capacity.max()) for capacity in capacities.values() if capacity.size)
    up, down = max(int(term.up.max()), term.hold), max(int(term.down.max()), term.hold)
    return max(pull + max(up, down), up + down)  # an excess, or by how much it changes from bit to bit


class Start(NamedTuple):
    """A flow along each axis, within the capacities, and levels that it comes near to."""

    flow: list[Weights]
    level: Levels


class Planes:
    """The state of the minimum cuts: planes of the excess, of what leads the sweeps, and of each arc of the pixels."""

    def __init__(
        self, term: Term, capacities: Mapping[Offset, Weights], *, run: Map, instruction_set: str | None
    ) -> None:
        self.term, self.capacities, self.run = term, capacities, run
        available = _planes.instruction_sets()
        self.is_started = False
        self.instruction_set = available.index(available[-1] if instruction_set is None else instruction_set)
        dtype = narrowest(term, capacities)
        assert dtype is not None, "can_solve refuses what does not fit"
        self.layout = layout = Layout.of(term.level.shape, capacities, dtype.itemsize)
        n_arcs = len(layout.rows)
        self.block = _aligned_zeros((2 + n_arcs, layout.n_rows + 2 * layout.pad, layout.stride), dtype)
        self.last_word = np.uint64(2 ** ((layout.width - 1) % 64 + 1) - 1)  # of a row: the pixels in it
        self.offsets = (layout.rows * layout.stride + layout.columns).astype(np.int32)
        for k, step in enumerate(layout.steps):
            for arc, side in ((2 * k, 0), (2 * k + 1, 1)):
                self.plane(2 + arc)[pair_slices(step)[side]] = capacities[step]

    def plane(self, k: int) -> NDArray[np.signedinteger]:
        """Plane k in the shape of the image."""
        pad, width, margin = self.layout.pad, self.layout.width, self.layout.margin
        inside = self.block[k, pad : pad + self.layout.n_rows, margin : margin + width]
        plane: NDArray[np.signedinteger] = inside.reshape(self.term.level.shape)
        return plane

    def words(self, *shape: int) -> Words:
        """Sets of pixels, 64 to a word."""
        return np.empty((*shape, self.layout.n_rows, -(-self.layout.width // 64)), np.uint64)

    def sweep(self) -> None:
        """Push excess to deficits until little arrives; after a good start the deficits, where they are less in sum.

        The start has left little to do, and what is more would all crowd around the little that draws it.
        """
        positive, negative = self.supply()
        backwards = self.is_started and positive > -negative
        if backwards:
            np.negative(self.block[0], out=self.block[0])
            positive, negative = -negative, -positive
        self.push(positive, negative, backwards=backwards)
        if backwards:
            np.negative(self.block[0], out=self.block[0])

    def push(self, positive: int, negative: int, *, backwards: bool) -> None:
        """Push the excess, whose sums are given, until little of it arrives."""
        _planes.start_closeness(self.block, self.layout.width)
        least = (positive - negative) * self.block.itemsize * len(self.offsets) / (4 * WORTH_A_ROUND)
        for k in range(ROUNDS_MAX):
            if not positive or not negative:
                return
            before, total = positive, positive + negative
            positive = self.sweep_round(backwards=backwards)
            negative = total - positive
            if before - positive < least * LONG_WAYS / (LONG_WAYS + k):
                return

    def start(self, start: Start) -> None:
        """Let a flow run before the first bit, and mend it where it does not hold the pixels at its levels."""
        first = self.term.gain(1 << (self.term.n_bits - 1))
        held = held_at(self.term, start.level)
        for axis, step in enumerate(axis_offsets(self.term.level.ndim)):
            k = self.layout.steps.index(step)
            ends = pair_slices(step)
            self.plane(2 + 2 * k)[ends[0]] -= start.flow[axis].astype(self.block.dtype)
            self.plane(3 + 2 * k)[ends[1]] += start.flow[axis].astype(self.block.dtype)
        self.plane(0)[...] = held + inflow_along_axes(start.flow, self.term.level.shape)
        self.is_started = True
        self.sweep()
        self.augment(self.reach(1) & self.reach(-1))
        self.plane(0)[...] += (first - held).astype(self.block.dtype)

    def supply(self) -> tuple[int, int]:
        """Sums of the positive and of the negative excess."""
        rows = self.block[:1]
        n = len(rows[0])
        sums = self.run(lambda k: _planes.supply(rows[:, k : k + SUMMED], self.instruction_set), range(0, n, SUMMED))
        positive, negative = zip(*sums, strict=True)
        return sum(positive), sum(negative)

    def sweep_round(self, *, backwards: bool) -> int:
        """Sweep all rows, and return the sum of the positive excess.

        Even and odd blocks of a large image alternate, so that threads do not meet: a block also writes to the rows
        that its arcs lead to, at most to half of the block between it and the next. What odd ones change there they
        add to the sum.
        """
        layout, n_rows = self.layout, self.layout.n_rows
        if self.block.nbytes > CACHED:
            n_rows = max(BLOCK * n_rows // self.block.nbytes, BLOCK_ROWS_MIN, 2 * layout.pad)
        end = layout.pad + layout.n_rows
        blocks = [(first, min(first + n_rows, end)) for first in range(layout.pad, end, n_rows)]

        def sweep_block(k: int) -> int:
            first, stop = blocks[k]
            beside = layout.pad if k % 2 else 0
            before = self.positive(first - beside, first) + self.positive(stop, stop + beside)
            rows = first, stop, SWEEPS_PER_ROUND[self.block.itemsize]
            _planes.sweep(self.block, self.offsets, layout.width, self.instruction_set, *rows, backwards)
            return self.positive(first - beside, stop + beside) - before

        return sum(sum(self.run(sweep_block, range(parity, len(blocks), 2))) for parity in range(2))

    def positive(self, first: int, stop: int) -> int:
        """Sum of the positive excess in some rows of the plane, none if they end where they begin."""
        return _planes.supply(self.block[:1, first:stop], self.instruction_set)[0] if first < stop else 0

    def reach(self, sign: int) -> Words:
        """What an excess can reach (sign 1), or what can reach a deficit (sign -1)."""
        enter, reached = self.words(len(self.offsets)), self.words()
        for k, offset in enumerate(self.offsets.tolist()):
            arc, shift = (k ^ 1, offset) if sign > 0 else (k, 0)
            _planes.sign(self.block, 2 + arc, shift, self.instruction_set, False, enter[k])
        _planes.sign(self.block, 0, 0, self.instruction_set, sign < 0, reached)
        reached[..., -1] &= self.last_word  # beyond a margin, which nothing enters, words go on into the next row
        _pixel_sets.flood(enter, self.layout.rows, self.layout.columns, reached)
        return reached

    def cut(self, tie: str) -> Words:
        """The smallest or the largest minimum cut: the set of the pixels above."""
        self.sweep()
        forward, backward = self.run(self.reach, (1, -1))
        has_moved = self.augment(forward & backward)
        above: Words
        if tie == "lower":
            above = self.reach(1) if has_moved else forward
        else:
            above = ~(self.reach(-1) if has_moved else backward)
            above[..., -1] &= self.last_word
        return above

    def augment(self, chosen: Words, *, moving: int = 0) -> bool:
        """Move what is left along augmenting paths; they do not leave the chosen pixels. False if there are none."""
        network = self.network(chosen)
        for halved in (False, True):
            if not move_in_strips(network, self.run, halved=halved):
                break
            network = self.network(np.bitwise_and(*self.run(self.reach, (1, -1))))
        move_in_parts(network, self.run, moving=moving)
        return bool(chosen.any())

    def network(self, chosen: Words) -> PlaneNetwork:
        """The chosen pixels and the arcs between them."""
        layout = self.layout.pad, self.layout.stride, self.layout.margin
        places = np.empty(_pixel_sets.members(chosen, *layout, np.empty(0, np.int32)), np.int32)
        _pixel_sets.members(chosen, *layout, places)
        return PlaneNetwork(self.block, self.offsets, places)

    def settle(self, above: Words, step: int, low: Levels) -> None:
        """Settle a bit and make ready for the next."""
        layout = self.layout
        low = low.reshape(layout.n_rows, layout.width)

        def settle_rows(first: int) -> None:
            stop = min(first + ROWS, layout.n_rows)
            _planes.settle(self.block, above, self.term, step, low, first, stop)
            _pixel_sets.separate(self.block, self.offsets, layout.rows, layout.columns, above, first, stop)

        list(self.run(settle_rows, range(0, layout.n_rows, ROWS)))

    def edges(self, level: Levels) -> list[Edges]:
        """The flow between neighbours; between different levels it is saturated downwards."""
        edges = []
        for offset, capacity in self.capacities.items():
            first, second = pair_slices(offset)
            flow = capacity - self.plane(2 + 2 * self.layout.steps.index(offset))[first].astype(np.int64)
            jump = np.sign(level[first] - level[second])
            flow = np.where(jump == 0, flow, jump * capacity)
            edges.append(Edges(first, second, np.broadcast_to(capacity, flow.shape), flow))
        return edges

    def prove(self, level: Levels) -> list[Edges]:
        """The flow, balanced so that it holds every pixel at its level, not only on the right side of the last cut.

        Sweeps leave excess that finds no deficit wherever it has come to.
        """
        self.run = map  # the threads that found the cuts may be gone
        inflow = total_inflow(self.edges(level), level.shape)
        for sign in (1, -1):
            before = unmet(self.term, level, inflow, sign)
            self.plane(0)[...] = before
            self.augment(self.reach(1) & self.reach(-1), moving=sign)
            inflow += self.plane(0) - before
        return self.edges(level)


def minimize_planes(
    term: Term,
    capacities: Mapping[Offset, Weights],
    *,
    tie: str,
    run: Map = map,
    instruction_set: str | None = None,
    start: Start | None = None,
) -> tuple[Levels, Planes]:
    """Minimise sum_p f_p(u_p) + sum_{p~q} c_pq |u_p - u_q| over integer levels on a pixel grid.

    `start` changes the time that it takes, and the flow, but not the minimum.
    """
    planes = Planes(term, capacities, run=run, instruction_set=instruction_set)
    low = np.zeros(term.level.shape, np.int32)
    if term.n_bits:
        _planes.start_levels(planes.block, term, planes.layout.width, 1 << (term.n_bits - 1))
        if start is not None:
            planes.start(start)
    for bit in reversed(range(term.n_bits)):
        planes.settle(planes.cut(tie), 1 << bit, low)
    return low, planes


def held_at(term: Term, level: Levels) -> Weights:
    """What a site gains halfway between falling below its level and rising above it."""
    return (term.gain(level) + term.gain(level.astype(np.int64) + 1)) >> 1


def inflow_along_axes(flow: list[Weights], shape: tuple[int, ...]) -> Weights:
    """What flows into each pixel."""
    inflow = np.zeros(shape, np.int64)
    for step, part in zip(axis_offsets(len(shape)), flow, strict=True):
        first, second = pair_slices(step)
        inflow[first] -= part
        inflow[second] += part
    return inflow


def _aligned_zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[np.signedinteger]:
    """Zeros that begin where a vector does."""
    size = math.prod(shape) * dtype.itemsize
    room = np.zeros(size + _planes.OVERREACH + _planes.ALIGNMENT - 1, np.uint8)
    begin = -room.ctypes.data % _planes.ALIGNMENT
    return room[begin : begin + size].view(dtype).reshape(shape)

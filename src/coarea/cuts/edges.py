"""Edges with a flow: what holds every site at its level."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple, overload

import numpy as np

from coarea.cuts.terms import Levels, Term, Weights


class Edges(NamedTuple):
    """Some edges: indices (or slices) of their ends, their weight, and the flow from the first to the second ends."""

    first: Any
    second: Any
    capacity: Weights
    flow: Weights


class LaterEdges(Sequence[Edges]):
    """Edges whose flow is found when it is first asked for: a proof costs nothing until it is read."""

    def __init__(self, find: Callable[[], list[Edges]]) -> None:
        self._find = find
        self._edges: list[Edges] | None = None
        self._lock = Lock()

    @property
    def _found(self) -> list[Edges]:
        with self._lock:  # what finds them changes its own memory
            if self._edges is None:
                self._edges = self._find()
                del self._find
            return self._edges

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Edges: ...
    @overload
    def __getitem__(self, index: slice) -> list[Edges]: ...
    def __getitem__(self, index: int | slice) -> Edges | list[Edges]:
        return self._found[index]

    def __reduce__(self) -> tuple[type, tuple[list[Edges]]]:
        return list, (self._found,)


def total_inflow(edges: Sequence[Edges], shape: tuple[int, ...]) -> Weights:
    """What flows into each site."""
    inflow = np.zeros(shape, np.int64)
    for first, second, _, flow in edges:
        if isinstance(first, np.ndarray):
            np.add.at(inflow, second, flow)
            np.subtract.at(inflow, first, flow)
        else:
            inflow[second] += flow
            inflow[first] -= flow
    return inflow


def unmet(term: Term, level: Levels, inflow: Weights, sign: int) -> Weights:
    """What a site has too much (sign 1: positive) or too little (sign -1: negative) to stay at its level.

    Other numbers say how much it could take or give. At the ends of the levels that is any amount, but nobody asks: the
    flow only changes between sites of one level.
    """
    if sign > 0:
        return np.where(level < term.top, term.gain(level.astype(np.int64) + 1) + inflow, 0)
    return np.where(level > 0, term.gain(level) + inflow, 0)


class Minimum(NamedTuple):
    """A minimiser and the flow that proves it, if wanted."""

    level: Levels
    edges: Sequence[Edges]

"""Maximum flow on a graph, from any flow to start with."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from coarea import _flow, _wave
from coarea._check import Array
from coarea._fidelity import Levels, Weights

Map = Callable[..., Iterator[Any]]  # of a job over places

ARC = np.dtype([("head", np.int32), ("mate", np.int32), ("residual", np.int64)])
STRIP = 2**15  # nodes that are solved by themselves first, while they fit in the cache
PATIENCE = 2  # how often paths may cut off each node before waves come to help
N_WAVES = 8


def send(start: Levels, arcs: Array, excess: Weights, run: Map, *, moving: int = 0) -> None:
    """Move all excess that can move: within strips of a large graph, then everywhere.

    Node i has the arcs from start[i] to start[i + 1], with the fields of ``ARC``. With `moving` 1 only positive excess
    comes to rest at other nodes than it was at, with -1 only negative one; 0 takes what is plenty.
    """
    n = len(excess)
    if n > 16 * STRIP:
        strips = range(0, n, STRIP)
        list(run(lambda i: _flow.max_flow(start, arcs, excess, i, min(i + STRIP, n), PATIENCE * STRIP), strips))
    while not _flow.max_flow(start, arcs, excess, 0, n, PATIENCE * n + 1):
        plenty = 1 if excess.sum() > 0 else -1
        for _ in range(N_WAVES):
            _wave.wave(start, arcs, excess, moving or plenty)


@contextmanager
def thread_map(workers: int) -> Iterator[Map]:
    """The built-in map, or that of a pool of threads."""
    if workers == 1:
        yield map
    else:
        with ThreadPoolExecutor(workers) as pool:
            yield pool.map

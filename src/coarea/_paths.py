"""Maximum flow on a graph, from any flow to start with."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from coarea import _flow, _wave
from coarea._check import Array
from coarea._fidelity import Levels, Weights

ARC = np.dtype([("head", np.int32), ("mate", np.int32), ("residual", np.int64)])
STRIP = 2**15  # nodes that are solved by themselves first, while they fit in the cache
PATIENCE = 2  # how often paths may cut off each node before waves come to help
N_WAVES = 8


def send(start: Levels, arcs: Array, excess: Weights, workers: int, *, moving: int = 0) -> None:
    """Move all excess that can move: within strips of a large graph, then everywhere.

    Node i has the arcs from start[i] to start[i + 1], with the fields of ``ARC``. With `moving` 1 only positive excess
    comes to rest at other nodes than it was at, with -1 only negative one; 0 takes what is plenty.
    """
    n = len(excess)
    if n > 16 * STRIP:
        in_parallel(
            workers,
            lambda first: _flow.max_flow(start, arcs, excess, first, min(first + STRIP, n), PATIENCE * STRIP),
            range(0, n, STRIP),
        )
    while not _flow.max_flow(start, arcs, excess, 0, n, PATIENCE * n + 1):
        plenty = 1 if excess.sum() > 0 else -1
        for _ in range(N_WAVES):
            _wave.wave(start, arcs, excess, moving or plenty)


def in_parallel(workers: int, job: Callable[[int], object], places: range) -> None:
    """Run a job at each place, in threads if there are several workers."""
    if workers == 1 or len(places) < 2:
        for place in places:
            job(place)
    else:
        with ThreadPoolExecutor(workers) as pool:
            for _ in pool.map(job, places):
                pass

"""Kernels that release the GIL, side by side."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coarea.base.arrays import INDEX_MAX
from coarea.base.options import as_count

Map = Callable[..., Iterator[Any]]  # of a job over places


def number_of_workers(workers: int | None) -> int:
    """The number of threads that `workers` asks for.

    None and -1 are one for each processor that this process may use, -2 is one less and so on, as joblib counts.
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers is None:
        return available
    number = as_count("workers", workers, least=-INDEX_MAX)
    if number == 0:
        raise ValueError("workers must be an integer of at least 1, or -1 for all processors, got 0")
    return number if number > 0 else max(1, available + 1 + number)


@contextmanager
def thread_map(workers: int) -> Iterator[Map]:
    """The built-in map, or that of a pool of threads."""
    if workers == 1:
        yield map
    else:
        from concurrent.futures import ThreadPoolExecutor  # here: its import takes as long as half of numpy's

        with ThreadPoolExecutor(workers) as pool:
            yield pool.map


def in_threads(task: Callable[[int, int], object], size: int, workers: int) -> None:
    """Call task(start, stop) on consecutive parts of range(size), one for each worker, and wait for all."""
    parts = max(1, min(size, workers))
    if parts == 1:
        task(0, size)
        return
    bounds = [size * part // parts for part in range(parts + 1)]
    with thread_map(parts) as run:
        for _ in run(task, bounds[:-1], bounds[1:]):
            pass

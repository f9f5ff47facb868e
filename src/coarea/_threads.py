"""Kernels that release the GIL, side by side."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from operator import index


def number_of_workers(workers: int | None) -> int:
    """The number of threads that `workers` asks for; None is one for each processor this process may use."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        count = index(workers)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"workers must be an integer of at least 1, got {workers!r}")
    return count


def in_threads(task: Callable[[int, int], object], size: int, workers: int) -> None:
    """Call task(start, stop) on consecutive parts of range(size), one for each worker, and wait for all."""
    parts = max(1, min(size, workers))
    bounds = [size * part // parts for part in range(parts + 1)]
    if parts == 1:
        task(0, size)
        return
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(task, bounds[:-1], bounds[1:]))

"""Kernels that release the GIL, side by side."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from coarea.base.arrays import INDEX_MAX
from coarea.base.options import as_count

Map = Callable[..., Iterator[Any]]  # of a job over places

PATIENCE = 0.05  # seconds: a longer wait hears late of a Ctrl-C that another thread got, and on Windows never

_own = threading.local()  # in a thread of a pool, `left` is its event that nobody waits for the pool any more


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
    """A map like the built-in one, or that of a pool of threads.

    After Ctrl-C, or where a job has failed, nobody waits for the other jobs: kernels that are at work see that they are
    left, and end; so do pools within jobs. A job must not map with the pool that runs it, which could wait for itself.
    """
    if workers == 1:
        yield _one_by_one
        return
    from concurrent.futures import Future, ThreadPoolExecutor, wait  # here: its import takes as long as half of numpy's

    left = threading.Event()
    pool = ThreadPoolExecutor(workers, initializer=setattr, initargs=(_own, "left", left))

    def run(job: Callable[..., Any], *places: Iterable[Any]) -> Iterator[Any]:
        jobs = list(zip(*places, strict=False))
        waiting = deque(range(len(jobs)))  # who is free takes the next: cheaper than a future for each
        results: list[Any] = [None] * len(jobs)

        def work() -> None:
            while not left.is_set():
                try:
                    k = waiting.popleft()
                except IndexError:
                    break
                results[k] = job(*jobs[k])

        at_work: set[Future[None]] = {pool.submit(work) for _ in range(min(workers, len(jobs)))}
        while at_work:
            ended, at_work = wait(at_work, PATIENCE)
            for future in ended:
                future.result()
            end_if_left()  # a pool within a job of another
        yield from results

    try:
        yield run
    finally:
        left.set()
        pool.shutdown(cancel_futures=True)


def _one_by_one(job: Callable[..., Any], *places: Iterable[Any]) -> Iterator[Any]:
    """The built-in map, that also ends in a thread of a pool that is left: single jobs may be too short to ask."""
    for place in zip(*places, strict=False):
        end_if_left()
        yield job(*place)


def end_if_left() -> None:
    """Raise KeyboardInterrupt in a thread of a pool that nobody waits for; kernels ask when they look for signals."""
    left = getattr(_own, "left", None)
    if left is not None and left.is_set():
        raise KeyboardInterrupt


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

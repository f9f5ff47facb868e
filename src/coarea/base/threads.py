"""Kernels that release the GIL, side by side."""

import os
import threading
from _thread import start_new_thread
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

from coarea.base.arrays import INDEX_MAX
from coarea.base.options import as_count

Map = Callable[..., Iterator[Any]]  # of a job over places
Tasks = SimpleQueue[Callable[[], None] | None]

PATIENCE = 0.05  # seconds: a longer wait hears late of a Ctrl-C that another thread got, and on Windows never

_own = threading.local()  # in a thread of a pool, `left` is not empty when nobody waits for the pool


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

    Ctrl-C may come between any two lines: threading.Thread, Event and concurrent.futures can then keep a lock for ever,
    and the call would hang. Queues and threads that are written in C keep none.
    """
    if workers == 1:
        yield _one_by_one
        return
    left: list[bool] = []
    tasks: Tasks = SimpleQueue()
    gone: SimpleQueue[None] = SimpleQueue()
    begun = 0

    def run(job: Callable[..., Any], *places: Iterable[Any]) -> Iterator[Any]:
        nonlocal begun
        jobs = list(zip(*places, strict=False))
        waiting = deque(range(len(jobs)))  # who is free takes the next: cheaper than a task for each
        results: list[Any] = [None] * len(jobs)
        errors: list[BaseException] = []
        ended: SimpleQueue[None] = SimpleQueue()

        def work() -> None:
            try:
                while not left:
                    try:
                        k = waiting.popleft()
                    except IndexError:
                        break
                    results[k] = job(*jobs[k])
            except BaseException as error:
                if not left:  # else nobody reads it, and what it holds would stay
                    errors.append(error)
            ended.put(None)

        at_work = min(workers, len(jobs))
        for _ in range(begun, at_work):
            start_new_thread(_serve, (tasks, gone, left))
            begun += 1
        for _ in range(at_work):
            tasks.put(work)
        while at_work:
            try:
                ended.get(timeout=PATIENCE)
                at_work -= 1
            except Empty:
                pass
            if errors:
                raise errors.pop()
            end_if_left()  # a pool within a job of another
        yield from results

    try:
        yield run
    finally:
        left.append(True)
        for _ in range(workers):
            tasks.put(None)
        for _ in range(begun):
            gone.get()


def _serve(tasks: Tasks, gone: SimpleQueue[None], left: list[bool]) -> None:
    """Do tasks until one is None, in a thread of a pool."""
    _own.left = left
    for task in iter(tasks.get, None):
        task()
        del task  # and the results that it holds
    gone.put(None)


def _one_by_one(job: Callable[..., Any], *places: Iterable[Any]) -> Iterator[Any]:
    """The built-in map, that also ends in a thread of a pool that is left: single jobs may be too short to ask."""
    for place in zip(*places, strict=False):
        end_if_left()
        yield job(*place)


def end_if_left() -> None:
    """Raise KeyboardInterrupt in a thread of a pool that nobody waits for; kernels ask when they look for signals."""
    if getattr(_own, "left", None):
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

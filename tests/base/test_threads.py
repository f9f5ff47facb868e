"""What `workers` asks for, and threads that are left."""

from __future__ import annotations

import os
import threading
import time

import pytest

from coarea.base.threads import end_if_left, number_of_workers, thread_map
from interrupt import needs_timers, output_of


def test_workers_are_counted_as_joblib_does(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert [number_of_workers(workers) for workers in (None, -1, -2, -7, -8, -9, 1, 20)] == [8, 8, 7, 2, 1, 1, 1, 20]


@pytest.mark.parametrize("workers", [0, 1.5, "2", True, float("nan"), float("inf")])
def test_other_numbers_are_refused(workers):
    with pytest.raises(ValueError, match=r"^workers must be an integer"):
        number_of_workers(workers)


@pytest.mark.parametrize("bad", [0, 1])
def test_threads_end_when_a_job_has_failed(bad):
    ended, has_begun = [], threading.Event()

    def work(place: int) -> None:
        if place == bad:
            has_begun.wait(20)
            raise OSError("a job has failed")
        has_begun.set()
        if place > 1:  # not to be reached
            ended.append(place)
            return
        begin = time.monotonic()
        try:
            while time.monotonic() < begin + 5:
                end_if_left()
        except KeyboardInterrupt:
            ended.append(place)

    with pytest.raises(OSError, match="a job"), thread_map(2) as run:
        list(run(work, range(50)))
    assert ended == [1 - bad]  # the others never begin


@pytest.mark.parametrize("workers", [1, 2])
def test_pools_within_jobs_end_when_another_job_has_failed(workers):
    ended, has_begun = [], threading.Event()

    def last(place: int) -> None:
        has_begun.set()
        begin = time.monotonic()
        try:
            while time.monotonic() < begin + 5:
                end_if_left()
        except KeyboardInterrupt:
            ended.append(place)
            raise

    def work(place: int) -> None:
        if place == 1:
            has_begun.wait(20)
            raise OSError("a job has failed")
        with thread_map(workers) as run:
            list(run(last, range(2)))

    with pytest.raises(OSError, match="a job"), thread_map(2) as run:
        list(run(work, range(2)))
    assert set(ended) <= {0, 1}
    assert ended


def test_short_jobs_within_a_job_end_when_another_has_failed():
    has_begun, begun = threading.Event(), []

    def short(place: int) -> None:
        begun.append(place)
        has_begun.set()
        time.sleep(0.01)

    def work(place: int) -> None:
        if place == 1:
            has_begun.wait(20)
            raise OSError("a job has failed")
        with thread_map(1) as run:
            list(run(short, range(300)))

    with pytest.raises(OSError, match="a job"), thread_map(2) as run:
        list(run(work, range(2)))
    assert len(begun) < 300


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_each_job_is_done_once_and_results_are_in_order(workers):
    done = []

    def work(place: int, other: int) -> int:
        done.append(place)
        return place * other

    for n in (0, 1, 2, 5, 40):
        done.clear()
        with thread_map(workers) as run:
            assert list(run(work, range(n), range(3, n + 9))) == [k * (k + 3) for k in range(n)]
        assert sorted(done) == list(range(n))


def test_no_other_thread_ends():
    with thread_map(2) as run:
        assert list(run(lambda place: end_if_left(), range(4))) == [None] * 4
    end_if_left()


@needs_timers
def test_control_c_at_any_time_ends_a_pool():
    code = """
    import random, signal
    from coarea.base.threads import thread_map

    signal.signal(signal.SIGALRM, signal.default_int_handler)
    draw, ended = random.Random(0), 0
    for _ in range(1000):
        try:
            signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-5, 1e-3))
            while True:
                with thread_map(2) as run:
                    for _ in range(5):
                        list(run(int, range(3)))
        except KeyboardInterrupt:
            ended += 1
    print(ended)
    """
    assert int(output_of(code, timeout=100)) == 1000  # where a lock is kept, it waits for ever

"""What `workers` asks for."""

from __future__ import annotations

import os

import pytest

from coarea.base.threads import number_of_workers


def test_workers_are_counted_as_joblib_does(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert [number_of_workers(workers) for workers in (None, -1, -2, -7, -8, -9, 1, 20)] == [8, 8, 7, 2, 1, 1, 1, 20]


@pytest.mark.parametrize("workers", [0, 1.5, "2", True, float("nan"), float("inf")])
def test_other_numbers_are_refused(workers):
    with pytest.raises(ValueError, match=r"^workers must be an integer"):
        number_of_workers(workers)

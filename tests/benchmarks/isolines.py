"""Bilinear level lines against scikit-image, and the time of meaningful lines: python tests/benchmarks/isolines.py

CPU time, the least of several runs of both in turn; a ratio says how many times longer scikit-image takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from skimage import data, measure

import coarea


def least(n_runs: int, *calls: Callable[[], object]) -> list[float]:
    """Milliseconds of each call."""
    times = []
    for _ in range(n_runs):
        for call in calls:
            begin = time.process_time()
            call()
            times.append(1e3 * (time.process_time() - begin))
    return np.reshape(times, (n_runs, len(calls))).min(0).tolist()


def many_levels() -> None:
    levels, image = np.arange(0.5, 255), data.camera()
    lines = coarea.isolines(image, levels)
    own, tree = least(7, lambda: coarea.isolines(image, levels), lambda: coarea.tree_of_shapes(image))
    (theirs,) = least(2, lambda: [measure.find_contours(image, t) for t in levels])
    print(f"camera, {len(levels)} levels: {len(lines)} nested lines, {len(lines.points)} points")
    print(f"  isolines {own:.1f} ms ({own / tree:.1f} trees of shapes), find_contours {theirs:.0f} ms")
    print(f"  ratio {theirs / own:.1f}")


def single_levels() -> None:
    print("one level: milliseconds of isolines and of find_contours, ratio")
    for name in ("camera", "coins", "moon", "brick"):
        image = getattr(data, name)()
        for t in (60.5, 127.5, 200.5):
            own, theirs = least(
                9, lambda v=image, t=t: coarea.isolines(v, t), lambda v=image, t=t: measure.find_contours(v, t)
            )
            print(f"  {name:7} {t:5} {own:7.2f} {theirs:7.2f} {theirs / own:6.1f}")


def meaningful() -> None:
    print("meaningful lines: milliseconds, number")
    for name in ("camera", "coins"):
        image = getattr(data, name)()
        for beta in (0, 3):
            (own,) = least(5, lambda v=image, b=beta: coarea.meaningful_lines(v, beta=b))
            print(f"  {name:7} beta {beta} {own:7.1f} {len(coarea.meaningful_lines(image, beta=beta)):6}")


if __name__ == "__main__":
    many_levels()
    single_levels()
    meaningful()

"""Lines of the bilinear surface by definition: slow, obvious, and independent of the code they judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

import coarea

Point = tuple[float, float]
CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))  # clockwise, seen with rows downwards


def random_images(n: int, rng: np.random.Generator, *, most: int = 7) -> Iterator[np.ndarray]:
    for _ in range(n):
        yield rng.integers(0, rng.integers(2, 9), rng.integers(2, most, 2))


def crossing(image: np.ndarray, p: tuple[int, int], q: tuple[int, int], t: float) -> Point:
    (p, q), u = sorted((p, q)), image.astype(float)
    share = (t - u[p]) / (u[q] - u[p])
    return p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])


def high_corners_are_joined(u: list[int], t: float) -> bool:
    """Whether the saddle of a cell exceeds the level; corners clockwise."""
    return Fraction(u[0] * u[2] - u[1] * u[3], u[0] + u[2] - u[1] - u[3]) > Fraction(t)


def segments_of_a_cell(image: np.ndarray, corners: list[tuple[int, int]], t: float) -> Iterator[tuple[Point, Point]]:
    """Directed segments of one level in a cell, what is high on the right hand.

    So a line comes in at a side that leads clockwise from a high to a low corner, and goes out at one from low to high.
    """
    u = [int(image[corner]) for corner in corners]
    ways_in = [i for i in range(4) if u[i] > t >= u[(i + 1) % 4]]
    ways_out = [i for i in range(4) if u[i] <= t < u[(i + 1) % 4]]
    for i in ways_in:
        if len(ways_in) == 1:
            (o,) = ways_out
        else:  # round the low corner that follows the way in, or round the high one before it
            o = (i + 1) % 4 if high_corners_are_joined(u, t) else (i - 1) % 4
        yield tuple(crossing(image, corners[k], corners[(k + 1) % 4], t) for k in (i, o))


def segments_by_definition(image: np.ndarray, levels: np.ndarray) -> Counter:
    return Counter(
        (t, *segment)
        for t in levels.tolist()
        for r, c in np.ndindex(image.shape[0] - 1, image.shape[1] - 1)
        for segment in segments_of_a_cell(image, [(r + i, c + j) for i, j in CORNERS], t)
    )


def segments_of(lines: coarea.Lines) -> Counter:
    return Counter(
        (t, tuple(a), tuple(b))
        for t, line in zip(lines.level.tolist(), lines, strict=True)
        for a, b in zip(line[:-1].tolist(), line[1:].tolist(), strict=True)
    )


def inside(line: np.ndarray, closed: bool, shape: tuple[int, int]) -> np.ndarray:
    """The pixels that a line encloses: on the way to another pixel it is crossed an odd number of times."""
    crossed = np.zeros((2, *shape), bool)  # on the way from the pixel above, and from the left one
    for r, c in line[: -1 if closed else None]:
        crossed[int(c % 1 > 0), int(np.ceil(r)), int(np.ceil(c))] = True
    far = np.logical_xor.accumulate(crossed[0, :, :1], 0) ^ np.logical_xor.accumulate(crossed[1], 1)
    return (far if closed or 2 * far.sum() <= far.size else ~far).ravel()


def is_high_inside(image: np.ndarray, pixels: np.ndarray, level: float) -> bool:
    """Whether the pixels next to the others are above the level; all are, or none."""
    within = pixels.reshape(image.shape)
    pairs = [
        (image[:-1], image[1:], within[:-1], within[1:]),
        (image[:, :-1], image[:, 1:], within[:, :-1], within[:, 1:]),
    ]
    p, q, p_in, q_in = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in range(4))
    edge = np.where(p_in, p, q)[p_in != q_in]
    assert (edge > level).all() or (edge <= level).all()
    return bool(edge[0] > level)


def depth(parent: np.ndarray) -> np.ndarray:
    steps, up = np.zeros(len(parent), int), parent.copy()
    while (up >= 0).any():
        steps += up >= 0
        up = np.where(up >= 0, parent[up], -1)
    return steps

"""How often lines run around each pixel, by definition: what contours are compared with."""

from __future__ import annotations

import numpy as np

import coarea


def sides_of(lines: coarea.Lines) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pixel side that lines run along: of which line, its middle, and its direction in rows and columns."""
    steps = np.diff(lines.points, axis=0)
    line = np.repeat(np.arange(len(lines)), np.diff(lines.start))[:-1]
    inside = np.ones(len(steps), bool)
    inside[lines.start[1:-1] - 1] = False  # from a line to the next one
    line, first, steps = line[inside], lines.points[:-1][inside], steps[inside]
    counts = np.abs(steps).sum(axis=1).astype(int)
    direction = np.repeat(np.sign(steps), counts, axis=0)
    along = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    middle = np.repeat(first, counts, axis=0) + (along[:, None] + 0.5) * direction
    return np.repeat(line, counts), middle, direction


def windings(lines: coarea.Lines) -> np.ndarray:
    """(k, h, w): 1 inside the lines that have the pixel on their right hand, -1 inside those on the left."""
    rows, columns = lines.shape
    steps = np.zeros((len(lines), rows, columns + 1), int)
    line, middle, direction = sides_of(lines)
    vertical = direction[:, 0] != 0
    row, column = middle[vertical, 0].astype(int), (middle[vertical, 1] + 0.5).astype(int)
    np.add.at(steps, (line[vertical], row, column), -direction[vertical, 0].astype(int))
    return np.cumsum(steps, axis=2)[..., :-1]


def boundary(mask: np.ndarray, ignored: np.ndarray) -> set[tuple[float, float]]:
    """The middles of the sides between a set of pixels and others, unless one of the two pixels is ignored.

    `ignored` has a frame of what lies around the image.
    """
    padded = np.pad(mask, 1).astype(int)
    below = np.argwhere((np.diff(padded, axis=0) != 0) & ~(ignored[1:] | ignored[:-1]))
    right = np.argwhere((np.diff(padded, axis=1) != 0) & ~(ignored[:, 1:] | ignored[:, :-1]))
    return {(r - 0.5, c - 1.0) for r, c in below} | {(r - 1.0, c - 0.5) for r, c in right}

"""Scores of segmentations against those of several people, in numpy alone: covering, Rand index, information, contours.

A segmentation is an image of labels from 0. `Cuts` are the segmentations among which a sweep chooses: images of labels,
one after the other, or a hierarchy and the levels at which it is cut. `score` gives one row for each of them.

The covering, the probabilistic Rand index and the variation of information are those of Arbelaez, Maire, Fowlkes and
Malik, "Contour detection and hierarchical image segmentation", TPAMI 33(5), 2011, except that the covering is averaged
over people and images, not summed over all regions of all images. The F-measure of contours is not the official one:
that matches the pixels of thinned contours to each person's one to one; here a pixel of a contour is right if *any*
person drew one within 0.75 % of the diagonal, and a pixel that a person drew is found if a contour is as near. So it is
kinder than the official one, to doubled contours above all, for all methods alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

COVERING, RAND, INFORMATION, RIGHT, DRAWN, FOUND, TRUE = range(7)  # columns of `score`
TOLERANCE = 0.0075  # of the diagonal


@dataclass(frozen=True)
class Hierarchy:
    """Regions joined two by two: leaves come first, parents after their children, the root last is its own parent."""

    parent: np.ndarray
    level: np.ndarray
    leaf_of_pixel: np.ndarray

    def leaves_at(self, level: float) -> np.ndarray:
        """For each leaf the number, from 0, of the region that holds it if all is joined up to this level."""
        top = np.where(self.level[self.parent] <= level, self.parent, np.arange(len(self.parent)))
        while (top[top] != top).any():
            top = top[top]
        return np.unique(top[: (len(top) + 1) // 2], return_inverse=True)[1]


@dataclass(frozen=True)
class People:
    """What several people drew of one image: a label image of each, labels from 0 without gaps."""

    labels: tuple[np.ndarray, ...]

    @cached_property
    def person(self) -> np.ndarray:
        """Who drew each region; the regions of all people are numbered one after the other."""
        return np.repeat(np.arange(len(self.labels)), [label.max() + 1 for label in self.labels])

    def table(self, labels: np.ndarray) -> np.ndarray:
        """How many pixels each region of `labels` has in common with each region of each person."""
        n, tables = int(labels.max()) + 1, []
        for drawn in self.labels:
            m = int(drawn.max()) + 1
            pairs = labels.ravel().astype(np.int64) * m + drawn.ravel()
            tables.append(np.bincount(pairs, minlength=n * m).reshape(n, m))
        return np.concatenate(tables, axis=1).astype(float)

    @cached_property
    def contours(self) -> np.ndarray:
        """Where each person drew a contour, (people, rows, columns)."""
        return np.stack([contour_map(sides(label)) for label in self.labels])

    @cached_property
    def near(self) -> np.ndarray:
        """Pixels near a contour of some person."""
        drawn = self.contours.any(axis=0)
        if not drawn.any():
            return drawn
        return np.asarray(ndimage.distance_transform_edt(~drawn) <= tolerance(drawn.shape))


def people(labels: Sequence[np.ndarray]) -> People:
    return People(tuple(np.unique(drawn, return_inverse=True)[1].reshape(drawn.shape) for drawn in labels))


def tolerance(shape: tuple[int, ...]) -> float:
    """How far a contour may be off, in pixels: 4.34 for 481 x 321."""
    return TOLERANCE * float(np.hypot(*shape))


def region_scores(table: np.ndarray, person: np.ndarray) -> tuple[float, float, float]:
    """Covering, Rand index and variation of information (bits), averages over the people."""
    n_people = int(person[-1]) + 1
    area, drawn = table.sum(axis=1) / n_people, table.sum(axis=0)
    n = area.sum()
    overlap = (table / (area[:, None] + drawn - table)).max(axis=0)
    covering = (drawn * overlap).sum() / n / n_people
    # Pairs of pixels that are together in one and apart in the other, of all ordered pairs.
    apart = (area**2).sum() + ((drawn**2).sum() - 2 * (table**2).sum()) / n_people
    rand = 1 - apart / (n * (n - 1)) if n > 1 else 1.0
    information = (2 * entropy(table / n) - entropy(drawn / n)) / n_people - entropy(area / n)
    return float(covering), float(rand), float(information)


def entropy(share: np.ndarray) -> float:
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def sides(image: np.ndarray) -> np.ndarray:
    """Where pixels differ from the one below and the one to the right: (2, rows, columns)."""
    found = np.zeros((2, *image.shape), bool)
    found[0, :-1] = image[1:] != image[:-1]
    found[1, :, :-1] = image[:, 1:] != image[:, :-1]
    return found


def contour_map(strength: np.ndarray) -> np.ndarray:
    """A pixel has the stronger of its lower and its right side; the same for people and machines."""
    return np.asarray(strength.max(axis=0))


def spread(image: np.ndarray, radius: float) -> np.ndarray:
    """Maximum over the disc around each pixel, row by row."""
    result, whole = image.copy(), int(radius)
    for down in range(-whole, whole + 1):
        half = int(np.sqrt(radius**2 - down**2))
        wide = ndimage.maximum_filter1d(image, 2 * half + 1, axis=1, mode="nearest")
        here, there = slice(max(-down, 0), len(image) - max(down, 0)), slice(max(down, 0), len(image) - max(-down, 0))
        result[here] = np.maximum(result[here], wide[there])
    return result


def contour_scores(contour: np.ndarray, drawn: People, levels: np.ndarray) -> np.ndarray:
    """Pixels right, all pixels, those of people found, all of those; a row for the contours above each level."""
    reached = spread(contour, tolerance(contour.shape))
    found = np.concatenate([reached[mask] for mask in drawn.contours])
    counts = [above(contour[drawn.near], levels), above(contour.ravel(), levels), above(found, levels)]
    return np.stack([*counts, np.full(len(levels), len(found))], axis=1).astype(float)


def above(values: np.ndarray, levels: np.ndarray) -> np.ndarray:
    return len(values) - np.searchsorted(np.sort(values), levels, side="right")


def score(cuts: Hierarchy | Sequence[np.ndarray], levels: np.ndarray, drawn: People) -> np.ndarray:
    """One row for each level (or image of labels): COVERING, RAND, INFORMATION, RIGHT, DRAWN, FOUND, TRUE."""
    if isinstance(cuts, Hierarchy):
        return np.hstack([list(regions_of(cuts, levels, drawn)), contour_scores(contours_of(cuts), drawn, levels)])
    rows = []
    for labels in cuts:
        contour = contour_map(sides(labels)).astype(np.float32)
        numbers = region_scores(drawn.table(labels), drawn.person)
        rows.append([*numbers, *contour_scores(contour, drawn, np.zeros(1))[0]])
    return np.array(rows)


def regions_of(tree: Hierarchy, levels: np.ndarray, drawn: People) -> Iterator[tuple[float, float, float]]:
    """Tables of the leaves, added up to those of the regions at each level."""
    table = drawn.table(tree.leaf_of_pixel)
    for level in levels:
        region = tree.leaves_at(level)
        order = np.argsort(region, kind="stable")
        starts = np.searchsorted(region[order], np.arange(region.max() + 1))
        yield region_scores(np.add.reduceat(table[order], starts), drawn.person)


def contours_of(tree: Hierarchy) -> np.ndarray:
    """The level at which the two sides of each contour are joined."""
    labels, result = tree.leaf_of_pixel, np.zeros((2, *tree.leaf_of_pixel.shape))
    between = sides(labels)
    for axis, below in enumerate((np.roll(labels, -1, 0), np.roll(labels, -1, 1))):
        here = between[axis]
        result[axis][here] = tree.level[common(tree.parent, labels[here], below[here])]
    return contour_map(result)


def common(parent: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The lowest node above both: as parents have larger numbers, the smaller one climbs."""
    while (one != other).any():
        one, other = np.where(one < other, parent[one], one), np.where(other < one, parent[other], other)
    return one


def f_measure(counts: np.ndarray) -> np.ndarray:
    """Of precision and recall; counts of `contour_scores` along the last axis."""
    precision, recall = (counts[..., k] / np.maximum(counts[..., k + 1], 1) for k in (0, 2))
    return np.asarray(2 * precision * recall / np.maximum(precision + recall, 1e-12))


def jackknife(statistic: Callable[[np.ndarray], float], rows: np.ndarray) -> float:
    """Standard error of a statistic of independent rows, here of images; of a mean it is the usual one."""
    n = len(rows)
    if n < 2:
        return float("nan")
    left_out = np.array([statistic(np.delete(rows, k, axis=0)) for k in range(n)])
    return float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))

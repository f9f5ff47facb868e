"""Superpixels against their definition by extinction values of minima, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data, measure

import coarea

Sides = list[tuple[float, int, int]]


def sides_of(strength: np.ndarray) -> Sides:
    """Strength and pixels of each side, in the order in which they are opened."""
    n_axes, shape = len(strength), strength.shape[1:]
    found = []
    for pixel, place in enumerate(np.ndindex(shape)):
        for axis in reversed(range(n_axes)):
            if place[axis] + 1 < shape[axis]:
                stride = int(np.prod(shape[axis + 1 :]))
                found.append((float(strength[axis][place]), pixel, pixel + stride))
    return sorted(found, key=lambda side: side[0])


def components(n: int, sides: Sides) -> list[set[int]]:
    part = {pixel: {pixel} for pixel in range(n)}
    for _, one, two in sides:
        if part[one] is not part[two]:
            part[one] |= part[two]
            for pixel in part[two]:
                part[pixel] = part[one]
    return list({id(own): own for own in part.values()}.values())


def minima_of(n: int, sides: Sides) -> list[tuple[int, float]]:
    """A pixel of each minimum, and its extinction value: the area of its basin when it meets a larger one."""
    extinction: dict[int, float] = {}
    survivor: dict[frozenset[int], int] = {}
    before = components(n, [])
    for level in sorted({value for value, _, _ in sides}):
        now = components(n, [side for side in sides if side[0] <= level])
        for whole in now:
            children = sorted((part for part in before if part <= whole and len(part) > 1), key=len)
            if not children and len(whole) > 1:
                survivor[frozenset(whole)] = min(whole)
            elif children:
                for part in children[:-1]:
                    extinction[survivor[frozenset(part)]] = len(part)
                survivor[frozenset(whole)] = survivor[frozenset(children[-1])]
        before = now
    (last,) = before
    if n > 1:
        extinction[survivor[frozenset(last)]] = np.inf
    return sorted(extinction.items())


def watershed(n: int, sides: Sides, minima: list[int]) -> list[int]:
    """The forest of least sides that is rooted in the minima, as labels in the order of the pixels."""
    part = {pixel: {pixel} for pixel in range(n)}
    roots = set(minima)
    for _, one, two in sides:
        if part[one] is not part[two] and not (part[one] & roots and part[two] & roots):
            part[one] |= part[two]
            for pixel in part[two]:
                part[pixel] = part[one]
    seen: dict[int, int] = {}
    return [seen.setdefault(id(part[pixel]), len(seen)) for pixel in range(n)]


SHAPES = [(1, 1), (1, 7), (6, 1), (2, 3), (4, 4), (3, 6), (9,), (2, 3, 3)]


@pytest.mark.parametrize("shape", SHAPES)
def test_regions_are_the_watershed_of_the_minima_of_largest_extinction(shape, rng):
    for levels in (2, 3, 6, 1000):
        for _ in range(12):
            strength = rng.integers(0, levels, (len(shape), *shape)).astype(np.float32)
            n_pixels, sides = int(np.prod(shape)), sides_of(strength)
            minima = minima_of(n_pixels, sides)
            for least in {value for _, value in minima}:
                kept = [pixel for pixel, value in minima if value >= least]
                expected = watershed(n_pixels, sides, kept)
                assert coarea.superpixels(strength, len(kept)).ravel().tolist() == expected
            for n in range(1, n_pixels + 2):
                assert coarea.superpixels(strength, n).max() + 1 == max(1, min(n, len(minima)))


def random_strength(rng: np.random.Generator, shape: tuple[int, ...] = (12, 13)) -> np.ndarray:
    return rng.integers(0, 9, (len(shape), *shape)).astype(np.float32)


def test_labels_are_connected_in_raster_order_and_nested(rng):
    for _ in range(10):
        strength = random_strength(rng)
        before = coarea.superpixels(strength, 1)
        for n in range(2, 40):
            labels = coarea.superpixels(strength, n)
            assert labels.dtype == np.int32
            found, first = np.unique(labels, return_index=True)
            assert found.tolist() == list(range(len(found)))
            assert (np.diff(first) > 0).all()
            assert measure.label(labels, connectivity=1, background=-1).max() == len(found)
            assert len(np.unique(np.stack([labels.ravel(), before.ravel()]), axis=1).T) == len(found)
            before = labels


def test_of_equal_basins_those_that_meet_later_are_kept():
    below, right = np.zeros((2, 1, 8))
    right[0, 1::2] = 3, 4, 2, 0  # four basins of two pixels, that meet at 2, 3 and 4
    assert coarea.superpixels([below, right], 2).tolist() == [[0, 0, 0, 0, 1, 1, 1, 1]]
    assert coarea.superpixels([below, right], 3).tolist() == [[0, 0, 1, 1, 2, 2, 2, 2]]
    right[0, 1::2] = 3, 1, 3, 0
    assert coarea.superpixels([below, right], 2).tolist() == [[0, 0, 0, 0, 0, 0, 1, 1]]


def test_sides_of_equal_strengths_are_opened_pixel_by_pixel():
    line = [[0, 5, 5, 0, 0]]
    assert coarea.superpixels(line, 2).tolist() == [0, 0, 0, 1, 1]
    below, right = [[5, 9, 0], [0, 0, 0]], [[5, 0, 0], [0, 9, 0]]  # the first pixel lies between two basins
    assert coarea.superpixels([below, right], 2).tolist() == [[0, 0, 0], [1, 1, 0]]


def test_where_there_are_fewer_basins_than_regions(rng):
    for constant in (0, 1, np.inf):
        for n in (1, 2, 1000):
            assert not coarea.superpixels(np.full((2, 5, 6), constant), n).any()
    strength = random_strength(rng)
    many = coarea.superpixels(strength, 10**9)
    assert 1 < many.max() + 1 < many.size / 2
    np.testing.assert_array_equal(coarea.superpixels(strength, int(many.max()) + 1), many)


def test_only_the_order_of_the_strengths_inside_matters(rng):
    strength = random_strength(rng)
    outside = strength.copy()
    outside[0, -1], outside[1, :, -1] = rng.random((2, 13))[0], -7
    expected = coarea.superpixels(strength, 12)
    same = [strength - 4, np.sqrt(strength), -1 / (1 + strength), np.where(strength == 8, np.inf, strength), outside]
    same += [strength.astype(dtype) for dtype in (np.uint8, np.int16, np.int64, np.float16, np.float64)]
    same += [np.where(strength == 0, np.float32(-0.0), strength)]
    for changed in same:
        np.testing.assert_array_equal(coarea.superpixels(changed, 12), expected)
    half = strength > 4
    np.testing.assert_array_equal(coarea.superpixels(half, 12), coarea.superpixels(half.astype(np.float32), 12))


@pytest.mark.photograph
def test_regions_of_a_photograph_are_those_of_higra():
    higra = pytest.importorskip("higra")
    strength = coarea.edge_strength(data.camera()[::2, ::2])
    shape = strength.shape[1:]
    graph = higra.get_4_adjacency_graph(shape)
    one, two = graph.edge_list()
    weights = np.where(two - one == 1, strength[1].ravel()[one], strength[0].ravel()[one])
    tree, altitudes = higra.watershed_hierarchy_by_area(graph, weights)
    for n in (2, 12, 100, 800):
        theirs = higra.labelisation_horizontal_cut_from_num_regions(tree, altitudes, n)
        first, inverse = np.unique(theirs, return_index=True, return_inverse=True)[1:]
        ours = coarea.superpixels(strength, len(first))
        np.testing.assert_array_equal(ours.ravel(), np.argsort(np.argsort(first))[inverse.ravel()])

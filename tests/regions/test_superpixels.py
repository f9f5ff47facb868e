"""Superpixels against their definition by extinction values of minima, and their laws."""

from __future__ import annotations

import numpy as np
import pytest

import coarea

Sides = list[tuple[float, int, int]]


def sides_of(strength: np.ndarray) -> Sides:
    """Strength and pixels of each side, in the order in which they are opened."""
    shape = strength.shape[1:]
    pixels = np.arange(strength[0].size).reshape(shape)
    found = []
    for axis, own in enumerate(strength):
        ends = (
            np.moveaxis(array, axis, 0)[part].ravel() for array in (pixels,) for part in (slice(-1), slice(1, None))
        )
        one, two = ends
        found += sorted(zip(one.tolist(), np.moveaxis(own, axis, 0)[:-1].ravel().tolist(), two.tolist(), strict=True))
    return sorted(((value, one, two) for one, value, two in found), key=lambda side: side[0])


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

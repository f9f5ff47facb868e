"""The kernels of plane images stay within the scratch memory that they ask for."""

from __future__ import annotations

import numpy as np
import pytest

from coarea.trees import _collect, _flood_tree, _planar_components

GUARD = 77


def guarded(sizes, *dtypes):
    """Arrays of some sizes with a margin behind them."""
    return [np.full(size + 64, GUARD, dtype) for size, dtype in zip(sizes, dtypes, strict=True)]


def images(rng):
    yield np.zeros((1, 1), np.uint8), 1
    for shape in (1, 1), (1, 2), (2, 1), (1, 9), (9, 1), (2, 2), (5, 6):
        for n_levels in 2, 5, 64, 65, 256:
            yield rng.integers(0, n_levels, shape).astype(np.uint8), n_levels
    checkerboard = (np.indices((8, 9)).sum(axis=0) % 2).astype(np.uint8)
    yield checkerboard, 2
    yield np.arange(4200, dtype=np.int32).reshape(60, 70), 4200


def assert_collects_within(image, built, octets, integers, *, flip, half_area=False):
    n_raw, n_aliases = built
    n_nodes = n_raw - n_aliases
    parent, level, polarity = guarded([n_nodes] * 3, np.int32, np.int32, np.int8)
    node_of_pixel = np.full((image.shape[0] + 1, image.shape[1]), GUARD, np.int32)
    _collect.collect(
        n_raw,
        flip,
        half_area,
        octets,
        integers,
        parent[:n_nodes],
        level[:n_nodes],
        polarity[:n_nodes],
        node_of_pixel[:-1],
    )
    for array in parent, level, polarity:
        assert (array[n_nodes:] == GUARD).all()
    assert (node_of_pixel[-1] == GUARD).all()
    np.testing.assert_array_equal(level[node_of_pixel[:-1]], image)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("self_dual", [False, True])
@pytest.mark.parametrize("ringed", [False, True])
def test_the_flood_stays_within_its_scratch(flipped, self_dual, ringed, rng):
    for image, n_levels in images(rng):
        sizes = _flood_tree.scratch_sizes(*image.shape, n_levels)
        scratch = guarded(sizes, image.dtype, np.uint8, np.int32, np.int32, np.uint64)
        inner = [array[:size] for array, size in zip(scratch, sizes, strict=True)]
        flip = (n_levels - 1) * flipped
        ring = (n_levels // 2, n_levels > 1) if ringed else (-1, False)
        n_raw, n_aliases, has_ring = _flood_tree.build(image, n_levels, flip, self_dual, image.size // 2, *ring, *inner)
        if not has_ring:
            assert_collects_within(image, (n_raw, n_aliases), inner[1], inner[2], flip=flip, half_area=not ringed)
        for array, size in zip(scratch, sizes, strict=True):
            assert (array[size:] == GUARD).all(), (image.shape, n_levels)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("square", [False, True])
def test_the_components_stay_within_their_scratch(flipped, square, rng):
    for image, n_levels in images(rng):
        sizes = _planar_components.scratch_sizes(*image.shape, n_levels)
        scratch = guarded(sizes, image.dtype, np.uint8, np.int32, np.int32)
        inner = [array[:size] for array, size in zip(scratch, sizes, strict=True)]
        flip = (n_levels - 1) * flipped
        built = _planar_components.build(image, n_levels, flip, square, *inner)
        assert_collects_within(image, built, inner[1], inner[2], flip=flip)
        for array, size in zip(scratch, sizes, strict=True):
            assert (array[size:] == GUARD).all(), (image.shape, n_levels)

"""Trees of volumes in slabs are those of the volume in one piece, up to the numbers of their nodes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from same_trees import assert_same, random_image, trees_of
from scipy import ndimage

import coarea
from coarea.trees.strips import layout, slabs
from coarea.trees.strips.layout import cut_axis, first_rows
from coarea.trees.strips.slabs import tree_in_slabs
from coarea.trees.strips.strip import Method

PLANES = (1, 2, 3, 5)  # of slabs
pytestmark = pytest.mark.filterwarnings("ignore:image of shape .* is taken for a volume")  # random ones may be thin


def in_slabs(tree: coarea.Tree, image: np.ndarray, planes: list[int], workers: int = 1) -> tuple[np.ndarray, ...]:
    """The arrays of the same tree, built in slabs."""
    if tree.kind != "tree of shapes":
        method = Method(tree.kind == "min-tree", tree.connectivity)
    else:
        half_area = tree.border == "half-area"
        method = Method(tree.connectivity == "6-26", None, (0, 0, 0) if half_area else tree.border, half_area)
    return tree_in_slabs(image, planes, method, workers)


def check_volumes(rng: np.random.Generator, number: int, longest: int, ndim: int = 3) -> None:
    for _ in range(number):
        image = random_image(rng, longest, ndim)
        layouts = {tuple(first_rows(image.shape, image.dtype, planes)) for planes in PLANES}
        for tree in trees_of(rng, image):
            for planes in layouts:
                if len(planes) > 2:
                    assert_same(tree, in_slabs(tree, image, list(planes)))


def test_small_volumes(rng):
    check_volumes(rng, 40, 6)


def test_four_dimensions(rng):
    check_volumes(rng, 6, 4, ndim=4)


@pytest.mark.slow
def test_many_small_volumes(rng):
    check_volumes(rng, 250, 6)
    check_volumes(rng, 60, 14)
    check_volumes(rng, 60, 5, ndim=4)


def test_equal_halves():
    for axis in range(3):
        image = np.moveaxis(np.kron([[[0]], [[1]]], np.ones((3, 5, 4), np.uint8)), 0, axis)
        for turned in image, 1 - image:
            levels = np.ascontiguousarray(turned).astype(np.uint8)
            tree = coarea.tree_of_shapes(levels)
            assert tree.node_of_pixel[0, 0, 0] == 0
            for planes in (1, 2, 3):
                assert_same(tree, in_slabs(tree, levels, first_rows(levels.shape, levels.dtype, planes)))


def test_open_through_a_node_inside_a_slab():
    """The root moves into a block inside, which is open only by a peak that no other slab knows."""
    image = np.pad(np.ones((10, 10, 10), np.uint8), 1)
    image[3, 0, 5] = 2
    tree = coarea.tree_of_shapes(image)
    assert tree.value[0] == 1
    assert_same(tree, in_slabs(tree, image, [0, 6, 12]))


def test_each_voxel_has_a_level_of_its_own(rng):
    """Nearly all nodes meet a seam."""
    image = np.arange(343).reshape(7, 7, 7)
    for volume in (image, rng.permutation(image.ravel()).reshape(image.shape)):
        for dtype in (np.uint16, np.float32):
            for tree in trees_of(rng, volume.astype(dtype)):
                assert_same(tree, in_slabs(tree, volume.astype(dtype), [0, 2, 4, 7]))


@pytest.mark.parametrize("zero", [-0.0, 0.0])
def test_zeros_keep_their_sign(zero, rng):
    image = rng.choice(np.array([-np.inf, -1.5, zero, 2.25, np.inf], np.float32), (9, 5, 6))
    for tree in (coarea.max_tree(image), coarea.min_tree(image), coarea.tree_of_shapes(image)):
        arrays = in_slabs(tree, image, [0, 3, 6, 9])
        assert_same(tree, arrays)
        assert arrays[1][arrays[2]].tobytes() == image.tobytes()


def volume_like_a_scan(shape: tuple[int, ...], dtype: type) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 1, shape)
    smooth = ndimage.gaussian_filter(noise, 2)
    scale = 1 if np.dtype(dtype).itemsize == 1 else 100
    return (scale * np.clip(128 + 40 * smooth / smooth.std() + 2 * noise, 0, 255)).astype(dtype)


def builders_of(image: np.ndarray) -> list[partial[coarea.Tree]]:
    return [
        partial(coarea.tree_of_shapes, image),
        partial(coarea.tree_of_shapes, image, connectivity="6-26", border="mean"),
        partial(coarea.max_tree, image),
        partial(coarea.min_tree, image, connectivity=3),
    ]


def check_workers(image: np.ndarray, workers: tuple[int | None, ...]) -> None:
    for build in builders_of(image):
        tree = build(workers=1)
        assert np.array_equal(tree.reconstruct(), image)
        for number in workers:
            assert build(workers=number) == tree


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_any_number_of_workers_gives_the_same_arrays(dtype, monkeypatch):
    image = volume_like_a_scan((19, 24, 17), dtype)
    monkeypatch.setattr(layout, "SLABS", (4, 1))
    assert len(first_rows(image.shape, image.dtype)) == 7
    check_workers(image, (2, 3, None))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_large_volume(dtype, monkeypatch):
    image = volume_like_a_scan((70, 130, 90), dtype)
    assert len(first_rows(image.shape, image.dtype)) == 4
    check_workers(image, (2, 3))
    trees = [build() for build in builders_of(image)]
    monkeypatch.setattr(layout, "SLABS", (2**31, 2**31))
    for build, tree in zip(builders_of(image), trees, strict=True):
        assert_same(build(), (tree.parent, tree.value, tree.node_of_pixel, tree.polarity))


def test_layout():
    for dtype in map(np.dtype, (np.uint8, np.uint16, np.float32)):
        assert first_rows((64, 64, 64), dtype) == [0, 64]  # a slab
        assert first_rows((80, 80, 80), dtype) == [0, 40, 80]
        assert first_rows((128, 128, 128), dtype) == list(range(0, 129, 16))
        assert first_rows((512, 512, 512), dtype) == list(range(0, 513, 16))  # thinner ones would share too much
        assert first_rows((20, 1000, 900), dtype) == first_rows((1000, 20, 900), dtype)  # the longest axis is cut
        assert len(first_rows((20, 1000, 900), dtype)) == 64
        assert first_rows((10**7,), dtype) == [0, 10**7]  # a signal is a row
        for shape in ((81, 80, 79), (90, 20, 333), (7, 1000, 1000), (23, 22, 21, 90)):
            planes = np.array(first_rows(shape, dtype))
            heights = np.diff(planes)
            assert (planes[0], planes[-1]) == (0, max(shape))
            assert heights.max() - heights.min() <= 1
            assert 1 < len(heights) <= max(shape) / 11
            assert (heights[1:] - 1 <= max(shape) / 2).all()  # above the seams, for half-area
            assert heights[0] <= max(shape) / 2


@pytest.mark.parametrize("axis", range(3))
def test_any_axis_is_cut(axis, rng, monkeypatch):
    """With a pixel outside, and arrays in the order of the axes of the image."""
    shape = [5, 6, 4]
    shape[axis] = 9
    image = rng.integers(0, 5, shape).astype(np.uint8)
    whole = [coarea.max_tree(image), *(coarea.tree_of_shapes(image, border=border) for border in ((3, 1, 2), 2))]
    monkeypatch.setattr(layout, "SLABS", (3, 1))
    assert cut_axis(image.shape) == axis
    for tree, border in zip(whole, (None, (3, 1, 2), 2), strict=True):
        cut = coarea.max_tree(image) if border is None else coarea.tree_of_shapes(image, border=border)
        assert cut.node_of_pixel.flags.c_contiguous
        assert_same(tree, (cut.parent, cut.value, cut.node_of_pixel, cut.polarity))


def test_small_volumes_are_one_piece(monkeypatch):
    monkeypatch.delattr(slabs._slab, "reach")  # nothing of the slabs is used
    for image in (np.arange(50**3).reshape(50, 50, 50), np.arange(2**20)):
        levels = (image % 251).astype(np.uint8)
        assert np.array_equal(coarea.max_tree(levels).reconstruct(), levels)
    with pytest.raises(AttributeError, match="reach"):
        coarea.max_tree(np.zeros((85, 85, 85), np.uint8))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_slab_that_fails_fails_the_call(workers, monkeypatch):
    original = slabs.build_slab

    def fail(*arguments: Any) -> object:
        if arguments[1][0] > 0:
            raise MemoryError("no more")
        return original(*arguments)

    monkeypatch.setattr(slabs, "build_slab", fail)
    monkeypatch.setattr(layout, "SLABS", (4, 1))
    with pytest.raises(MemoryError, match="no more"):
        coarea.tree_of_shapes(np.zeros((9, 8, 7)), workers=workers)

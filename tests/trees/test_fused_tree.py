"""The multivariate tree of shapes against its definition, on sets of pixels, and what changes nothing in it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import coarea
import oracles
from coarea import attributes
from coarea.trees import _fused


def random_image(rng: np.random.Generator) -> np.ndarray:
    """Up to 6 x 6 x 4 with 2 to 6 levels; one in three of one or two rows of long chains of shapes."""
    n_channels = rng.integers(1, 5)
    if rng.random() < 0.33:
        steps = rng.integers(0, 3, (2, rng.integers(8, 41), n_channels))
        fork = rng.integers(steps.shape[1])
        steps[1, :fork] = steps[0, :fork]  # one chain, and then two
        steps[:, fork + 1 :] *= rng.choice([-1, 1], (2, 1, n_channels))
        steps[..., 0] = np.arange(steps.shape[1]) == rng.integers(steps.shape[1])  # a shape that may hold both ends
        return np.cumsum(steps, axis=1)[: rng.integers(1, 3)].astype(np.int16)
    return rng.integers(0, rng.integers(2, 7), (*rng.integers(1, 7, 2), n_channels)).astype(np.uint8)


def frame_pixel(rng: np.random.Generator, image: np.ndarray) -> tuple[int, int]:
    row, column = rng.choice(np.argwhere(oracles.frame_mask(image.shape[:2])))
    return int(row), int(column)


def channel_trees(image: np.ndarray, pixel: tuple[int, int]) -> list[coarea.Tree]:
    channels = np.moveaxis(image, -1, 0)
    return [coarea.tree_of_shapes(channel, connectivity="self-dual", border=pixel) for channel in channels]


def shapes_of_channels(image: np.ndarray, pixel: tuple[int, int]) -> np.ndarray:
    """The shapes of all channels, each set once, as rows of pixels, by brute force."""
    sets = set()
    for channel in np.moveaxis(image, -1, 0):
        sets |= oracles.tree_of_shapes(channel, "self-dual", pixel).keys()
    return np.array([np.frombuffer(shape, bool) for shape in sorted(sets)])


def longest_chains(sets: np.ndarray) -> np.ndarray:
    """How many of the sets the longest chain around each of them has."""
    sizes = sets.sum(1)
    inside = ((sets.astype(int) @ sets.T) == sizes[:, None]) & (sizes[:, None] < sizes)
    depth = np.zeros(len(sets), int)
    for i in np.argsort(-sizes, kind="stable"):
        depth[i] = max(depth[inside[i]] + 1, default=0)
    return depth


def faces_by_definition(image: np.ndarray, sets: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """The depth of the deepest shape that holds each pixel, each pair and each block of four."""
    height, width = image.shape[:2]
    held = sets.reshape(-1, height, width)
    faces = np.zeros((2 * height - 1, 2 * width - 1), int)
    for y, x in np.ndindex(faces.shape):
        block = held[:, y // 2 : (y + 1) // 2 + 1, x // 2 : (x + 1) // 2 + 1].all((1, 2))
        faces[y, x] = depth[block].max()
    return faces


def components_by_definition(faces: np.ndarray) -> dict[bytes, int]:
    """The components of at least each depth, holes filled, as sets of pixels with their depths."""
    found = {}
    for level in range(faces.max() + 1):
        for component in oracles.components(faces >= level, oracles.CROSS):
            filled = ndimage.binary_fill_holes(component, oracles.SQUARE)[::2, ::2]
            found[filled.tobytes()] = level
    return found


def check(image: np.ndarray, pixel: tuple[int, int]) -> None:
    sets = shapes_of_channels(image, pixel)
    depth = longest_chains(sets)
    by_set = dict(zip(map(bytes, sets), depth, strict=True))

    trees = channel_trees(image, pixel)
    channels = [_fused._in_preorder(tree) for tree in trees]
    for channel, found in zip(channels, _fused._depths(channels), strict=True):
        masks = oracles.node_masks(channel.parent, channel.pixels)
        assert [by_set[mask.tobytes()] for mask in masks] == found.tolist()

    tree = coarea.tree_of_shapes(image, channel_axis=-1, border=pixel)
    expected = components_by_definition(faces_by_definition(image, sets, depth))
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    assert {mask.tobytes(): level for mask, level in zip(masks, tree.value.tolist(), strict=True)} == expected
    assert len(tree) == len(expected)
    parents = {shape: node.parent for shape, node in oracles.with_parents(dict.fromkeys(expected, (0, 1))).items()}
    for mask, parent in list(zip(masks, tree.parent, strict=True))[1:]:
        assert masks[parent].tobytes() == parents[mask.tobytes()]
    assert (tree.parent[1:] < np.arange(1, len(tree))).all()
    assert tree.polarity.tolist() == [0] + [1] * (len(tree) - 1)


@pytest.mark.parametrize("seed", range(6))
def test_depths_and_nodes_are_those_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        image = random_image(rng)
        check(image, frame_pixel(rng, image))


def test_holes_between_shapes_of_two_channels_are_filled_and_what_lies_in_them_stays():
    """Two half-rings of two channels around a region that lies in neither, and in it a spot of a third."""
    image = np.zeros((9, 9, 3), np.uint8)
    image[1:8, 1:6, 0] = image[1:8, 3:8, 1] = 1
    image[3:6, 3:6, :2] = 0
    image[4, 4, 2] = 1
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    assert tree.reconstruct()[3, 4] == 1  # no shape of any channel holds it
    assert tree.mask(int(tree.node_of_pixel[4, 4])).sum() == 1
    check(image, (0, 0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_depths_and_nodes_of_thousands_of_images(seed):
    rng = np.random.default_rng(seed)
    for _ in range(300):
        image = random_image(rng)
        check(image, frame_pixel(rng, image))


def assert_same_shapes(tree: coarea.Tree, other: coarea.Tree) -> None:
    """Up to the order of nodes, each of which owns a pixel."""
    match = np.full(len(tree), -1)
    match[tree.node_of_pixel] = other.node_of_pixel
    assert sorted(match.tolist()) == list(range(len(other)))
    np.testing.assert_array_equal(match[tree.node_of_pixel], other.node_of_pixel)
    np.testing.assert_array_equal(match[tree.parent], other.parent[match])


@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_equal_channels_give_the_tree_of_one(n_channels):
    rng = np.random.default_rng(n_channels)
    for image in [random_image(rng)[..., 0] for _ in range(150)] + [data.coins()[100:200, 50:180]]:
        pixel = frame_pixel(rng, image)
        grey = coarea.tree_of_shapes(image, connectivity="self-dual", border=pixel)
        tree = coarea.tree_of_shapes(np.stack([image] * n_channels), channel_axis=0, border=pixel)
        assert_same_shapes(tree, grey)
        np.testing.assert_array_equal(tree.reconstruct(), attributes.depth(grey)[grey.node_of_pixel])


def test_maps_and_permutations_of_channels_change_nothing():
    rng = np.random.default_rng(1)
    for image in [random_image(rng) for _ in range(60)] + [data.astronaut()[100:180, 100:200]]:
        tree = coarea.tree_of_shapes(image, channel_axis=-1)
        values = np.unique(image)
        increasing = np.cumsum(rng.integers(1, 9, len(values)))
        ranks = np.searchsorted(values, image)
        mapped = increasing[ranks] * rng.choice([-1, 1], image.shape[-1])
        assert coarea.tree_of_shapes(mapped, channel_axis=-1) == tree
        assert coarea.tree_of_shapes(np.exp(mapped / 200).astype(np.float32), channel_axis=-1) == tree
        for order in list(permutations(range(image.shape[-1])))[:6]:
            assert coarea.tree_of_shapes(image[..., order], channel_axis=-1) == tree


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int32, np.uint64, ">f4", np.float64, np.longdouble])
def test_all_dtypes_give_one_tree(dtype):
    image = np.random.default_rng(2).integers(0, 2, (12, 9, 3))
    tree = coarea.tree_of_shapes(image.astype(np.uint8), channel_axis=-1)
    assert coarea.tree_of_shapes(image.astype(dtype), channel_axis=-1) == tree


def test_the_axis_of_the_channels_may_be_any():
    image = np.random.default_rng(3).integers(0, 9, (6, 7, 3)).astype(np.uint8)
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    for axis in (0, 1, -2, np.int64(2)):
        moved = np.moveaxis(image, -1, axis)
        moved.flags.writeable = False
        assert coarea.tree_of_shapes(moved, channel_axis=axis) == tree
    assert tree == coarea.tree_of_shapes(image, channel_axis=-1, border=(0, 0), connectivity="self-dual")
    assert (tree.kind, tree.connectivity, tree.border) == ("multivariate tree of shapes", "self-dual", (0, 0))
    assert tree.value.dtype == np.int32
    assert tree.node_of_pixel.flags.c_contiguous


def test_an_axis_of_none_is_a_volume():
    volume = np.random.default_rng(4).integers(0, 9, (9, 8, 3)).astype(np.uint8)
    assert coarea.tree_of_shapes(volume, channel_axis=None).connectivity == "26-6"


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 3), (1, 5, 3), (5, 1, 2)])
def test_small_images(shape):
    image = np.arange(np.prod(shape)).reshape(shape)
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    assert len(tree) == max(shape[:2])


def test_long_chains_need_no_recursion():
    """Two channels in which 10^6 shapes lie inside each other, and one in which two such branches touch."""
    n = 10**6
    ramp = np.arange(n)
    zigzag = np.where(ramp % 2, ramp, -ramp)
    tree = coarea.tree_of_shapes(np.stack([ramp, -ramp])[:, None], channel_axis=0)
    np.testing.assert_array_equal(tree.parent[1:], ramp[:-1])
    tree = coarea.tree_of_shapes(np.stack([ramp, zigzag])[:, None], channel_axis=0)
    assert tree.value.max() >= n - 1


@pytest.mark.photograph
def test_neighbors_of_different_colors_share_nodes_in_a_photograph():
    """This is why total variation does not live on this tree."""
    image = data.astronaut()
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    differ = (np.diff(image.astype(int), axis=1) != 0).any(-1)
    share = np.diff(tree.node_of_pixel, axis=1) == 0
    assert 0.05 < (share & differ).sum() / differ.sum() < 0.06

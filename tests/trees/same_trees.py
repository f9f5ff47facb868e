"""Trees that are the same up to the numbers of their nodes, and small images of all kinds."""

from __future__ import annotations

from itertools import product

import numpy as np

import coarea

DTYPES = (bool, np.uint8, np.int8, np.uint16, np.int16, np.int64, np.float32)
PAIRS = {2: ("8-4", "4-8"), 3: ("26-6", "6-26")}


def assert_same(tree: coarea.Tree, arrays: tuple[np.ndarray, ...]) -> None:
    """Nodes are told by their pixels, which all of them own but for a root that is the ring."""
    parent, value, node_of_pixel, polarity = arrays
    assert len(parent) == len(tree)
    assert parent[0] == 0
    assert (parent[1:] < np.arange(1, len(parent))).all()
    assert [array.dtype for array in arrays] == [np.int32, tree.value.dtype, np.int32, np.int8]
    other = np.full(len(tree), -1)
    other[tree.node_of_pixel] = node_of_pixel
    assert other[0] in (0, -1)
    other[0] = 0
    assert np.array_equal(np.sort(other), np.arange(len(tree)))
    assert np.array_equal(other[tree.node_of_pixel], node_of_pixel)
    assert np.array_equal(other[tree.parent], parent[other])
    assert np.array_equal(tree.value, value[other])
    assert np.array_equal(tree.polarity, polarity[other])


def random_image(rng: np.random.Generator, longest: int, ndim: int = 2) -> np.ndarray:
    """Of few levels or many, often with plateaus."""
    image = rng.integers(0, rng.choice([2, 3, 5, 8, 100]), rng.integers(1, longest + 1, ndim))
    if rng.integers(2):
        image = np.kron(image, np.ones((2,) * ndim, int))[(slice(longest),) * ndim]
    dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
    lowest = np.iinfo(dtype).min if dtype.kind == "i" and dtype.itemsize < 8 else 0
    return np.ascontiguousarray((image + lowest).astype(dtype))


def trees_of(rng: np.random.Generator, image: np.ndarray) -> list[coarea.Tree]:
    """Of all kinds, in one piece, since the image is small; of shapes in two and three dimensions only."""
    trees = [
        build(image, connectivity=connectivity)
        for build, connectivity in product((coarea.max_tree, coarea.min_tree), range(1, image.ndim + 1))
    ]
    if image.ndim not in PAIRS:
        return trees
    lowest, highest = int(image.min()), int(image.max())
    pixel = tuple(int(rng.integers(length)) for length in image.shape)
    rings = int(rng.integers(lowest - 1, highest + 2)), int(rng.integers(lowest - 1, highest + 1)) + 0.5
    for pair, border in product(PAIRS[image.ndim], ("half-area", pixel, *rings)):
        trees.append(coarea.tree_of_shapes(image, connectivity=pair, border=border))
    return trees

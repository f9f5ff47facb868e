"""Attributes of nodes against their definitions, and the coarea formula."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
import oracles
from coarea import attributes

TREES_OF_ARRAYS = [  # beside the trees of the fixture `build`: other dimensions, connectivities and borders
    ((8,), coarea.max_tree),
    ((2, 3, 4), coarea.max_tree),
    ((3, 3, 3), lambda image: coarea.min_tree(image, connectivity=3)),
    ((5, 6), lambda image: coarea.max_tree(image, connectivity=2)),
    ((1, 7), coarea.tree_of_shapes),
    ((5, 6), lambda image: coarea.tree_of_shapes(image, border=2.5)),
    ((5, 6), lambda image: coarea.tree_of_shapes(image, border=(3, 3))),
]


def attributes_by_definition(tree) -> dict[str, list[int]]:
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    nodes = range(len(tree))
    value = [v.item() for v in tree.value]
    holds = [[bool((masks[i] | ~masks[d]).all()) for d in nodes] for i in nodes]  # [i][d]: d is a subset of i
    return {
        "area": [int(mask.sum()) for mask in masks],
        "own_area": [int((tree.node_of_pixel == node).sum()) for node in nodes],
        "perimeter": [oracles.perimeter(mask) for mask in masks],
        "depth": [sum(holds[i][node] for i in nodes) - 1 for node in nodes],
        "height": [max(abs(value[d] - value[tree.parent[i]]) for d in nodes if holds[i][d]) for i in nodes],
    }


def assert_attributes(tree) -> None:
    for name, expected in attributes_by_definition(tree).items():
        computed = getattr(attributes, name)(tree)
        assert computed.shape == (len(tree),)
        assert computed.tolist() == expected, f"{name} of {tree.reconstruct().tolist()}"


def test_attributes_are_brute_force(build, rng):
    for _ in range(20):
        tree = build(rng.integers(0, 7, rng.integers(1, 8, 2)).astype(np.uint8))
        assert_attributes(tree)
        assert_attributes(tree.simplify(rng.random(len(tree)) < 0.5))


@pytest.mark.parametrize(("shape", "tree_of"), TREES_OF_ARRAYS)
def test_attributes_are_brute_force_in_any_dimension(shape, tree_of, rng):
    for _ in range(20):
        tree = tree_of(rng.integers(0, 6, shape))
        assert_attributes(tree)
        assert_attributes(tree.simplify(rng.random(len(tree)) < 0.5))


def test_attributes_by_hand():
    image = np.array([[0, 0, 0, 0, 0], [0, 9, 9, 9, 0], [0, 9, 4, 9, 0], [0, 9, 9, 9, 0], [0, 0, 0, 0, 0]], np.uint8)
    tree = coarea.tree_of_shapes(image)
    assert attributes.area(tree).tolist() == [25, 9, 1]
    assert attributes.own_area(tree).tolist() == [16, 8, 1]
    assert attributes.perimeter(tree).tolist() == [0, 12, 4]
    assert attributes.depth(tree).tolist() == [0, 1, 2]
    assert attributes.height(tree).tolist() == [9, 9, 5]


def test_the_frame_does_not_count_in_the_perimeter():
    tree = coarea.max_tree(np.array([[5, 5, 0], [5, 5, 0], [0, 0, 0]]))
    assert attributes.perimeter(tree).tolist() == [0, 4]


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4"])
def test_height_of_integers_does_not_wrap(dtype):
    limits = np.iinfo(dtype)
    image = np.array([[limits.min, limits.max, limits.min]], dtype)
    height = attributes.height(coarea.max_tree(image))
    assert height.dtype == np.int64
    assert height.tolist() == [int(limits.max) - int(limits.min)] * 2


@pytest.mark.parametrize("dtype", ["u8", "i8"])
def test_height_of_wide_integers_is_exact(dtype):
    image = np.array([[3, 2**62 + 1, 3]], dtype)
    assert attributes.height(coarea.max_tree(image)).tolist() == [2**62 - 2] * 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_height_of_floats_is_float(dtype):
    height = attributes.height(coarea.max_tree(np.array([[0.25, 1.5, 0.25]], dtype)))
    assert height.dtype.kind == "f"
    assert height.tolist() == [1.25, 1.25]


# The coarea formula --------------------------------------------------------------------------------------------


def variation_of_the_tree(tree) -> int:
    value = tree.value.astype(np.int64)
    return int((attributes.perimeter(tree).astype(np.int64) * np.abs(value - value[tree.parent])).sum())


def test_coarea_formula_on_photographs(build, photograph):
    assert variation_of_the_tree(build(photograph)) == oracles.total_variation(photograph)


@pytest.mark.parametrize("border", ["median", "mean", "minimum", "maximum", 0, 77, 140.5, 300, -3, (200, 150)])
@pytest.mark.parametrize("connectivity", ["8-4", "4-8"])
def test_coarea_formula_holds_for_every_border(border, connectivity):
    image = data.coins()
    tree = coarea.tree_of_shapes(image, connectivity=connectivity, border=border)
    assert variation_of_the_tree(tree) == oracles.total_variation(image)


@pytest.mark.parametrize("build_side", [coarea.max_tree, coarea.min_tree])
@pytest.mark.parametrize("connectivity", [1, 2, 3])
def test_coarea_formula_in_three_dimensions(build_side, connectivity):
    volume = np.stack([np.roll(data.camera()[::4, ::4], 3 * k, axis=0) for k in range(6)])
    assert variation_of_the_tree(build_side(volume, connectivity=connectivity)) == oracles.total_variation(volume)


@pytest.mark.parametrize("build_side", [coarea.max_tree, coarea.min_tree])
def test_coarea_formula_after_an_area_filter(build_side):
    """On a max-tree or a min-tree the filtered values stay monotone, so the formula holds for the filtered image."""
    tree = build_side(data.moon())
    simplified = tree.simplify(attributes.area(tree) >= 50)
    filtered = coarea.attribute_filter(tree, attributes.area(tree) >= 50)
    assert variation_of_the_tree(simplified) == oracles.total_variation(filtered)
    assert oracles.total_variation(filtered) < oracles.total_variation(data.moon())

"""Maximally stable regions and tree-based Morse regions against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
from coarea import attributes

BUILDERS = {"max": coarea.max_tree, "min": coarea.min_tree}


def stable_by_definition(tree: coarea.Tree, delta: float, bounds: tuple[float, float], most: float) -> list[int]:
    area, value = attributes.area(tree), tree.value.astype(float)
    variation = []
    for node in range(len(tree)):
        near = [above for above in tree.path_to_root(node) if abs(value[above] - value[node]) <= delta]
        variation.append((area[near].max() - area[node]) / area[node])
    return [
        node
        for node in range(1, len(tree))
        if (tree.parent[node] == 0 or variation[node] < variation[tree.parent[node]])
        and all(variation[node] <= variation[child] for child in tree.children(node))
        and bounds[0] <= area[node] <= bounds[1]
        and variation[node] <= most
    ]


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.float32, np.uint64])
def test_stable_regions_are_their_definition(kind, dtype, rng):
    found = 0
    for _ in range(60):
        image = rng.integers(0, 12, rng.integers(3, 9, 2))
        image = (image * 9 - 50).astype(dtype) if dtype == np.int8 else image.astype(dtype)
        tree = BUILDERS[kind](image)
        delta = float(rng.integers(0, 12)) / 2 * (9 if dtype == np.int8 else 1)
        low, high = int(rng.integers(1, 4)), int(rng.integers(4, image.size + 1))
        most = float(rng.choice([0.3, 1, 5]))
        nodes = coarea.mser(tree, delta, min_area=low, max_area=high, max_variation=most)
        assert nodes.dtype == np.int32
        assert nodes.tolist() == stable_by_definition(tree, delta, (low, high), most)
        found += len(nodes)
    assert found > 30


@pytest.mark.parametrize("kind", BUILDERS)
def test_stable_regions_of_a_photograph(kind):
    image = data.camera()[100:180, 150:260]
    tree = BUILDERS[kind](image)
    nodes = coarea.mser(tree)
    assert nodes.tolist() == stable_by_definition(tree, 5, (60, np.inf), 0.25)
    assert len(nodes) > 5
    negative = BUILDERS["min" if kind == "max" else "max"](255 - image)
    masks = {tree.mask(node).tobytes() for node in nodes}
    assert masks == {negative.mask(node).tobytes() for node in coarea.mser(negative)}


def test_a_blob_of_a_binary_image_is_stable_at_any_delta():
    image = np.zeros((30, 30), np.uint8)
    image[5:15, 6:20] = 200
    tree = coarea.max_tree(image)
    (node,) = coarea.mser(tree, 100)
    assert (tree.mask(node) == (image > 0)).all()
    assert coarea.mser(coarea.max_tree(image > 0), 0).tolist() == [1]
    assert coarea.mser(coarea.min_tree(255 - image), 100).tolist() == [1]
    assert coarea.mser(coarea.max_tree(np.zeros((9, 9)))).tolist() == []


def morse_by_definition(tree: coarea.Tree, bounds: tuple[float, float]) -> list[int]:
    area = attributes.area(tree)
    return [
        node
        for node in range(1, len(tree))
        if len(tree.children(node)) == 1
        and len(tree.children(tree.parent[node])) > 1
        and bounds[0] <= area[node] <= bounds[1]
    ]


def test_morse_regions_are_their_definition(build, rng):
    found = 0
    for _ in range(60):
        image = rng.integers(0, 12, rng.integers(3, 9, 2)).astype(np.uint8)
        tree = build(image)
        low, high = sorted(rng.integers(1, image.size + 1, 2).tolist())
        nodes = coarea.tbmr(tree, min_area=low, max_area=high)
        assert nodes.dtype == np.int32
        assert nodes.tolist() == morse_by_definition(tree, (low, high))
        found += len(nodes)
    assert found > 20


def test_morse_regions_do_not_depend_on_contrast():
    image = data.coins()[:120, :120]
    lookup = np.cumsum(np.arange(1, 257) % 7 + 1).astype(np.uint16)
    assert coarea.tbmr(coarea.max_tree(image)).tolist() == coarea.tbmr(coarea.max_tree(lookup[image])).tolist() != []


TREE = coarea.max_tree(np.arange(12).reshape(3, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coarea.mser(np.zeros((9, 9))), "tree must be a max-tree or a min-tree, got ndarray: coarea.max_tree"),
        (lambda: coarea.mser(coarea.tree_of_shapes(np.zeros((9, 9)))),
         r"tree must be a max-tree or a min-tree, got a tree of shapes: coarea.max_tree\(image\) for bright regions"),
        (lambda: coarea.mser(TREE, -1), "delta must be a finite number >= 0, got -1"),
        (lambda: coarea.mser(TREE, min_area=9, max_area=3), "max_area must be at least min_area = 9, got 3"),
        (lambda: coarea.mser(TREE, max_variation=None), "max_variation must be a finite number >= 0, got None"),
        (lambda: coarea.mser(TREE, 5, 60), "give options by name"),
        (lambda: coarea.tbmr(TREE, min_area=-1), "min_area must be a finite number >= 0"),
        (lambda: coarea.tbmr(np.zeros((9, 9))), "tree must be a Tree, got ndarray"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_a_delta_beyond_the_grey_values_is_warned_of():
    tree = coarea.max_tree(data.coins() / 255)
    with pytest.warns(UserWarning, match="no step of 5 fits into grey values 0.98") as warned:
        coarea.mser(tree)
    assert warned[0].filename == __file__
    assert len(coarea.mser(tree, 5 / 255)) > 10

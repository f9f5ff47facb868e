"""Connected filters against scikit-image, against their definitions, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data, morphology

import coarea
import oracles
from coarea import attributes

OPENINGS = ["area_opening", "area_closing", "diameter_opening", "diameter_closing"]
RULES = ["direct", "min", "max", "subtractive"]


def images(rng: np.random.Generator) -> list[np.ndarray]:
    return [
        data.coins()[:120, :150],
        rng.integers(-9, 9, (20, 30)).astype(np.int16),
        rng.integers(0, 5, (6, 7, 8)).astype(np.uint8),
        rng.integers(0, 4, (5, 3, 4, 5)).astype(np.uint16),
        rng.integers(0, 5, (15, 16)) / np.float32(4),
    ]


@pytest.mark.parametrize("name", OPENINGS)
@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize("threshold", [1, 2, 3, 5, 20, 64])
def test_openings_are_those_of_scikit_image(name, connectivity, threshold, rng):
    for image in images(rng):
        if threshold > (image.size if name.startswith("area") else max(image.shape)):
            continue  # the whole image is too small: there scikit-image gives a constant that is not in the image
        filtered = getattr(coarea, name)(image, threshold, connectivity)
        expected = getattr(morphology, name)(image, threshold, connectivity=connectivity)
        assert filtered.dtype == image.dtype
        np.testing.assert_array_equal(filtered, expected)


@pytest.mark.parametrize("name", OPENINGS)
def test_openings_take_a_tree_and_are_idempotent_and_monotone(name, rng):
    closing = name.endswith("closing")
    build = coarea.min_tree if closing else coarea.max_tree
    for image in images(rng):
        filtered = getattr(coarea, name)(image, 4, 2)
        np.testing.assert_array_equal(getattr(coarea, name)(build(image, connectivity=2), 4), filtered)
        np.testing.assert_array_equal(getattr(coarea, name)(filtered, 4, 2), filtered)
        assert (filtered >= image).all() if closing else (filtered <= image).all()


@pytest.mark.parametrize("connectivity", ["8-4", "4-8", "self-dual"])
@pytest.mark.parametrize("border", ["half-area", "median", (3, 4)])
def test_grain_filter_keeps_the_large_shapes(connectivity, border):
    image = data.coins()[:100, :100]
    tree = coarea.tree_of_shapes(image, connectivity=connectivity, border=border)
    filtered = coarea.grain_filter(image, 30, connectivity=connectivity, border=border)
    np.testing.assert_array_equal(filtered, tree.simplify(attributes.area(tree) >= 30).reconstruct())
    np.testing.assert_array_equal(filtered, coarea.grain_filter(tree, 30))
    assert np.isin(filtered, image).all()


def test_grain_filter_of_a_self_dual_tree_commutes_with_the_negative(photograph):
    image = photograph[:200, :200]
    negative = coarea.grain_filter(255 - image, 40, connectivity="self-dual")
    np.testing.assert_array_equal(255 - negative, coarea.grain_filter(image, 40, connectivity="self-dual"))


def filtered_by_definition(tree, keep: np.ndarray, rule: str) -> np.ndarray:
    """Walk from every pixel to the root."""
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    keep = keep.copy()
    keep[0] = True
    if rule == "max":
        keep = np.array(
            [any(keep[d] for d in range(len(tree)) if (masks[i] | ~masks[d]).all()) for i in range(len(tree))]
        )
    filtered = np.empty_like(tree.reconstruct())
    for pixel, node in np.ndenumerate(tree.node_of_pixel):
        path = tree.path_to_root(node)[::-1]
        if rule == "min":
            stays = np.minimum.accumulate(keep[path])
            filtered[pixel] = tree.value[path[stays][-1]]
        elif rule == "subtractive":
            value = tree.value[path].astype(np.int64)
            filtered[pixel] = value[0] + (np.diff(value) * keep[path[1:]]).sum()
        else:
            filtered[pixel] = tree.value[path[keep[path]][-1]]
    return filtered


@pytest.mark.parametrize("rule", RULES)
def test_rules_are_their_definitions(build, rule, rng):
    for _ in range(10):
        tree = build(rng.integers(0, 7, (6, 7)).astype(np.uint8))
        keep = rng.random(len(tree)) < 0.6
        if rule == "subtractive" and tree.kind == "tree of shapes":
            with pytest.raises(ValueError, match="subtractive"):
                coarea.attribute_filter(tree, keep, rule=rule)
            continue
        filtered = coarea.attribute_filter(tree, keep, rule=rule)
        assert filtered.dtype == np.uint8
        np.testing.assert_array_equal(filtered, filtered_by_definition(tree, keep, rule))


@pytest.mark.parametrize("rule", ["min", "max", "direct"])
def test_rules_agree_on_an_increasing_attribute(build, rule):
    tree = build(data.coins()[:90, :90])
    keep = attributes.area(tree) >= 12
    np.testing.assert_array_equal(coarea.attribute_filter(tree, keep, rule=rule), coarea.attribute_filter(tree, keep))


@pytest.mark.parametrize("dtype", ["i1", "i8", "u8", "f4"])
def test_subtractive_steps_do_not_wrap(dtype):
    top = np.finfo(dtype).max / 4 if dtype[0] == "f" else np.iinfo(dtype).max
    bottom = -top if dtype[0] == "f" else np.iinfo(dtype).min
    tree = coarea.max_tree(np.array([[bottom, top, bottom]], dtype))
    for keep, expected in ([True, True], [bottom, top, bottom]), ([True, False], [bottom] * 3):
        filtered = coarea.attribute_filter(tree, keep, rule="subtractive")
        np.testing.assert_array_equal(filtered, np.array([expected], dtype))


@pytest.mark.parametrize("h", [1, 50, 500, 2000])
def test_dynamics_give_the_h_maxima_of_scikit_image(h, rng):
    """Without equal peaks: of these scikit-image keeps all, and a tree the first one."""
    smooth = ndimage.gaussian_filter(rng.random((60, 80)), 1.5)
    image = np.argsort(np.argsort(smooth.ravel())).reshape(smooth.shape)
    tree = coarea.max_tree(image, connectivity=2)
    is_leaf = np.ones(len(tree), bool)
    is_leaf[tree.parent[1:]] = False
    maxima = (is_leaf & (attributes.dynamics(tree) >= h))[tree.node_of_pixel]
    np.testing.assert_array_equal(maxima, morphology.h_maxima(image, h, np.ones((3, 3), np.uint8)).astype(bool))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (coarea.area_closing, "image must be an array or a min-tree, got a max-tree"),
        (coarea.grain_filter, "image must be an array or a tree of shapes"),
        (lambda tree: coarea.area_opening(tree, 3, 2), "connectivity must be that of the tree"),
        (
            lambda tree: coarea.attribute_filter(tree, np.ones(len(tree), bool), rule="sub"),
            "rule must be one of 'direct'",
        ),
        (lambda tree: coarea.attribute_filter(tree, np.ones(3, bool)), "keep must have shape"),
    ],
)
def test_wrong_trees_and_options_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(coarea.max_tree(np.arange(12).reshape(3, 4)))


def test_subtractive_refuses_infinite_values():
    tree = coarea.max_tree(np.array([[0, np.inf]]))
    with pytest.raises(ValueError, match="finite"):
        coarea.attribute_filter(tree, [True, True], rule="subtractive")

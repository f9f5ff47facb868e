"""Attributes of nodes against their definitions, and the coarea formula."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data, measure

import coarea
import oracles
from coarea import attributes
from coarea.trees import _passes

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
    areas, lengths = [int(mask.sum()) for mask in masks], [oracles.perimeter(mask) for mask in masks]
    holds = [[bool((masks[i] | ~masks[d]).all()) for d in nodes] for i in nodes]  # [i][d]: d is a subset of i
    return {
        "area": [int(mask.sum()) for mask in masks],
        "own_area": [int((tree.node_of_pixel == node).sum()) for node in nodes],
        "perimeter": [oracles.perimeter(mask) for mask in masks],
        "depth": [sum(holds[i][node] for i in nodes) - 1 for node in nodes],
        "volume": [sum(areas[d] * abs(value[d] - value[tree.parent[d]]) for d in nodes if holds[i][d]) for i in nodes],
        "total_variation": [
            sum(lengths[d] * abs(value[d] - value[tree.parent[d]]) for d in nodes if holds[i][d]) for i in nodes
        ],
        "bounding_box": [
            [*np.argwhere(mask).min(axis=0).tolist(), *(np.argwhere(mask).max(axis=0) + 1).tolist()] for mask in masks
        ],
        "height": [max(abs(value[d] - value[tree.parent[i]]) for d in nodes if holds[i][d]) for i in nodes],
    }


def assert_attributes(tree) -> None:
    for name, expected in attributes_by_definition(tree).items():
        computed = getattr(attributes, name)(tree)
        assert len(computed) == len(tree)
        assert computed.tolist() == expected, f"{name} of {tree.reconstruct().tolist()}"


def moments_by_definition(tree) -> dict[str, np.ndarray]:
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    image = tree.reconstruct().astype(float)
    places = [np.argwhere(mask) for mask in masks]
    p, q = oracles.neighbor_pairs(image.shape)
    step = image.ravel()[p] - image.ravel()[q]
    sums = [np.abs((step * (mask.ravel()[p] * 1.0 - mask.ravel()[q])).sum()) for mask in masks]
    crossed = [max(oracles.perimeter(mask), 1) for mask in masks]
    return {
        "centroid": np.array([place.mean(axis=0) for place in places]),
        "second_moments": np.array([np.atleast_2d(np.cov(place.T, bias=True)) for place in places]),
        "mean": np.array([image[mask].mean() for mask in masks]),
        "variance": np.array([image[mask].var() for mask in masks]),
        "mean_contrast": np.array(sums) / crossed,
    }


def test_means_and_moments_are_their_definitions(build, rng):
    for shape in [(6, 7), (9, 4), (1, 5)]:
        tree = build(rng.integers(0, 7, shape).astype(np.uint8))
        for kept in (tree, tree.simplify(rng.random(len(tree)) < 0.5)):
            for name, expected in moments_by_definition(kept).items():
                np.testing.assert_allclose(getattr(attributes, name)(kept), expected, atol=1e-9, err_msg=name)


def test_moments_of_a_volume(rng):
    tree = coarea.max_tree(rng.integers(0, 5, (3, 4, 5)))
    for name, expected in moments_by_definition(tree).items():
        np.testing.assert_allclose(getattr(attributes, name)(tree), expected, atol=1e-9, err_msg=name)


def test_forms_are_those_of_regionprops(build):
    tree = build(data.coins()[100:160, 100:160])
    forms = {
        name: getattr(attributes, name)(tree) for name in ("eccentricity", "orientation", "centroid", "bounding_box")
    }
    second = attributes.second_moments(tree)
    for node in range(0, len(tree), 7):
        (region,) = measure.regionprops(tree.mask(node).astype(np.uint8))
        assert forms["eccentricity"][node] == pytest.approx(region.eccentricity, abs=1e-6)
        assert forms["centroid"][node] == pytest.approx(region.centroid)
        assert tuple(forms["bounding_box"][node]) == region.bbox
        is_round = np.hypot(second[node, 0, 0] - second[node, 1, 1], 2 * second[node, 0, 1]) < 1e-9
        turn = forms["orientation"][node] - region.orientation
        assert is_round or np.sin(turn) == pytest.approx(0, abs=1e-6)


def test_form_by_hand():
    row = coarea.max_tree(np.array([[0, 0, 0, 0, 0], [0, 9, 9, 9, 0], [0, 0, 0, 0, 0]]))
    assert attributes.elongation(row)[1] == pytest.approx(3)
    assert attributes.eccentricity(row)[1] == 1
    assert attributes.orientation(row)[1] == pytest.approx(np.pi / 2)
    assert attributes.inertia(row)[1] == pytest.approx(2 / 9)
    assert attributes.compactness(row) == pytest.approx([0, 4 * np.pi * 3 / 64])


def test_a_large_disc_has_the_inertia_and_elongation_of_a_disc():
    rows, columns = np.mgrid[-60:61, -60:61]
    disc = coarea.max_tree((np.hypot(rows, columns) <= 50).astype(np.uint8))
    assert attributes.inertia(disc)[1] == pytest.approx(1 / (2 * np.pi), rel=1e-3)
    assert attributes.elongation(disc)[1] == pytest.approx(1)


def extinction_by_definition(tree, attribute: np.ndarray) -> list[float]:
    """Climb while no other child of the parent has a larger attribute; of equal ones the first goes on."""
    persistence = []
    for node in range(len(tree)):
        while node:
            siblings = tree.children(tree.parent[node])
            if siblings[np.argmax(attribute[siblings])] != node:
                break
            node = tree.parent[node]
        persistence.append(attribute[node])
    return persistence


@pytest.mark.parametrize("name", ["area", "height", "volume"])
def test_extinction_is_its_definition(build, name, rng):
    for _ in range(10):
        tree = build(rng.integers(0, 9, (7, 8)).astype(np.uint8))
        attribute = getattr(attributes, name)(tree)
        assert attributes.extinction(tree, attribute).tolist() == extinction_by_definition(tree, attribute)


def test_two_dimensional_forms_refuse_volumes():
    tree = coarea.max_tree(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="2-D image, got 3-D"):
        attributes.orientation(tree)


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


@pytest.mark.parametrize(("dtype", "least"), [("u8", 2**63), ("i8", -(2**62)), ("u8", 0), ("i1", -128)])
def test_sums_of_steps_of_integers_do_not_depend_on_where_they_lie(dtype, least):
    """Doubles do not tell 2^63 + 1 from 2^63."""
    for build in (coarea.max_tree, coarea.min_tree, coarea.tree_of_shapes):
        near, far = (build(np.array([[0, 1, 3, 1]], dtype) + np.array(offset, dtype)) for offset in (0, least))
        assert attributes.volume(far).tolist() == attributes.volume(near).tolist()
        assert attributes.total_variation(far)[0] == 5


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


def test_height_of_infinite_values():
    assert attributes.height(coarea.max_tree([[np.inf, -np.inf, 0]])).tolist() == [np.inf, np.inf, np.inf]
    assert attributes.height(coarea.max_tree([[np.inf, np.inf]])).tolist() == [0]
    assert attributes.height(coarea.max_tree([[1, np.inf, 1]])).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize(("largest", "dtype"), [(48, np.int32), (47, np.int64)])
def test_crossings_that_32_bits_might_not_hold_are_counted_in_64(largest, dtype, monkeypatch):
    """A pixel has up to four steps to its neighbours: 12 pixels have at most 48."""
    tree = coarea.max_tree(np.arange(12).reshape(3, 4) * 5 % 7)
    expected = attributes.perimeter(tree)
    add_small, seen = _passes.add_small, []
    monkeypatch.setattr(
        _passes, "add_small", lambda nodes, steps, out: seen.append(out.dtype) or add_small(nodes, steps, out)
    )
    monkeypatch.setattr("coarea.attributes._size.INDEX_MAX", largest)
    np.testing.assert_array_equal(attributes.perimeter(tree), expected)
    assert seen == [dtype]

"""The exact filters on trees that are there already: as on the image, and nothing that contradicts the tree."""

from __future__ import annotations

import numpy as np
import pytest

import coarea

CASES = [  # how the tree is built, and the options that build it inside the filter
    (coarea.tree_of_shapes, {}, "shapes"),
    (coarea.tree_of_shapes, {"connectivity": "4-8"}, "shapes"),
    (coarea.tree_of_shapes, {"connectivity": "self-dual", "border": "median"}, "shapes"),
    (coarea.tree_of_shapes, {"border": 300}, "shapes"),  # a root that owns no pixel
    (coarea.tree_of_shapes, {"border": (3, 4)}, "shapes"),
    (coarea.max_tree, {"connectivity": 2}, "max_tree"),
    (coarea.min_tree, {}, "min_tree"),
]
FILTERS = [coarea.denoise_tv_l1, coarea.denoise_tv_l2]


def images(rng):
    yield rng.integers(0, 7, (9, 11)).astype(np.uint8)
    yield rng.normal(size=(8, 9)).astype(np.float32)
    yield rng.integers(0, 5, (7, 8)) * 1000.5


@pytest.mark.parametrize("denoise", FILTERS)
@pytest.mark.parametrize(("build", "conventions", "domain"), CASES)
def test_the_result_is_that_of_the_image(denoise, build, conventions, domain, rng):
    for image in images(rng):
        tree = build(image, **conventions)
        random = rng.random(image.shape)
        for options in (
            {},
            {"tie": "upper", "workers": 2},
            {"weights": random.round(2), "mask": random < 0.2},
            {"fixed": random < 0.1, "edge_weights": rng.integers(0, 3, (2, *image.shape))},
        ):
            expected, proof = denoise(image, 1.3, domain=domain, return_info=True, **conventions, **options)
            found, info = denoise(tree, 1.3, return_info=True, **options)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)
            assert info.energy == info.dual_bound == proof.energy
            np.testing.assert_array_equal(denoise(tree, 1.3, domain=domain, **conventions, **options), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_the_resolution_is_that_of_the_image_though_the_ring_lies_far_off(dtype, rng):
    image = rng.integers(0, 7, (9, 11)).astype(dtype)
    tree = coarea.tree_of_shapes(image, border=250)
    np.testing.assert_array_equal(
        coarea.denoise_tv_l2(tree, 0.7), coarea.denoise_tv_l2(image, 0.7, domain="shapes", border=250)
    )


@pytest.mark.parametrize("denoise", FILTERS)
def test_a_simplified_tree_is_filtered_on_its_own_nodes(denoise, rng):
    image = rng.integers(0, 9, (12, 13)).astype(np.uint8)
    tree = coarea.tree_of_shapes(image)
    kept = tree.simplify(coarea.attributes.area(tree) >= 5)
    assert len(kept) < len(tree)
    assert denoise(kept, 0).tolist() == kept.reconstruct().tolist()
    filtered, info = denoise(kept, 0.4, return_info=True)
    assert info.energy == info.dual_bound
    assert all(np.ptp(filtered[kept.node_of_pixel == node]) == 0 for node in range(len(kept)))
    own_area, length = coarea.attributes.own_area(kept), coarea.attributes.perimeter(kept)
    values = np.zeros(len(kept))
    values[kept.node_of_pixel] = filtered
    difference = np.abs(values - kept.value)
    cost = difference if denoise is coarea.denoise_tv_l1 else difference**2 / 2
    energy = (own_area * cost).sum() + 0.4 * (length * np.abs(values - values[kept.parent])).sum()
    assert info.energy == pytest.approx(energy, rel=1e-12)


TREE = coarea.tree_of_shapes(np.eye(5))
MAX_TREE = coarea.max_tree(np.eye(5))


@pytest.mark.parametrize("denoise", FILTERS)
@pytest.mark.parametrize(
    ("tree", "options", "message"),
    [
        (TREE, {"domain": "max_tree"}, "domain must be that of the tree, 'shapes', or None, got 'max_tree'$"),
        (TREE, {"domain": "pixels"}, r"or None, got 'pixels': give the image itself, tree.reconstruct\(\)"),
        (MAX_TREE, {"domain": "pixels"}, r"'max_tree', or None, got 'pixels': give the image itself"),
        (MAX_TREE, {"domain": "shapes"}, "domain must be that of the tree, 'max_tree', or None, got 'shapes'"),
        (MAX_TREE, {"domain": "trees"}, "domain must be one of"),
        (TREE, {"connectivity": "4-8"}, "connectivity must be that of the tree, '8-4', or None, got '4-8'"),
        (TREE, {"border": "median"}, "border must be that of the tree, 'half-area', or None, got 'median'"),
        (TREE, {"border": (0, 0)}, "border must be that of the tree"),
        (MAX_TREE, {"connectivity": 2}, "connectivity must be that of the tree, 1, or None, got 2"),
        (MAX_TREE, {"border": "median"}, "border does not apply to domain='max_tree'"),
        (TREE, {"neighbors": 4}, "neighbors does not apply"),
        (TREE, {"solver": "native"}, "solver does not apply"),
        (TREE, {"channel_axis": 0}, "channel_axis does not apply to a tree, got 0"),
        (TREE, {"weights": np.ones(len(TREE))}, r"weights must have shape \(5, 5\)"),
        (coarea.max_tree([[0, np.inf]]), {}, "infinite"),
    ],
)
def test_what_contradicts_the_tree_is_refused(denoise, tree, options, message):
    with pytest.raises(ValueError, match=message):
        denoise(tree, 1, **options)


def test_conventions_may_be_said_again_in_other_types():
    image = np.arange(12).reshape(3, 4) % 5
    tree = coarea.tree_of_shapes(image, border=(1, 2))
    for border in ((1, 2), [1, 2], np.array([1, 2])):
        coarea.denoise_tv_l1(tree, 1, connectivity="8-4", border=border)
        coarea.grain_filter(tree, 2, border=border)
    coarea.denoise_tv_l1(coarea.tree_of_shapes(image, border=2), 1, border=np.float32(2))


@pytest.mark.parametrize(
    ("shape", "build", "domain"),
    [
        ((30,), coarea.max_tree, "max_tree"),
        ((3, 4, 5), coarea.tree_of_shapes, "shapes"),
        ((2, 3, 2, 3), coarea.min_tree, "min_tree"),
    ],
)
def test_in_any_number_of_dimensions(shape, build, domain, rng):
    image = rng.integers(0, 6, shape).astype(np.int16)
    np.testing.assert_array_equal(
        coarea.denoise_tv_l1(build(image), 1), coarea.denoise_tv_l1(image, 1, domain=domain, channel_axis=None)
    )

"""Laws of the trees, and their sets of shapes against brute force by definition."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import data, morphology

import coarea
import oracles

INTEGERS = [np.dtype(f"{kind}{size}") for kind in "ui" for size in (1, 2, 4, 8)]
DTYPES = [np.dtype(bool), *INTEGERS, *(np.dtype(f"f{size}") for size in (2, 4, 8))]
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)


COMPONENT_SHAPES = [(1,), (9,), (1, 6), (5, 5), (3, 1, 4), (3, 4, 3)]


@pytest.mark.parametrize(("build", "side"), [(coarea.max_tree, 1), (coarea.min_tree, -1)], ids=["max", "min"])
@pytest.mark.parametrize(("shape", "connectivity"), [(s, c) for s in COMPONENT_SHAPES for c in range(1, len(s) + 1)])
def test_component_trees_are_brute_force(build, side, shape, connectivity, rng):
    for _ in range(25):
        image = rng.integers(-4, rng.integers(-3, 4), shape).astype(np.int16)
        tree = build(image, connectivity=connectivity)
        assert oracles.nodes_of(tree) == oracles.component_tree(image, connectivity, side), image.tolist()


@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize("threshold", [1, 2, 10, 64, 500])
def test_area_filters_are_those_of_scikit_image(connectivity, threshold):
    image = data.coins()[:150, :200]
    opening = coarea.max_tree(image, connectivity=connectivity)
    closing = coarea.min_tree(image, connectivity=connectivity)
    np.testing.assert_array_equal(
        coarea.attribute_filter(opening, coarea.attributes.area(opening) >= threshold),
        morphology.area_opening(image, threshold, connectivity=connectivity),
    )
    np.testing.assert_array_equal(
        coarea.attribute_filter(closing, coarea.attributes.area(closing) >= threshold),
        morphology.area_closing(image, threshold, connectivity=connectivity),
    )


# Laws of every tree --------------------------------------------------------------------------------------------


def image_of_dtype(dtype: np.dtype, rng: np.random.Generator, shape: tuple[int, int] = (7, 9)) -> np.ndarray:
    """Few levels, the extreme values of the dtype among them."""
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    values = np.array([limits.min, limits.max, 0, 1, 2, 3], dtype=dtype)
    values[3:] = [0.25, -0.0, 1.5] if dtype.kind == "f" else [1, 2, limits.max - 1]
    return rng.choice(values, shape)


@each_dtype
def test_reconstruct_gives_the_image_back(build, dtype, rng):
    for _ in range(5):
        image = image_of_dtype(dtype, rng)
        tree = build(image)
        assert tree.value.dtype == dtype
        reconstructed = tree.reconstruct()
        assert reconstructed.dtype == dtype
        np.testing.assert_array_equal(reconstructed, image)


@settings(deadline=None, max_examples=60)
@given(image=hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(0, 5)))
def test_nodes_are_ordered_and_signed(build, image):
    tree = build(image)
    n_nodes = len(tree)
    assert tree.parent.shape == tree.value.shape == tree.polarity.shape == (n_nodes,)
    assert (tree.parent.dtype, tree.node_of_pixel.dtype, tree.polarity.dtype) == (np.int32, np.int32, np.int8)
    assert tree.node_of_pixel.shape == image.shape
    assert tree.parent[0] == 0
    assert (tree.parent[1:] < np.arange(1, n_nodes)).all()
    assert np.isin(np.arange(1, n_nodes), tree.node_of_pixel).all()  # only the root may own no pixel
    np.testing.assert_array_equal(tree.reconstruct(), image)


def test_polarity_is_the_sign_of_the_step_from_the_parent(build, photograph):
    tree = build(photograph)
    value = tree.value.astype(int)
    np.testing.assert_array_equal(tree.polarity, np.sign(value - value[tree.parent]))


def test_layout_of_the_memory_does_not_matter(build, rng):
    image = rng.integers(0, 5, (8, 11)).astype(np.int32)
    expected = oracles.nodes_of(build(image))
    read_only = image.copy()
    read_only.flags.writeable = False
    wide = np.repeat(np.repeat(image, 2, axis=0), 3, axis=1)
    variants = [
        read_only,
        np.asfortranarray(image),
        wide[::2, ::3],
        image[::-1][::-1],
        image.astype(">i4"),
        image.tolist(),
    ]
    for variant in variants:
        tree = build(variant)
        assert oracles.nodes_of(tree) == expected
        assert tree.node_of_pixel.flags.c_contiguous
        np.testing.assert_array_equal(tree.reconstruct(), image)


def test_byte_order_of_the_image_is_no_part_of_the_dtype(build, rng):
    for code in (">u2", ">i8", ">f4", ">f8"):
        image = rng.integers(0, 4, (5, 6)).astype(code)
        reconstructed = build(image).reconstruct()
        assert reconstructed.dtype.newbyteorder("=") == image.dtype.newbyteorder("=")
        np.testing.assert_array_equal(reconstructed, image)


def test_both_zeros_are_one_grey_value(build):
    image = np.array([[0.0, -0.0], [-0.0, 0.0]])
    assert len(build(image)) == 1


def test_one_pixel_is_a_root(build):
    tree = build(np.array([[3]], dtype=np.uint8))
    assert (len(tree), tree.value.tolist(), tree.polarity.tolist(), tree.pixels(0).tolist()) == (1, [3], [0], [0])


def test_arrays_of_a_tree_are_read_only_and_the_image_is_untouched(build, rng):
    image = rng.integers(0, 5, (6, 6)).astype(np.uint8)
    before = image.copy()
    tree = build(image)
    for name in ("parent", "value", "node_of_pixel", "polarity"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(tree, name)[...] = 0
    tree.reconstruct()[...] = 9
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(tree.reconstruct(), before)


def test_pixels_of_a_node_are_those_of_its_subtree(build, rng):
    tree = build(rng.integers(0, 6, (9, 10)))
    for node, mask in enumerate(oracles.node_masks(tree.parent, tree.node_of_pixel)):
        np.testing.assert_array_equal(np.sort(tree.pixels(node)), np.flatnonzero(mask))


def test_reconstruct_takes_values_of_nodes(build, rng):
    tree = build(rng.integers(0, 6, (9, 10)))
    value = rng.random(len(tree), dtype=np.float32)
    filtered = tree.reconstruct(value)
    assert filtered.dtype == np.float32
    np.testing.assert_array_equal(filtered, value[tree.node_of_pixel])


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", ">i2", "f2", ">f4", "u8", ">f8", "g", "c8", "O", "M8[s]", "U3"])
def test_reconstruct_takes_values_of_any_dtype(build, dtype, rng):
    tree = build(rng.integers(0, 6, (9, 10)))
    value = rng.integers(0, 100, len(tree)).astype(dtype)
    value.flags.writeable = False
    for values in (value, np.stack([value, value[::-1]], axis=1), np.repeat(value, 2)[::2]):
        filtered = tree.reconstruct(values)
        assert filtered.dtype == values.dtype
        assert filtered.flags.c_contiguous
        assert filtered.flags.writeable
        np.testing.assert_array_equal(filtered, values[tree.node_of_pixel])


def simplified_by_definition(tree, keep: np.ndarray) -> dict[bytes, oracles.Node]:
    keep = keep.copy()
    keep[0] = True
    kept = {key: node for keep_it, (key, node) in zip(keep, oracles.nodes_of(tree).items(), strict=True) if keep_it}
    return oracles.with_parents({key: (node.value, node.polarity) for key, node in kept.items()})


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.8, 1.0])
def test_simplify_is_brute_force(build, fraction, rng):
    for _ in range(10):
        tree = build(rng.integers(0, 6, (6, 7)))
        keep = rng.random(len(tree)) < fraction
        before = keep.copy()
        simplified = tree.simplify(keep)
        np.testing.assert_array_equal(keep, before)
        assert (simplified.parent[1:] < np.arange(1, len(simplified))).all()
        assert oracles.nodes_of(simplified) == simplified_by_definition(tree, keep)
        np.testing.assert_array_equal(coarea.attribute_filter(tree, keep), simplified.reconstruct())


# Duality and threads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connectivity", [1, 2])
def test_min_tree_is_the_dual_of_the_max_tree(connectivity, photograph):
    image = photograph[:200, :200]
    dual = coarea.max_tree(255 - image, connectivity=connectivity)
    exchanged = {(n, 255 - value, -polarity, parent) for n, value, polarity, parent in oracles.fingerprints(dual)}
    assert exchanged == oracles.fingerprints(coarea.min_tree(image, connectivity=connectivity))


def test_threads_give_the_serial_trees(build):
    images = [np.roll(data.camera(), (37 * k, 11 * k), axis=(0, 1))[:256, :256] for k in range(8)]
    serial = [build(image) for image in images]
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(build, images))
    for one, other in zip(serial, threaded, strict=True):
        for name in ("parent", "value", "node_of_pixel", "polarity"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# Errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.full((3, 3), np.nan), ValueError, "image.*NaN"),
        (np.zeros((0, 4)), ValueError, "image.*(empty|pixel)"),
        (np.zeros((3, 3), dtype=complex), TypeError, "image.*complex"),
        (np.array([["a", "b"]]), TypeError, "image"),
        (np.array([[None, 1]]), TypeError, "image.*object"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_images_without_an_order_are_refused(build, image, error, message):
    with pytest.raises(error, match=message):
        build(image)


@pytest.mark.parametrize("build", [coarea.max_tree, coarea.min_tree])
@pytest.mark.parametrize("connectivity", [0, 3, -1])
def test_connectivity_beyond_the_dimension_is_refused(build, connectivity):
    with pytest.raises(ValueError, match="connectivity"):
        build(np.zeros((4, 5)), connectivity=connectivity)


def test_arrays_of_another_length_are_refused(build):
    tree = build(np.arange(12).reshape(3, 4))
    with pytest.raises(ValueError, match="keep"):
        tree.simplify(np.ones(len(tree) + 1, dtype=bool))
    with pytest.raises(ValueError, match="value"):
        tree.reconstruct(np.zeros(len(tree) - 1))
    for node in (len(tree), -len(tree) - 1):
        with pytest.raises((IndexError, ValueError), match="node"):
            tree.pixels(node)


def test_repr_tells_the_number_of_nodes(build):
    tree = build(np.arange(12).reshape(3, 4))
    assert str(len(tree)) in repr(tree)


def test_booleans_may_be_any_byte(build):
    image = np.array([[0, 255, 1], [255, 0, 0], [0, 2, 0]], np.uint8)  # decoders of 1-bit files leave such bytes
    tree, expected = build(image.view(bool)), build(image != 0)
    assert np.array_equal(tree.parent, expected.parent)
    assert np.array_equal(tree.reconstruct(), image != 0)


def test_keep_must_be_boolean(build):
    tree = build(np.array([[0, 5, 0, 7]]))
    with pytest.raises(TypeError, match="keep must be boolean"):
        tree.simplify(np.arange(len(tree)))


# Trees as objects -----------------------------------------------------------------------------------------------


def test_a_tree_survives_pickling_and_copying(build, rng):
    tree = build(rng.integers(0, 6, (9, 10)).astype(np.uint8))
    tree.pixels(0)
    for twin in (pickle.loads(pickle.dumps(tree)), copy.deepcopy(tree)):
        assert twin == tree
        assert twin is not tree
        assert repr(twin) == repr(tree)
        assert not twin.parent.flags.writeable


def test_trees_are_equal_if_nodes_and_conventions_are():
    image = np.array([[0, 5, 0, 7]], np.uint8)
    tree = coarea.max_tree(image)
    assert tree == coarea.max_tree(image.copy())
    assert tree != coarea.max_tree(image, connectivity=2)
    assert tree != coarea.min_tree(image)
    assert tree != coarea.max_tree(image.astype(np.uint16))
    assert tree != coarea.max_tree(image.reshape(2, 2))
    assert tree != "a tree"
    with pytest.raises(TypeError, match="unhashable"):
        hash(tree)


def test_masks_children_and_paths_are_their_definitions(build, rng):
    tree = build(rng.integers(0, 6, (9, 10)))
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    for node in range(len(tree)):
        np.testing.assert_array_equal(tree.mask(node), masks[node])
        assert tree.children(node).tolist() == [c for c in range(1, len(tree)) if tree.parent[c] == node]
        path = tree.path_to_root(node)
        assert (path[0], path[-1]) == (node, 0)
        np.testing.assert_array_equal(tree.parent[path[:-1]], path[1:])


@each_dtype
@pytest.mark.parametrize("how", ["sum", "min", "max"])
def test_accumulate_is_numpy_on_the_pixels(dtype, how, rng):
    tree = coarea.tree_of_shapes(rng.integers(0, 5, (7, 9)))
    values = image_of_dtype(dtype, rng)
    if dtype.kind == "f" and how == "sum":
        values = np.clip(values, -3, 3)
    accumulated = tree.accumulate(values, how)
    wide = {"b": np.int64, "i": np.int64, "u": np.uint64 if dtype.itemsize == 8 else np.int64, "f": np.float64}[
        dtype.kind
    ]
    assert accumulated.dtype == (wide if how == "sum" else dtype)
    for node in range(len(tree)):
        pixels = values[tree.mask(node)]
        expected = pixels.astype(wide).sum() if how == "sum" else getattr(np, how)(pixels)
        assert accumulated[node] == pytest.approx(expected) if dtype.kind == "f" else accumulated[node] == expected


def test_accumulate_refuses_other_shapes_and_ways():
    tree = coarea.max_tree(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="pixel_values must have the shape"):
        tree.accumulate(np.zeros(12))
    with pytest.raises(ValueError, match="how must be one of 'sum', 'min', 'max'"):
        tree.accumulate(np.zeros((3, 4)), "mean")
    with pytest.raises(TypeError, match="real dtype"):
        tree.accumulate(np.zeros((3, 4), complex))


def test_a_tree_leaves_the_arrays_it_is_made_of_alone(build):
    tree = build(np.array([[0, 5, 0, 7]]))
    value = tree.value.copy()
    made = coarea.Tree(tree.parent, value, tree.node_of_pixel, tree.polarity, tree.kind, tree.connectivity, tree.border)
    assert made == tree
    assert value.flags.writeable
    assert not made.value.flags.writeable

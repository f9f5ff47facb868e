"""The tree of shapes against brute force by definition: connectivities, borders, saddles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import coarea
import oracles
from coarea.base.levels import rank, to_levels
from coarea.trees import _planar, _spatial

CONNECTIVITIES = ("8-4", "4-8", "self-dual")
DUAL = {"8-4": "4-8", "4-8": "8-4", "self-dual": "self-dual"}
each_connectivity = pytest.mark.parametrize("connectivity", CONNECTIVITIES)


def pixel_of_kind(kind: str):
    def pick(rng: np.random.Generator, image: np.ndarray) -> tuple[int, ...]:
        if kind == "corner":
            return tuple(int(rng.choice([0, length - 1])) for length in image.shape)
        if kind == "frame":
            return tuple(map(int, rng.choice(np.argwhere(oracles.frame_mask(image.shape)))))
        return tuple(length // 2 for length in image.shape)

    return pick


def number_inside(rng: np.random.Generator, image: np.ndarray) -> int:
    return int(rng.integers(image.min(), int(image.max()) + 1))


BORDERS = {
    "half-area": lambda rng, image: "half-area",
    "median": lambda rng, image: "median",
    "mean": lambda rng, image: "mean",
    "minimum": lambda rng, image: "minimum",
    "maximum": lambda rng, image: "maximum",
    "number inside": number_inside,
    "half inside": lambda rng, image: number_inside(rng, image) + 0.5,
    "number below": lambda rng, image: int(image.min()) - int(rng.integers(1, 4)),
    "half below": lambda rng, image: int(image.min()) - 0.5,
    "number above": lambda rng, image: int(image.max()) + int(rng.integers(1, 4)),
    "half above": lambda rng, image: int(image.max()) + 0.5,
    "corner": pixel_of_kind("corner"),
    "frame": pixel_of_kind("frame"),
    "inside": pixel_of_kind("inside"),
}


def random_image(rng: np.random.Generator) -> np.ndarray:
    """Up to 6x6, with 2 to 8 levels, often at an end of the range of the dtype."""
    n_levels = rng.integers(2, 9)
    dtype = rng.choice([np.uint8, np.int8, np.uint16, np.int32])
    first = rng.choice([np.iinfo(dtype).min, 0, 7, np.iinfo(dtype).max - 7])
    return (first + rng.integers(0, n_levels, rng.integers(1, 7, 2))).astype(dtype)


def assert_same_tree_of_shapes(image: np.ndarray, connectivity: str, border) -> None:
    tree = coarea.tree_of_shapes(image, connectivity=connectivity, border=border)
    expected = oracles.tree_of_shapes(image, connectivity, border)
    assert oracles.nodes_of(tree) == expected, f"{image.tolist()} {image.dtype} {connectivity} {border}"


@each_connectivity
@pytest.mark.parametrize("border", BORDERS.values(), ids=BORDERS.keys())
def test_tree_of_shapes_is_brute_force(connectivity, border, rng):
    for _ in range(60):
        image = random_image(rng)
        assert_same_tree_of_shapes(image, connectivity, border(rng, image))


@pytest.mark.parametrize("connectivity", ["26-6", "6-26"])
@pytest.mark.parametrize("border", BORDERS.values(), ids=BORDERS.keys())
def test_tree_of_shapes_of_a_volume_is_brute_force(connectivity, border, rng):
    for _ in range(12):
        volume = rng.integers(0, rng.integers(2, 6), rng.integers(1, 5, 3)).astype(np.uint8)
        assert_same_tree_of_shapes(volume, connectivity, border(rng, volume))


@pytest.mark.parametrize("connectivity", ["8-4", "4-8"])
@pytest.mark.parametrize("border", ["half-area", 77, 140.5, -3, 300, (100, 150)])
def test_flood_and_contour_tree_agree(connectivity, border, photograph):
    """Two builders that share no kernel, on whole photographs."""
    flooded = coarea.tree_of_shapes(photograph, connectivity=connectivity, border=border)
    levels, values = to_levels(photograph)
    if border == "half-area" or isinstance(border, tuple):
        outside = border if isinstance(border, tuple) else (0, 0)
    else:
        below, is_level, _ = rank(values, border)
        outside = _planar.Ring(below, is_level)
    nodes, has_ring = _spatial.shapes(
        levels, 256, connectivity=connectivity, outside=outside, half_area=border == "half-area"
    )
    value = values[nodes.level]
    if has_ring:
        value[0] = flooded.value[0]
    contour = replace(
        flooded, parent=nodes.parent, value=value, node_of_pixel=nodes.node_of_pixel, polarity=nodes.polarity
    )
    assert oracles.fingerprints(contour) == oracles.fingerprints(flooded)


@pytest.mark.parametrize("dtype", ["u2", "i2", "u4", "f4", "f8"])
@each_connectivity
def test_wide_dtypes_give_the_tree_of_the_bytes(dtype, connectivity):
    """Levels of 8, 16 and 32 bits go through kernels of their own."""
    image = data.camera()[:128, :128]
    narrow = coarea.tree_of_shapes(image, connectivity=connectivity)
    wide = coarea.tree_of_shapes(image.astype(dtype) * 3, connectivity=connectivity)
    for name in ("parent", "node_of_pixel", "polarity"):
        np.testing.assert_array_equal(getattr(wide, name), getattr(narrow, name))
    np.testing.assert_array_equal(wide.value, narrow.value.astype(dtype) * 3)


@each_connectivity
def test_infinities_are_grey_values(connectivity):
    image = np.array([[0, np.inf, 0], [0, -np.inf, 0], [0, 0, 0]])
    tree = coarea.tree_of_shapes(image, connectivity=connectivity)
    assert sorted(tree.value.tolist()) == [-np.inf, 0, np.inf]
    np.testing.assert_array_equal(tree.reconstruct(), image)


@pytest.mark.parametrize("border", ["half-area", "median", 120.5, (100, 90)])
def test_self_dual_tree_of_the_negative(border, photograph):
    image = photograph[:200, :200]
    mirrored = 255 - border if isinstance(border, float) else border
    dual = coarea.tree_of_shapes(255 - image, connectivity="self-dual", border=mirrored)
    tree = coarea.tree_of_shapes(image, connectivity="self-dual", border=border)
    exchanged = {(n, 255 - value, -polarity, parent) for n, value, polarity, parent in oracles.fingerprints(dual)}
    if isinstance(border, float) or border == "median":  # the ring's value is rounded down in both
        assert {(n, polarity) for n, _, polarity, _ in exchanged} == {
            (n, p) for n, _, p, _ in oracles.fingerprints(tree)
        }
    else:
        assert exchanged == oracles.fingerprints(tree)


@pytest.mark.parametrize("name", ["camera", "gravel", "brick", "coins", "text"])
def test_self_dual_tree_is_that_of_pylena(name):
    pylena = pytest.importorskip("pylena")
    image = getattr(data, name)()
    theirs = pylena.morpho.tos(image, (0, 0))
    ours = coarea.tree_of_shapes(image, connectivity="self-dual", border=(0, 0))
    value = np.asarray(theirs.values).astype(np.uint8)
    parent = np.maximum(theirs.parent, 0).astype(np.int32)
    polarity = np.sign(value.astype(int) - value[parent].astype(int)).astype(np.int8)
    peer = replace(ours, parent=parent, value=value, node_of_pixel=np.asarray(theirs.nodemap).copy(), polarity=polarity)
    assert oracles.fingerprints(peer) == oracles.fingerprints(ours)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_tree_of_shapes_is_brute_force_everywhere(seed):
    rng = np.random.default_rng([1, seed])
    for _ in range(100):
        image = random_image(rng)
        for border in BORDERS.values():
            for connectivity in ("8-4", "4-8"):
                assert_same_tree_of_shapes(image, connectivity, border(rng, image))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_self_dual_tree_is_brute_force_everywhere(seed):
    rng = np.random.default_rng([2, seed])
    for _ in range(100):
        image = random_image(rng)
        for border in BORDERS.values():
            assert_same_tree_of_shapes(image, "self-dual", border(rng, image))


@each_connectivity
@pytest.mark.parametrize("border", ["half-area", "median", 130.5, (11, 7)])
@pytest.mark.parametrize("corner", [(0, 0), (100, 200), (300, 150)])
def test_tree_of_shapes_of_a_photograph_is_brute_force(connectivity, border, corner):
    row, column = corner
    assert_same_tree_of_shapes(data.camera()[row : row + 20, column : column + 20], connectivity, border)


BY_HAND = [  # image, connectivity, border, root value, {flat pixels: (value, polarity)}
    ([[7]], "8-4", "half-area", 7, {}),
    ([[1, 4]], "8-4", "half-area", 1, {(1,): (4, 1)}),  # of two equal halves the one without pixel (0, 0)
    ([[4], [1]], "8-4", "half-area", 4, {(1,): (1, -1)}),
    ([[1, 4]], "8-4", (0, 1), 4, {(0,): (1, -1)}),
    ([[1, 4]], "8-4", 2, 2, {(0,): (1, -1), (1,): (4, 1)}),  # the root owns no pixel
    ([[1, 4]], "8-4", 2.5, 2, {(0,): (1, -1), (1,): (4, 1)}),
    ([[1, 4]], "8-4", 0, 1, {(1,): (4, 1)}),  # an empty root above the whole image is dropped
    ([[1, 4]], "8-4", 9, 4, {(0,): (1, -1)}),
    ([[5, 1, 1]], "8-4", "half-area", 1, {(0,): (5, 1)}),  # the smaller side
    ([[5, 5, 1]], "8-4", "half-area", 5, {(2,): (1, -1)}),
    ([[0, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [0, 0, 0, 0]], "8-4", "half-area", 0, {(5, 10): (9, 1)}),
    ([[0, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [0, 0, 0, 0]], "4-8", "half-area", 0, {(5,): (9, 1), (10,): (9, 1)}),
    ([[2, 2, 2], [2, 1, 2], [2, 2, 2]], "8-4", 0, 2, {(4,): (1, -1)}),
    ([[2, 2, 2], [2, 1, 2], [2, 2, 2]], "8-4", (1, 1), 1, {(0, 1, 2, 3, 5, 6, 7, 8): (2, 1)}),
]


@pytest.mark.parametrize(("image", "connectivity", "border", "root", "shapes"), BY_HAND)
def test_tree_of_shapes_by_hand(image, connectivity, border, root, shapes):
    image = np.array(image, dtype=np.uint8)
    known = {np.ones(image.size, dtype=bool).tobytes(): (root, 0)}
    for pixels, value_and_polarity in shapes.items():
        known[np.isin(np.arange(image.size), pixels).tobytes()] = value_and_polarity
    expected = oracles.with_parents(known)
    assert oracles.tree_of_shapes(image, connectivity, border) == expected
    assert oracles.nodes_of(coarea.tree_of_shapes(image, connectivity=connectivity, border=border)) == expected


def test_a_closed_line_keeps_its_inside_whatever_its_size():
    image = np.pad(np.ones((5, 5), dtype=np.uint8), 1)
    tree = coarea.tree_of_shapes(image)
    assert tree.value.tolist() == [0, 1]
    np.testing.assert_array_equal(tree.node_of_pixel, image)


@each_connectivity
@pytest.mark.parametrize("border", ["half-area", "median", 120.5, (13, 4)])
def test_every_shape_is_connected_and_has_no_hole(connectivity, border):
    image = data.coins()[60:84, 30:54]
    tree = coarea.tree_of_shapes(image, connectivity=connectivity, border=border)
    ringed = border in ("median", 120.5)
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    for mask, polarity in list(zip(masks, tree.polarity, strict=True))[1:]:
        if connectivity == "self-dual":
            pairs = [(oracles.CROSS, oracles.SQUARE)]
            if border == "half-area":  # seen from pixel (0, 0), the shape of a turned line was the outside
                pairs.append((oracles.SQUARE, oracles.CROSS))
        else:
            pairs = [oracles.UPPER_AND_LOWER[connectivity][:: int(polarity)]]
        outside = ~np.pad(mask, 1) if ringed else ~mask
        assert any(ndimage.label(mask, one)[1] == ndimage.label(outside, other)[1] == 1 for one, other in pairs)


@pytest.mark.parametrize("side", ["minimum", "maximum", 99, 140, 99.5])
def test_polarity_below_a_ring_is_the_sign_of_the_step(side):
    """A ring between two levels has its value rounded down, so a child may have the value of its root."""
    tree = coarea.tree_of_shapes(data.coins()[:100, :100], border=side)
    step = tree.value.astype(int) - tree.value[tree.parent].astype(int)
    step[(tree.parent == 0) & (step == 0)] = -1 if side == 99.5 else 0
    np.testing.assert_array_equal(tree.polarity[1:], np.sign(step[1:]))
    assert tree.polarity[0] == 0


RINGS_BETWEEN = [  # the two values of an image, their dtype, a ring strictly between them
    ([0, 4], "u1", 2.7),
    ([-3, 4], "i1", -2.5),
    ([-3, 4], "i1", -0.25),
    ([0, 1], "?", 0.5),
    ([0, 1], "f2", 0.1),
    ([0, 1], "f4", 0.1),
    ([0, 1], "f4", 1 - 1e-12),
    ([0, 1], "f4", 1e-60),
    ([-1, 0], "f4", -1e-60),
    ([0, 1], "f8", 0.1),
    ([2**53, 2**53 + 2], "i8", 2**53 + 1),
    ([2**53, 2**53 + 2], "i8", np.int64(2**53 + 1)),
    ([2**64 - 3, 2**64 - 1], "u8", 2**64 - 2),
    ([0, 2**64 - 1], "u8", 0.5),
]


@pytest.mark.parametrize(("values", "dtype", "ring"), RINGS_BETWEEN)
def test_a_ring_between_two_values_is_a_root_rounded_down(values, dtype, ring):
    tree = coarea.tree_of_shapes(np.array([values], dtype), border=ring)
    assert tree.parent.tolist() == [0, 0, 0]
    assert [int(tree.polarity[node]) for node in tree.node_of_pixel[0]] == [-1, 1]
    root = tree.value[0].item()
    following = np.nextafter(tree.value[0], np.dtype(dtype).type(np.inf)).item() if dtype[0] == "f" else root + 1
    exact = ring.item() if isinstance(ring, np.generic) else ring
    assert root <= exact < following


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "u8", "f2", "f4", "f8"])
@pytest.mark.parametrize("ring", [1e300, 10**30, 1e5, 3.40282347e38])  # the last one rounds to the end of float32
def test_a_ring_beyond_the_range_of_the_dtype_is_dropped(dtype, ring):
    image = np.array([[0, 1]], dtype)
    above, below = (coarea.tree_of_shapes(image, border=border) for border in (ring, -ring))
    assert (above.value.tolist(), above.polarity.tolist()) == ([1, 0], [0, -1])
    assert (below.value.tolist(), below.polarity.tolist()) == ([0, 1], [0, 1])


@each_connectivity
def test_half_area_is_dual(connectivity, photograph):
    image = photograph[:200, :200]
    dual = coarea.tree_of_shapes(255 - image, connectivity=DUAL[connectivity])
    exchanged = {(n, 255 - value, -polarity, parent) for n, value, polarity, parent in oracles.fingerprints(dual)}
    assert exchanged == oracles.fingerprints(coarea.tree_of_shapes(image, connectivity=connectivity))


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4, 5)])
def test_tree_of_shapes_wants_two_or_three_dimensions(shape):
    with pytest.raises(ValueError, match=f"image must be 2-D or 3-D, got {len(shape)}-D"):
        coarea.tree_of_shapes(np.zeros(shape))


@pytest.mark.parametrize(("shape", "connectivity"), [((3, 4), "26-6"), ((3, 4, 5), "8-4"), ((3, 4, 5), "self-dual")])
def test_pairs_of_another_dimension_are_refused(shape, connectivity):
    with pytest.raises(ValueError, match=f"connectivity must be one of .*, got '{connectivity}'"):
        coarea.tree_of_shapes(np.zeros(shape), connectivity=connectivity)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"connectivity": "8"}, "connectivity.*8-4.*4-8"),
        ({"connectivity": 8}, "connectivity"),
        ({"border": "mode"}, "border.*half-area.*median"),
        ({"border": (4, 0)}, "border"),
        ({"border": (0, -9)}, "border"),
        ({"border": (1, 1, 1)}, "border"),
        ({"border": np.nan}, "border"),
        ({"border": np.inf}, "border"),
    ],
)
def test_unknown_options_of_tree_of_shapes_are_refused(option, message):
    with pytest.raises((ValueError, IndexError, TypeError), match=message):
        coarea.tree_of_shapes(np.zeros((4, 5)), **option)

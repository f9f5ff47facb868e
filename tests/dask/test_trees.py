"""Attribute filters in chunks: what they give in memory, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import coarea
from coarea import attributes

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

import coarea.dask as chunked  # noqa: E402
from coarea.dask.parts import pieces  # noqa: E402
from coarea.dask.parts.attributes import ATTRIBUTES, REFUSED  # noqa: E402

SIDES = {1: 30, 2: 10, 3: 5, 4: 3}
PAIRS = {2: ("8-4", "4-8"), 3: ("26-6", "6-26")}
SHORT = ("u1", "i2", "?")
ANY = (*SHORT, "i4", "f2", "f4", "f8", "u8")
PLANE = ("eccentricity", "elongation", "inertia")


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def in_memory(image: np.ndarray, attribute: str, threshold: float, tree: str, **options: Any) -> np.ndarray:
    """What the filter of the whole image leaves."""
    whole, measure = tree_and_measure(image, attribute, tree, **options)
    return coarea.attribute_filter(whole, measure >= threshold)


def tree_and_measure(image: np.ndarray, attribute: str, tree: str, **options: Any) -> tuple[coarea.Tree, np.ndarray]:
    if tree == "shapes":
        whole = coarea.tree_of_shapes(image, channel_axis=None, **options)
    else:
        whole = {"max_tree": coarea.max_tree, "min_tree": coarea.min_tree}[tree](image, **options)
    if attribute != "diameter":
        return whole, getattr(attributes, attribute)(whole)
    first, last = np.split(attributes.bounding_box(whole), 2, axis=1)
    return whole, (last - first).max(axis=1)


def random_image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Noise of few levels or many, smooth or not."""
    n_levels = int(rng.choice([2, 3, 5, 20]))
    noise = rng.integers(0, n_levels, shape)
    if rng.random() < 0.3:
        noise = np.round(ndimage.uniform_filter(noise.astype(float), 3) * 2).astype(int)
    signed = noise - n_levels // 2 if dtype[0] in "if" else noise
    image = signed.astype(dtype)
    return image / image.dtype.type(3) if dtype[0] == "f" else image


def random_options(rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
    """A tree and its conventions."""
    tree = str(rng.choice(["shapes", "shapes", "max_tree", "min_tree"])) if len(shape) in PAIRS else "max_tree"
    if tree != "shapes":
        return {"tree": tree, "connectivity": int(rng.integers(1, len(shape) + 1))}
    pixel = tuple(int(rng.integers(n)) for n in shape)
    border = ("half-area", float(rng.integers(-1, 20)) / 2, pixel)[int(rng.integers(3))]
    return {"tree": tree, "connectivity": str(rng.choice(PAIRS[len(shape)])), "border": border}


def compare(seed: int, n: int, names: tuple[str, ...], dtypes: tuple[str, ...], ndims: tuple[int, ...]) -> int:
    """Compare random problems in memory and in chunks; how many of them change the image."""
    rng, n_changed = np.random.default_rng(seed), 0
    for _ in range(n):
        ndim, name = int(rng.choice(ndims)), str(rng.choice(names))
        shape = tuple(int(k) for k in rng.integers(1, SIDES[ndim] + 1, ndim))
        image = random_image(rng, shape, str(rng.choice(dtypes)))
        options = random_options(rng, shape)
        _, measure = tree_and_measure(image, name, **options)
        threshold = float(rng.choice(measure)) + float(rng.choice([0, 1e-9]))  # equal ones stay
        chunks = tuple(int(rng.integers(1, k + 1)) for k in shape)
        expected = in_memory(image, name, threshold, **options)
        result = chunked.attribute_filter(da.from_array(image, chunks=chunks), name, threshold, **options)
        assert result.dtype == expected.dtype
        assert result.chunks == da.core.normalize_chunks(chunks, shape)
        found = result.compute()
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected), (name, threshold, options, chunks, image.tolist())
        n_changed += not np.array_equal(expected, image)
    return n_changed


def test_area() -> None:
    assert compare(0, 70, ("area",), ANY, (1, 2, 2, 2, 3, 4)) > 35


def test_attributes_of_short_integers() -> None:
    assert compare(1, 70, tuple(set(ATTRIBUTES) - set(PLANE)), SHORT, (2, 2, 3)) > 25


def test_attributes_of_all_images() -> None:
    assert compare(2, 40, ("compactness", "diameter", "perimeter"), ANY, (2, 3)) > 15
    assert compare(3, 25, ("height",), ("f2", "f4", "f8", "i4"), (2, 3)) > 8
    assert compare(4, 25, PLANE, ANY, (2,)) > 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_chunks_give_what_memory_gives_often(seed: int) -> None:
    assert compare(10 + seed, 300, ("area",), ANY, (1, 2, 2, 3, 4)) > 150
    assert compare(20 + seed, 200, tuple(set(ATTRIBUTES) - set(PLANE)), SHORT, (2, 3)) > 80
    assert compare(30 + seed, 100, (*PLANE, "diameter", "perimeter"), ANY, (2,)) > 40


@pytest.mark.parametrize("tree", ["shapes", "max_tree"])
def test_every_cut_of_an_image_gives_the_same(tree: str, rng: np.random.Generator) -> None:
    """Chunks of one pixel, of none, of unequal sizes, last ones of one row, and more than half of the image."""
    image = random_image(rng, (9, 11), "u1")
    expected = in_memory(image, "area", 4, tree)
    for chunks in (1, ((8, 1), (10, 1)), ((0, 1, 0, 0, 8), (4, 0, 7, 0)), (9, 1), (1, 11), ((7, 1, 1), (9, 2))):
        array = da.from_array(image, chunks=9).rechunk(chunks)
        result = chunked.attribute_filter(array, "area", 4, tree=tree)
        assert result.chunks == array.chunks
        assert np.array_equal(result.compute(), expected)


def test_the_root_moves_into_a_chunk() -> None:
    """Pixel (0, 0) lies in a corner that an open line cuts off, and the rest in one chunk."""
    image = np.full((12, 12), 5, np.uint8)
    image[:2, :2], image[6, 6] = 1, 9
    for chunks in (((3, 9), (3, 9)), ((11, 1), (11, 1)), (2, 12)):
        result = chunked.attribute_filter(da.from_array(image, chunks=chunks), "area", 5)
        assert np.array_equal(result.compute(), np.full_like(image, 5))


def test_photograph() -> None:
    """The strips of large trees, and rectangles that are none of them."""
    from skimage import data

    image = np.tile(data.camera(), (1, 2))[:500]
    for tree, name, threshold in (("shapes", "area", 60), ("max_tree", "perimeter", 30), ("min_tree", "height", 20)):
        result = chunked.attribute_filter(da.from_array(image, chunks=(300, 450)), name, threshold, tree=tree)
        assert np.array_equal(result.compute(), in_memory(image, name, threshold, tree))


def test_little_goes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cores are of the order of the borders of chunks, and merges drop what they surround."""
    entered, left = [], []
    merge = pieces.merge

    def counted(pieces: Any, last: bool, question: Any) -> Any:
        piece, kept = merge(pieces, last, question)
        entered.append(sum(kept.counts))
        left.append(len(piece.nodes.parent))
        return piece, kept

    monkeypatch.setattr("coarea.dask.trees.merge", counted)
    image = np.random.default_rng(0).integers(0, 256, (128, 128)).astype(np.uint8)
    for tree in ("shapes", "max_tree"):
        entered.clear()
        left.clear()
        chunked.attribute_filter(da.from_array(image, chunks=32), "area", 9, tree=tree).compute()
        assert len(entered) == 5
        assert sum(entered[:4]) < image.size / 4
        assert all(after < 0.75 * before for before, after in zip(entered[:4], left[:4], strict=True))
        assert left[4] == 1


def test_graphs_grow_with_the_number_of_chunks() -> None:
    few, many = (
        len(dict(chunked.attribute_filter(da.zeros((n, n), chunks=8, dtype=np.uint8), "area", 9).__dask_graph__()))
        for n in (32, 64)
    )
    assert 3.5 * few < many < 4.5 * few


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    def fail(block: np.ndarray) -> np.ndarray:
        raise AssertionError

    lazy = da.zeros((8, 8), chunks=4, dtype=np.uint8).map_blocks(fail, dtype=np.uint8, meta=np.empty((0, 0), np.uint8))
    assert chunked.attribute_filter(lazy, "area", 3).shape == (8, 8)


def test_all_attributes_are_offered_or_refused_with_a_reason() -> None:
    assert set(attributes.__all__) | {"diameter"} == set(ATTRIBUTES) | set(REFUSED)
    assert not set(ATTRIBUTES) & set(REFUSED)


IMAGE = da.zeros((8, 9), chunks=4, dtype=np.uint8)


@pytest.mark.parametrize(
    ("image", "arguments", "options", "message"),
    [
        (IMAGE, ("size", 3), {}, "attribute must be one of 'area'"),
        (IMAGE, (attributes.area, 3), {}, "attribute must be one of 'area'"),
        (IMAGE, (["area"], 3), {}, "attribute must be one of 'area'"),
        (IMAGE, ("depth", 3), {}, "'depth' is not offered in chunks: it depends on shapes around"),
        (IMAGE, ("bounding_box", 3), {}, "take 'diameter'"),
        (IMAGE.astype("f4"), ("volume", 3), {}, "'volume' needs integers of at most 16 bits in chunks, got float32"),
        (IMAGE.astype("i8"), ("height", 3), {}, "'height' needs integers of at most 32 bits"),
        (da.zeros((4, 4, 4), np.uint8), ("inertia", 3), {}, "'inertia' needs a 2-D image, got 3-D"),
        (da.zeros((2**17, 2**17), chunks=2**16), ("inertia", 3), {}, "moments exceed 64 bits"),
        (IMAGE, ("area", np.nan), {}, "threshold must be"),
        (IMAGE, ("area", "many"), {}, "threshold must be"),
        (IMAGE, ("area", 3), {"tree": "max-tree"}, "tree must be one of 'shapes', 'max_tree', 'min_tree'"),
        (IMAGE, ("area", 3), {"connectivity": "self-dual"}, "must not be 'self-dual' in chunks: its saddles"),
        (IMAGE, ("area", 3), {"connectivity": 1}, "connectivity must be one of '8-4'"),
        (IMAGE, ("area", 3), {"connectivity": "8-4", "tree": "max_tree"}, "connectivity must be"),
        (IMAGE, ("area", 3), {"connectivity": 3, "tree": "max_tree"}, "connectivity must be"),
        (IMAGE, ("area", 3), {"border": 0, "tree": "max_tree"}, "border does not apply to tree='max_tree'"),
        (IMAGE, ("area", 3), {"border": "median"}, "compute the number first"),
        (IMAGE, ("area", 3), {"border": (8, 0)}, "border must be a pixel"),
        (IMAGE, ("area", 3), {"border": np.inf}, "border must be finite"),
        (IMAGE[0], ("area", 3), {}, "image must be 2-D or 3-D with tree='shapes', got 1-D"),
    ],
)
def test_mistakes_are_named(image: Any, arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        chunked.attribute_filter(image, *arguments, **options)


def test_mistakes_in_images_are_named() -> None:
    with pytest.raises(TypeError, match="image must be a dask array, got ndarray"):
        chunked.attribute_filter(np.zeros((4, 4)), "area", 3)
    with pytest.raises(TypeError, match="image must have a real dtype"):
        chunked.attribute_filter(IMAGE.astype(complex), "area", 3)
    unknown = IMAGE[(IMAGE > 0).any(axis=1)]
    with pytest.raises(ValueError, match="known chunk sizes"):
        chunked.attribute_filter(unknown, "area", 3)
    holes = da.from_array(np.array([[0, 1], [np.nan, 2]]), chunks=1)
    with pytest.raises(ValueError, match="image contains NaN"):
        chunked.attribute_filter(holes, "area", 3).compute()
    with pytest.warns(UserWarning, match="taken for a volume") as caught:
        chunked.attribute_filter(da.zeros((9, 9, 3), np.uint8), "area", 3)
    assert caught[0].filename == __file__


def test_infinite_values_foreign_bytes_and_scalars(rng: np.random.Generator) -> None:
    image = rng.choice([-np.inf, 0, 1, np.inf], (9, 9)).astype(">f4")
    array = da.from_array(image, chunks=4)
    for name in ("area", "height"):
        result = chunked.attribute_filter(array, name, np.float32(3), connectivity=None, border=np.float64(0.5))
        expected = in_memory(image, name, 3, "shapes", border=0.5)
        assert result.dtype == np.dtype("f4") == result.compute().dtype
        assert np.array_equal(result.compute(), expected)

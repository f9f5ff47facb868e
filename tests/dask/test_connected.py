"""Connected filters in chunks: what they give in memory, whichever way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import coarea

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

import coarea.dask as chunked  # noqa: E402
from coarea.dask import connected  # noqa: E402
from coarea.dask._inputs import growth, window_around  # noqa: E402

FILTERS = ("area_opening", "area_closing", "diameter_opening", "diameter_closing", "grain_filter")
DTYPES = ("u1", "u2", "u8", "i2", "i4", "i8", "f2", "f4", "f8", "?")
SIDES = {1: 50, 2: 24, 3: 9, 4: 5}
WAYS = {"trees": 1.0, "windows": math.inf}


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def random_image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Noise, smooth or not, over few levels or many."""
    noise = ndimage.gaussian_filter(rng.normal(size=shape), rng.choice([0, 0.7, 1.5]))
    unit = (noise - noise.min()) / max(np.ptp(noise), 1e-9)
    if dtype == "?":
        return unit > 0.5
    span = {"f": 3, "u": 250, "i": 100}[dtype[0]]
    wide = np.floor(unit * 4) if rng.random() < 0.5 else unit * span
    return (wide - (span / 3 if dtype[0] != "u" else 0)).astype(dtype)


def compare(rng: np.random.Generator, name: str) -> bool:
    """Compare a random problem in memory and in chunks; whether the filter does anything."""
    ndim = int(rng.choice([2, 2, 3] if name == "grain_filter" else [1, 2, 2, 3, 4]))
    shape = tuple(int(n) for n in rng.integers(1, SIDES[ndim], ndim))
    image = random_image(rng, shape, str(rng.choice(DTYPES)))
    chunks = tuple(int(rng.integers(max(1, n // 4), n + 1)) for n in shape)
    threshold = float(rng.choice([-1, 1, 2, 2.5, 4, 7, 15, 60, 1e9]))
    if name == "grain_filter":
        own = {2: ("8-4", "4-8"), 3: ("26-6", "6-26")}[ndim]
        border = [None, "half-area", 0, 1.5, 300, (0,) * ndim][int(rng.integers(6))]
        options = {"connectivity": str(rng.choice(own)), "border": border, "channel_axis": None}
    else:
        options = {"connectivity": int(rng.integers(1, ndim + 1))}
    expected = getattr(coarea, name)(image, threshold, **options, workers=1)
    result = getattr(chunked, name)(da.from_array(image, chunks=chunks), threshold, **options)
    assert result.dtype == expected.dtype
    assert result.chunks == da.core.normalize_chunks(chunks, shape)
    found = result.compute()
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected), (name, shape, image.dtype, chunks, threshold, options)
    return not np.array_equal(found, image)


@pytest.mark.filterwarnings("ignore:image of shape:UserWarning")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FILTERS)
def test_chunks_give_what_memory_gives(
    name: str, way: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "GROWTH_MAX", WAYS[way])
    assert sum(compare(rng, name) for _ in range(25)) > 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:image of shape:UserWarning")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FILTERS)
def test_chunks_give_what_memory_gives_often(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connected, "GROWTH_MAX", WAYS[way])
    rng = np.random.default_rng(len(name + way))
    assert sum(compare(rng, name) for _ in range(150)) > 40


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("less", [0, 1])
def test_windows_are_as_wide_as_needed_and_no_wider(name: str, less: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of five pixels across a cut stays, but its first pixel would go if one pixel less of it were seen."""
    image = np.zeros((3, 40), np.uint8)
    image[1, 9:14] = 7
    image = 7 - image if "closing" in name else image
    monkeypatch.setattr(connected, "GROWTH_MAX", math.inf)
    largest = connected._largest_removed
    monkeypatch.setattr(connected, "_largest_removed", lambda threshold: largest(threshold) - less)
    for transpose in (False, True):
        own = image.T if transpose else image
        result = getattr(chunked, name)(da.from_array(own, chunks=10), 5).compute()
        assert np.array_equal(result, getattr(coarea, name)(own, 5)) == (not less)


def test_windows_hold_twice_what_is_removed() -> None:
    """Of two sides of a line that ends on the frame the smaller one is the shape, and must be so in the window."""
    image = np.zeros((1, 60), np.uint8)
    image[0, :9] = 1
    expected = coarea.grain_filter(image, 10)
    assert not expected.any()
    for chunks in (1, 3, 60):
        assert np.array_equal(chunked.grain_filter(da.from_array(image, chunks=chunks), 10).compute(), expected)
    box = (slice(0, 1), slice(0, 1))
    assert window_around(box, 9, (1, 60)) == (slice(0, 1), slice(0, 10))
    assert window_around(box, 9, (1, 60), 19) == (slice(0, 1), slice(0, 20))
    assert window_around(box, 0, (2, 2), 999) == (slice(0, 2), slice(0, 2))


@pytest.mark.parametrize(("threshold", "by_trees"), [(11, False), (11.5, True), (12, True), (1e6, True)])
def test_the_way_is_chosen_by_the_size_of_the_windows(threshold: float, by_trees: bool) -> None:
    """A halo of 10 around chunks of 40 x 40 is 9/4 of them."""
    image = random_image(np.random.default_rng(1), (120, 90), "u1")
    result = chunked.area_opening(da.from_array(image, chunks=40), threshold)
    assert any("-merged" in str(key[0]) for key in result.__dask_graph__()) == by_trees
    assert np.array_equal(result.compute(), coarea.area_opening(image, threshold))


def test_windows_do_not_grow_beyond_the_frame() -> None:
    assert growth(((40, 40, 40), (40, 40, 40)), 10) == connected.GROWTH_MAX
    assert growth(((40, 40, 10), (40,)), 10) == 1.5
    assert growth(((7,), (9,)), 100) == 1
    assert growth(((4, 4),), 100) == 2
    image = da.zeros((50, 60), chunks=-1)
    assert not any("-merged" in str(key[0]) for key in chunked.area_opening(image, 1e6).__dask_graph__())


@pytest.mark.parametrize("name", ["area_opening", "diameter_closing", "grain_filter"])
@pytest.mark.parametrize("way", WAYS)
def test_every_cut_of_an_image_gives_the_same(
    name: str, way: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of one pixel, of unequal sizes, and empty ones."""
    monkeypatch.setattr(connected, "GROWTH_MAX", WAYS[way])
    image = random_image(rng, (7, 9), "f4")
    expected = getattr(coarea, name)(image, 4)
    for chunks in (1, ((1, 6), (4, 1, 4)), ((0, 4, 0, 3), (9, 0)), (7, 9)):
        result = getattr(chunked, name)(da.from_array(image, chunks=chunks), 4)
        assert result.chunks == da.core.normalize_chunks(chunks, image.shape)
        assert np.array_equal(result.compute(), expected)


def test_more_nodes_than_a_byte_counts(rng: np.random.Generator) -> None:
    image = rng.random((60, 40), dtype=np.float32)
    result = chunked.area_opening(da.from_array(image, chunks=30), 30).compute()
    assert len(np.unique(result)) > 600
    assert np.array_equal(result, coarea.area_opening(image, 30))


@pytest.mark.parametrize(("name", "threshold"), [("area_opening", 3), ("area_opening", 500), ("grain_filter", 3)])
def test_graphs_grow_with_the_number_of_chunks(name: str, threshold: int) -> None:
    sizes = []
    for n in (8, 16):
        image = da.zeros((n * 10, n * 10), chunks=10, dtype=np.uint8)
        sizes.append(len(getattr(chunked, name)(image, threshold).__dask_graph__()))
    assert sizes[1] < 4.5 * sizes[0]


@pytest.mark.parametrize("way", WAYS)
def test_foreign_bytes_and_masks(way: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connected, "GROWTH_MAX", WAYS[way])
    image = random_image(rng, (20, 21), "f8")
    swapped = chunked.area_opening(da.from_array(image.astype(">f8"), chunks=7), 5)
    assert swapped.dtype == swapped.compute().dtype == np.float64
    assert np.array_equal(swapped.compute(), coarea.area_opening(image, 5))
    infinite = np.where(rng.random(image.shape) < 0.2, np.inf, image)
    result = chunked.area_opening(da.from_array(infinite, chunks=7), 5).compute()
    assert np.array_equal(result, coarea.area_opening(infinite, 5))
    for name in FILTERS:
        bad = image.copy()
        bad[-1, -1] = np.nan
        with pytest.raises(ValueError, match=r"image contains NaN: replace it first"):
            getattr(chunked, name)(da.from_array(bad, chunks=7), 5).compute()
        masked = da.from_array(np.ma.array(image, mask=image > 0), chunks=7)
        with pytest.raises(ValueError, match=r"image must not be masked here"):
            getattr(chunked, name)(masked, 5).compute()


@pytest.mark.parametrize("threshold", [3, 200])
def test_threads_and_parts(threshold: int, rng: np.random.Generator) -> None:
    image = random_image(rng, (30, 31), "u1")
    lazy = chunked.area_opening(da.from_array(image, chunks=9), threshold)
    expected = coarea.area_opening(image, threshold)
    assert np.array_equal(lazy.compute(scheduler="threads", num_workers=2), expected)
    assert np.array_equal(lazy[3:12, 20:].compute(), expected[3:12, 20:])
    again = chunked.area_opening(da.from_array(image, chunks=9), threshold, None)
    assert again.name == lazy.name
    assert chunked.area_opening(da.from_array(image, chunks=9), threshold, 2).name != lazy.name
    assert chunked.area_closing(da.from_array(image, chunks=9), threshold).name != lazy.name


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"image": np.zeros((4, 4))}, TypeError, r"a dask array, got ndarray: use the function of the same name"),
        ({"image": None}, TypeError, "a dask array, got NoneType"),
        ({"image": coarea.max_tree([[1, 2]])}, TypeError, "a dask array, got Tree"),
        ({"image": da.zeros((4, 4), dtype=complex)}, TypeError, "real dtype, got complex128"),
        ({"image": da.zeros((0, 4))}, ValueError, "at least one pixel"),
        ({"image": da.arange(9, chunks=3)[da.arange(9, chunks=3) > 4]}, ValueError, "compute_chunk_sizes"),
        ({"connectivity": 3}, ValueError, "connectivity must be one of"),
        ({"workers": 2}, TypeError, "unexpected keyword argument 'workers'"),
        ({"threshold": np.nan}, ValueError, "_threshold must be a finite number"),
        ({"threshold": np.inf}, ValueError, "_threshold must be a finite number"),
        ({"threshold": [3]}, ValueError, "_threshold must be a finite number"),
    ],
)
def test_wrong_calls_are_refused_at_once(
    name: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"image": da.zeros((8, 8), chunks=4), **options}
    with pytest.raises(error, match=message):
        getattr(chunked, name)(given.pop("image"), given.pop("threshold", 5), **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"connectivity": "self-dual"}, r"connectivity must not be 'self-dual' .* take '8-4' or '4-8'"),
        ({"border": "median"}, "border must be 'half-area', a number or a pixel in chunks, got 'median': compute"),
        ({"border": (0, 9)}, r"border must be a pixel \(row, column\) inside the image"),
        ({"border": np.nan}, "border must be finite"),
        ({"channel_axis": -1}, "channel_axis must be None for a dask array, .* take the channels one by one"),
        ({"channel_axis": 5}, "channel_axis must be one of"),
    ],
)
def test_what_needs_the_whole_image_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        chunked.grain_filter(da.zeros((8, 8), chunks=4), 5, **options)


def test_colour_images_are_pointed_out() -> None:
    photo = da.zeros((16, 16, 3), chunks=8, dtype=np.uint8)
    for name in FILTERS:
        with pytest.warns(UserWarning, match="is taken for a volume") as caught:
            result = getattr(chunked, name)(photo, 5)
        assert caught[0].filename == __file__
        assert not result.compute().any()  # and no more warnings

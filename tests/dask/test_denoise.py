"""Total-variation filters in chunks: what they give in memory, bit for bit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import coarea

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

from filters_in_chunks import IN_CHUNKS, IN_MEMORY, random_image, random_problem  # noqa: E402

import coarea.dask as chunked  # noqa: E402
from coarea.dask import _remainders  # noqa: E402
from coarea.dask._whole import Question, Tile, measure, whole_of  # noqa: E402


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def compare(seed: int, n: int) -> int:
    """Compare random problems in memory and in chunks; how many of them left pixels to the merges."""
    rng = np.random.default_rng(seed)
    n_left = 0
    for k in range(n):
        fidelity, image, beta, options, cut = random_problem(rng)
        try:
            expected = IN_MEMORY[fidelity](image, beta, workers=1, **options)
        except ValueError as error:
            expected = error
        result, info = IN_CHUNKS[fidelity](
            da.from_array(image, chunks=cut["chunks"]), beta, halo=cut["halo"], return_info=True, **options
        )
        assert result.chunks == da.core.normalize_chunks(cut["chunks"], image.shape)
        if isinstance(expected, ValueError):
            with pytest.raises(ValueError, match=f"^{re.escape(str(expected)[:40])}"):
                result.compute()
            continue
        found, undecided = dask.compute(result, info.undecided)
        assert found.dtype == result.dtype == expected.dtype
        assert np.array_equal(found, expected), (k, fidelity, image.shape, image.dtype, beta, list(options), cut)
        n_left += bool(undecided.sum())
    return n_left


@pytest.mark.parametrize("least", [1, _remainders.WORTH_A_GRID])
def test_chunks_give_what_memory_gives(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remainders of any size on a grid, and on a graph."""
    monkeypatch.setattr(_remainders, "WORTH_A_GRID", least)
    assert compare(least, 20) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("least", [1, _remainders.WORTH_A_GRID])
def test_chunks_give_what_memory_gives_often(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_remainders, "WORTH_A_GRID", least)
    assert compare(least + 1, 200) >= 80


def test_every_cut_of_an_image_gives_the_same(rng: np.random.Generator) -> None:
    """Chunks of one pixel, of unequal sizes, and halos wider than the image."""
    image = random_image(rng, (7, 9), "u1")
    empty = chunked.denoise_tv_l1(da.from_array(image, chunks=((4, 0, 3), 9)), 1.5)
    assert empty.chunks == ((4, 0, 3), (9,))
    assert np.array_equal(empty.compute(), coarea.denoise_tv_l1(image, 1.5))
    for tie in ("lower", "upper"):
        expected = coarea.denoise_tv_l1(image, 1.5, tie=tie)
        for chunks, halo in ((1, 0), (((1, 6), (4, 1, 4)), 1), ((7, 2), 50), ((2, 9), 2)):
            result = chunked.denoise_tv_l1(da.from_array(image, chunks=chunks), 1.5, tie=tie, halo=halo)
            assert np.array_equal(result.compute(), expected)


def test_what_is_left() -> None:
    """An image in one chunk leaves nothing; chunks without a halo leave some, and the last merge none."""
    image = random_image(np.random.default_rng(3), (24, 24), "f4")
    _, alone = chunked.denoise_tv_l1(da.from_array(image, chunks=24), 0.6, return_info=True)
    _, apart = chunked.denoise_tv_l1(da.from_array(image, chunks=6), 0.6, halo=0, return_info=True)
    _, wide = chunked.denoise_tv_l1(da.from_array(image, chunks=6), 0.6, halo=6, return_info=True)
    alone, apart, wide = dask.compute(alone, apart, wide)
    assert alone.undecided.tolist() == [[0]]
    assert alone.entered.tolist() == alone.left.tolist() == [0]
    assert apart.undecided.shape == (4, 4)
    assert apart.entered.shape == (5,)
    assert apart.left[-1] == 0 < apart.left[0] <= apart.entered[0] == apart.undecided[:2, :2].sum()
    assert 0 < apart.entered[-1] == apart.left[:-1].sum() < apart.undecided.sum()
    assert wide.undecided.sum() < apart.undecided.sum()


def test_remainders_that_are_too_large_are_refused() -> None:
    """Noise that beta flattens is decided only globally."""
    noise = np.random.default_rng(0).integers(0, 200, (32, 32)).astype(np.uint8)
    image = da.from_array(noise, chunks=8)
    result = chunked.denoise_tv_l1(image, 10, halo=2, max_remainder=200)
    with pytest.raises(chunked.RemainderTooLarge, match=r"256 of 1024 pixels .* larger halo, or raise max_remainder"):
        result.compute()
    assert issubclass(chunked.RemainderTooLarge, MemoryError)
    result = chunked.denoise_tv_l1(image, 10, halo=2, max_remainder=1024)
    assert np.array_equal(result.compute(), coarea.denoise_tv_l1(noise, 10))


@pytest.mark.parametrize("fidelity", ["l1", "l2"])
def test_channels(fidelity: str, rng: np.random.Generator) -> None:
    """One by one, with one resolution for all, and what is given for one channel or for all."""
    image = random_image(rng, (15, 3, 12), "f4") * np.array([1, 5, 25], "f4")[:, None]
    for weights in (rng.random((15, 12)), rng.integers(0, 3, image.shape).astype(float)):
        expected = IN_MEMORY[fidelity](image, 0.7, channel_axis=1, weights=weights)
        result, info = IN_CHUNKS[fidelity](
            da.from_array(image, chunks=(6, 2, 5)), 0.7, channel_axis=1, weights=weights, halo=2, return_info=True
        )
        assert result.chunks == ((6, 6, 3), (2, 1), (5, 5, 2))
        assert info.undecided.shape == (3, 3, 3)
        assert np.array_equal(result.compute(), expected)


def test_foreign_bytes_masks_and_lazy_weights(rng: np.random.Generator) -> None:
    image = random_image(rng, (20, 21), "f8")
    weights = rng.random(image.shape)
    swapped = chunked.denoise_tv_l1(
        da.from_array(image.astype(">f8"), chunks=7), 0.5, weights=da.from_array(weights, chunks=4), halo=1
    ).compute()
    assert swapped.dtype == np.float64
    assert np.array_equal(swapped, coarea.denoise_tv_l1(image, 0.5, weights=weights))
    hidden = np.zeros(image.shape, bool)
    hidden[3:6, 5:9] = True  # in one chunk only
    image[4, 6] = np.nan
    for fidelity, beta in (("l1", np.pi), ("l2", 0.3)):
        masked = np.ma.array(image, mask=hidden)
        result = IN_CHUNKS[fidelity](da.from_array(masked, chunks=11), beta, neighbors=8, halo=1).compute()
        assert np.array_equal(result, IN_MEMORY[fidelity](masked, beta, neighbors=8))


def test_graphs_grow_with_the_number_of_chunks() -> None:
    sizes = []
    for n in (8, 16):
        image = da.zeros((n * 10, n * 10), chunks=10, dtype=np.uint8)
        sizes.append(len(chunked.denoise_tv_l1(image, 1, halo=2).__dask_graph__()))
    assert sizes[1] < 4.2 * sizes[0]


def test_knights_moves_reach_two_chunks_beyond(rng: np.random.Generator) -> None:
    """Decided pixels in the second row from a side hold those of the next chunk too."""
    n_left = 0
    for _ in range(12):
        image = random_image(rng, (12, 12), "u1")
        result, info = chunked.denoise_tv_l1(
            da.from_array(image, chunks=6), 0.8, neighbors=16, halo=0, return_info=True
        )
        found, undecided = dask.compute(result, info.undecided)
        assert np.array_equal(found, coarea.denoise_tv_l1(image, 0.8, neighbors=16))
        n_left += 0 < undecided.sum() < image.size
    assert n_left > 6


@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_what_nothing_holds_takes_an_end_of_the_whole_range(tie: str, rng: np.random.Generator) -> None:
    image = rng.random((6, 12))
    mask = np.zeros(image.shape, bool)
    mask[:, :6] = True
    pairs = np.where(mask, 0.0, 1.0)[np.newaxis].repeat(2, 0)
    expected = coarea.denoise_tv_l1(image, 1, tie=tie, mask=mask, edge_weights=pairs)
    result = chunked.denoise_tv_l1(
        da.from_array(image, chunks=3), 1, tie=tie, mask=mask, edge_weights=pairs, halo=0
    ).compute()
    assert np.array_equal(result, expected)
    assert result[0, 0] == (image.min() if tie == "lower" else image.max())


def test_many_edges_of_one_held_value_do_not_overflow() -> None:
    """Their sum would, if one node stood for all that is held there."""
    question = Question("l1", 1, "lower", 4, shape=(1, 200))
    whole = whole_of(question, [measure(Tile(np.arange(200, dtype=np.uint8)[np.newaxis]), [0, 0], question)], None)
    sites = np.arange(100)
    remainder = _remainders.Remainder(
        sites, np.zeros(100, np.int32), np.full((3, 100), 2**56), np.zeros((2, 0), np.int64), np.zeros(0, np.int64),
        sites, sites + 100, np.full(100, 2**57), np.full(100, 7, np.int32),
    )  # fmt: skip
    low, high = _remainders.solve(whole, remainder, remainder.held)
    assert (low == 7).all()
    assert (high == 7).all()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"image": np.zeros((4, 4))}, TypeError, r"a dask array, got ndarray: use the function of the same name"),
        ({"image": None}, TypeError, "a dask array, got NoneType"),
        ({"image": "a.zarr"}, TypeError, "a dask array, got str"),
        ({"image": da.zeros((4, 4), dtype=complex)}, TypeError, "real dtype, got complex128"),
        ({"image": da.zeros((0, 4))}, ValueError, "at least one pixel"),
        ({"image": da.zeros(())}, ValueError, "at least one axis"),
        ({"image": da.zeros((2, 2, 2, 2))}, ValueError, "1-D to 3-D|ndim"),
        ({"image": da.arange(9, chunks=3)[da.arange(9, chunks=3) > 4]}, ValueError, "compute_chunk_sizes"),
        ({"beta": -1}, ValueError, "beta must be"),
        ({"beta": np.nan}, ValueError, "beta must be"),
        ({"tie": "up"}, ValueError, "tie must be one of"),
        ({"quantile": 2}, ValueError, "quantile must be"),
        ({"halo": -1}, ValueError, "halo must be"),
        ({"halo": 1.5}, ValueError, "halo must be"),
        ({"max_remainder": -1}, ValueError, "max_remainder must be"),
        ({"neighbors": 6}, ValueError, "neighbors must be one of"),
        ({"return_info": "yes"}, ValueError, "return_info must be"),
        ({"weights": np.ones((4, 4))}, ValueError, "weights must have shape"),
        ({"weights": -np.ones((8, 8))}, ValueError, "weights must be finite and >= 0"),
        ({"weights": da.ones((4, 4))}, ValueError, "weights must have shape"),
        ({"mask": np.ones((8, 8))}, TypeError, "mask must be boolean"),
        ({"mask": da.ones((8, 8))}, TypeError, "mask must be boolean"),
        ({"edge_weights": da.ones((8, 8))}, ValueError, "an array for each of the offsets"),
        ({"channel_axis": 5}, ValueError, "channel_axis must be"),
        (
            {"domain": "shapes", "fixed": np.zeros((8, 8), bool)},
            ValueError,
            r"='shapes', got 2x2 chunks: image.rechunk\({0: -1, 1: -1}\)",
        ),
        ({"domain": "shape"}, ValueError, "domain must be one of"),
        ({"connectivity": "8-4"}, ValueError, "connectivity does not apply to domain='pixels'.*: say neighbors"),
        ({"border": 3}, ValueError, "border does not apply to domain='pixels'"),
        ({"workers": 2}, TypeError, "'workers': Dask has the threads"),
        ({"solver": "pymaxflow"}, TypeError, "'solver': chunks are solved by the native solver"),
        ({"upper": 3}, TypeError, "'upper': results in chunks have no bounds"),
        ({"colors": "input"}, TypeError, "'colors': colours of pixels that lie far apart"),
        ({"fixed": np.ones((8, 8))}, TypeError, "fixed must be boolean"),
        ({"fixed": da.ones((8, 8))}, TypeError, "fixed must be boolean"),
        ({"fixed": da.ones((4, 8), dtype=bool)}, ValueError, "fixed must have shape"),
        ({"lambda_": 1}, TypeError, "did you mean beta"),
    ],
)
def test_wrong_calls_are_refused_at_once(options: dict[str, Any], error: type[Exception], message: str) -> None:
    given = {"image": da.zeros((8, 8), chunks=4), "beta": 1, **options}
    with pytest.raises(error, match=message):
        chunked.denoise_tv_l1(given.pop("image"), **given)


def test_values_are_checked_when_they_are_computed() -> None:
    image = da.ones((8, 8), chunks=4)
    with pytest.raises(ValueError, match=r"image contains NaN: where data are missing give mask"):
        chunked.denoise_tv_l1(image * np.nan, 1).compute()
    with pytest.raises(ValueError, match="weights must be finite and >= 0"):
        chunked.denoise_tv_l1(image, 1, weights=-image).compute()
    with pytest.raises(ValueError, match="edge_weights must be finite and >= 0"):
        chunked.denoise_tv_l2(image, 1, edge_weights=da.stack([-image, image])).compute()
    with pytest.raises(ValueError, match="resolution must be at least"):
        chunked.denoise_tv_l2(image.cumsum(0), 1, resolution=1e-12).compute()


def test_threads_give_the_same(rng: np.random.Generator) -> None:
    image = random_image(rng, (30, 31), "u1")
    lazy = chunked.denoise_tv_l1(da.from_array(image, chunks=9), 1.5, halo=1)
    assert np.array_equal(lazy.compute(scheduler="threads", num_workers=2), lazy.compute())


def test_parts_of_the_result_are_computed_alone(rng: np.random.Generator) -> None:
    image = random_image(rng, (30, 31), "u1")
    lazy = chunked.denoise_tv_l1(da.from_array(image, chunks=9), 1.5, halo=1)
    assert np.array_equal(lazy[3:12, 20:].compute(), coarea.denoise_tv_l1(image, 1.5)[3:12, 20:])

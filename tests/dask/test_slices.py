"""Filters on trees in chunks, slice by slice: what they give in memory, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import coarea

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

from filters_in_chunks import IN_CHUNKS, IN_MEMORY, random_image  # noqa: E402

DOMAINS = ("shapes", "max_tree", "min_tree")


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def random_slices(rng: np.random.Generator) -> tuple[str, np.ndarray, float, dict[str, Any], tuple[Any, ...]]:
    """The fidelity, a stack, channels or one image, beta, options, and chunks."""
    fidelity, domain = str(rng.choice(["l1", "l2"])), str(rng.choice(DOMAINS))
    shape = tuple(int(n) for n in rng.integers(2, 8, int(rng.choice([2, 3, 4], p=[0.2, 0.6, 0.2]))))
    axis = None if len(shape) == 2 or (rng.random() < 0.2 and len(shape) < 4) else int(rng.integers(len(shape)))
    image = random_image(rng, shape, str(rng.choice(["u1", "i2", "f2", "f4", "f8", "?"])))
    if axis is not None and image.dtype == "f4":  # one resolution for all
        image = np.moveaxis(np.moveaxis(image, axis, -1) * np.arange(1, shape[axis] + 1, dtype="f4"), -1, axis)
    span = float(np.ptp(image.astype(float))) or 1.0
    beta = float(rng.choice([0, 0.37, 1.5])) * (span / 20 if fidelity == "l2" else 1)
    options: dict[str, Any] = {"domain": domain, "channel_axis": axis, "tie": str(rng.choice(["lower", "upper"]))}
    if domain == "shapes" and len(shape) - (axis is not None) == 2 and rng.random() < 0.5:
        options["connectivity"] = str(rng.choice(["4-8", "self-dual"]))
        options["border"] = [None, "median", 2, (1, 1)][int(rng.integers(4))]
    pixels = tuple(n for k, n in enumerate(shape) if k != axis)
    for name, make in (
        ("weights", lambda size: rng.integers(0, 3, size).astype(float)),
        ("mask", lambda size: rng.random(size) < 0.2),
        ("fixed", lambda size: rng.random(size) < 0.1),
    ):
        if rng.random() < 0.3:
            size = shape if axis is None or {"weights", "mask"} & options.keys() or rng.random() < 0.5 else pixels
            if name == "mask" and "weights" in options:
                size = options["weights"].shape
            options[name] = make(size)
    if rng.random() < 0.3:
        options["edge_weights"] = rng.random((len(pixels), *pixels))
    chunks = tuple(int(rng.integers(1, n + 1)) if k == axis else n for k, n in enumerate(shape))
    return fidelity, image, beta, options, chunks


def compare(rng: np.random.Generator, n: int) -> None:
    for k in range(n):
        fidelity, image, beta, options, chunks = random_slices(rng)
        expected = IN_MEMORY[fidelity](image, beta, workers=1, **options)
        lazy = {
            name: da.from_array(value, chunks=2)
            if name in ("weights", "mask", "edge_weights") and rng.random() < 0.5
            else value
            for name, value in options.items()
        }
        result = IN_CHUNKS[fidelity](da.from_array(image, chunks=chunks), beta, **lazy)
        assert result.dtype == expected.dtype
        assert result.chunks == da.core.normalize_chunks(chunks, image.shape)
        found = result.compute()
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected), (k, fidelity, image.shape, image.dtype, beta, options)


def test_slices_give_what_memory_gives(rng: np.random.Generator) -> None:
    compare(rng, 40)


@pytest.mark.slow
def test_slices_give_what_memory_gives_often() -> None:
    compare(np.random.default_rng(1), 600)


def test_masked_stacks_whose_slices_differ_in_range(rng: np.random.Generator) -> None:
    """What is hidden says nothing of the resolution, which is one for all slices."""
    stack = rng.random((4, 9, 8)) * [[[1]], [[2]], [[30]], [[4]]]
    stack[1, 3, 3] = 1000
    hidden = np.ma.array(stack, mask=stack == 1000)
    for fidelity, beta in (("l1", 1.5), ("l2", 0.2)):
        expected = IN_MEMORY[fidelity](hidden, beta, domain="shapes", channel_axis=0)
        for depth in (1, 3, 4):
            image = da.from_array(hidden, chunks=(depth, 9, 8))
            result = IN_CHUNKS[fidelity](image, beta, domain="shapes", channel_axis=0)
            assert np.array_equal(result.compute(), expected)


def test_slices_are_filtered_one_after_the_other_where_they_lie() -> None:
    """A slice asks for its own chunk only, and has the threads of Dask."""
    read = []

    def load(block: np.ndarray, block_info: Any = None) -> np.ndarray:
        read.append(block_info[0]["chunk-location"])
        return block

    stack = da.zeros((5, 8, 8), chunks=(1, 8, 8), dtype=np.uint8).map_blocks(load, dtype=np.uint8)
    read.clear()
    IN_CHUNKS["l1"](stack, 1, domain="shapes", channel_axis=0)[3].compute()
    assert read == [(3, 0, 0)]


@pytest.mark.parametrize(
    ("shape", "chunks", "options", "message"),
    [
        ((8, 8), (4, 8), {"weights": np.ones((8, 8))}, "for weights with domain='shapes', got 2x1 chunks: image.rech"),
        ((8, 8), (4, 8), {"mask": np.zeros((8, 8), bool)}, r"for mask with .* 2x1 chunks: image.rechunk\({0: -1}\)"),
        ((8, 8), (8, 4), {"fixed": np.zeros((8, 8), bool)}, r"for fixed with .* 1x2 chunks: image.rechunk\({1: -1}\)"),
        ((8, 8), (8, 4), {"edge_weights": np.ones((2, 8, 8))}, "for edge_weights with domain='shapes'"),
        (
            (8, 8),
            (4, 4),
            {"quantile": 0, "border": "median"},
            "for border='median' and quantile=0 with domain='shapes'",
        ),
        ((8, 8), (4, 4), {"connectivity": "self-dual"}, "for connectivity='self-dual' with domain='shapes'"),
        ((8, 8), (4, 4), {"border": (9, 0)}, r"inside the image of shape \(8, 8\)"),
        ((8, 8), (4, 4), {"neighbors": 8}, "neighbors does not apply to domain='shapes'"),
        ((8, 8), (4, 4), {"connectivity": "8-8"}, "connectivity must be one of '8-4'"),
        ((8, 8), (4, 4), {"return_info": True}, "return_info does not apply to domain='shapes'"),
        ((6, 8, 8), (1, 4, 8), {"channel_axis": 0, "quantile": 1}, r"6x2x1 chunks: image.rechunk\({1: -1}\)"),
        ((8,), (8,), {}, "image must be 2-D or 3-D, got 1-D"),
        ((8, 8), (8, 8), {"neighbors": 8}, "neighbors does not apply to domain='shapes'"),
        ((8, 8), (8, 8), {"connectivity": "8-8"}, "connectivity must be one of '8-4'"),
        ((8, 8), (8, 8), {"border": "middle"}, "border must be one of"),
        ((8, 8), (8, 8), {"border": np.nan}, "border must be"),
        ((8, 8), (8, 8), {"halo": 2}, "halo does not apply to domain='shapes', got 2: trees need none"),
        ((8, 8), (8, 8), {"return_info": True}, "return_info does not apply to domain='shapes'"),
        ((8, 8), (8, 8), {"edge_weights": np.ones((4, 8, 8))}, r"edge_weights must have shape \(2, 8, 8\)"),
    ],
)
def test_wrong_calls_on_trees_are_refused_at_once(
    shape: tuple[int, ...], chunks: tuple[int, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        IN_CHUNKS["l1"](da.zeros(shape, chunks=chunks), 1, domain="shapes", **options)


def test_a_pixel_as_border_is_asked_for_in_its_image() -> None:
    result = IN_CHUNKS["l1"](da.zeros((8, 8), chunks=8), 1, domain="shapes", border=(9, 0))
    with pytest.raises(ValueError, match=r"border must be a pixel \(row, column\) inside the image of shape \(8, 8\)"):
        result.compute()


def test_the_l2_fidelity_and_masked_arrays_need_images_in_one_chunk() -> None:
    image = da.zeros((8, 8), chunks=(8, 2))
    with pytest.raises(
        ValueError, match=r"for the L2 fidelity with domain='max_tree', got 1x4 chunks: image.rechunk\({1"
    ):
        IN_CHUNKS["l2"](image, 1, domain="max_tree")
    with pytest.raises(ValueError, match="for the mask of a masked array with domain='shapes'"):
        IN_CHUNKS["l1"](da.ma.masked_greater(image, 3), 1, domain="shapes")


def compare_cut(rng: np.random.Generator, n: int) -> None:
    """Images and channels that are cut, on trees of all chunks."""
    for k in range(n):
        shape = tuple(int(size) for size in rng.integers(2, 8, int(rng.choice([2, 3, 3, 4]))))
        axis = None if len(shape) == 2 or (len(shape) == 3 and rng.random() < 0.3) else int(rng.integers(len(shape)))
        image = random_image(rng, shape, str(rng.choice(["u1", "i2", "f2", "f4", "?"])))
        options: dict[str, Any] = {"domain": str(rng.choice(DOMAINS)), "channel_axis": axis}
        options |= {"tie": str(rng.choice(["lower", "upper"])), "quantile": float(rng.choice([0.5, 0.3]))}
        if options["domain"] == "shapes":
            options["border"] = [None, 2, (1,) * (len(shape) - (axis is not None))][int(rng.integers(3))]
        beta = float(rng.choice([0, 0.37, 1.5]))
        expected = IN_MEMORY["l1"](image, beta, workers=1, **options)
        chunks = tuple(int(rng.integers(1, size + 1)) for size in shape)
        result = IN_CHUNKS["l1"](da.from_array(image, chunks=chunks), beta, **options)
        assert result.chunks == da.core.normalize_chunks(chunks, image.shape)
        found = result.compute()
        assert result.dtype == found.dtype == expected.dtype
        assert np.array_equal(found, expected), (k, image.shape, image.dtype, beta, options, chunks)


def test_images_that_are_cut_give_what_memory_gives(rng: np.random.Generator) -> None:
    compare_cut(rng, 16)


def test_the_border_of_images_that_are_cut_is_the_one_that_is_given(rng: np.random.Generator) -> None:
    n_others = 0
    for _ in range(12):
        image = rng.integers(0, 9, (9, 9)).astype(np.uint8)
        expected = coarea.denoise_tv_l1(image, 0.6, domain="shapes", border=4)
        n_others += not np.array_equal(expected, coarea.denoise_tv_l1(image, 0.6, domain="shapes"))
        found = IN_CHUNKS["l1"](da.from_array(image, chunks=5), 0.6, domain="shapes", border=4).compute()
        assert np.array_equal(found, expected)
    assert n_others > 0


@pytest.mark.slow
def test_images_that_are_cut_give_what_memory_gives_often() -> None:
    compare_cut(np.random.default_rng(2), 150)


def test_photographs_as_channels(rng: np.random.Generator) -> None:
    image = np.asarray(random_image(rng, (40, 40, 3), "u1"))
    result = IN_CHUNKS["l1"](da.from_array(image, chunks=(40, 40, 1)), 2, domain="shapes", channel_axis=-1)
    assert np.array_equal(result.compute(), coarea.denoise_tv_l1(image, 2, domain="shapes", channel_axis=-1))

"""What decides how chunks are solved, and how much of them waits in memory."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest

import coarea

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

from filters_in_chunks import random_image  # noqa: E402

import coarea.dask as chunked  # noqa: E402
from coarea.dask import _brackets, _remainders, _tasks  # noqa: E402
from coarea.dask._whole import Question, Tile, measure, whole_of  # noqa: E402


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture
def solvers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """The calls of the solvers of remainders and chunks: which one, of how many sites, and with how many threads."""
    called: list[tuple[str, int, int]] = []

    def watch(module: Any, name: str) -> None:
        solve = getattr(module, name)

        def spy(term: Any, *given: Any, **how: Any) -> Any:
            called.append((name, len(term), how.get("workers", 1)))
            return solve(term, *given, **how)

        monkeypatch.setattr(module, name, spy)

    watch(_brackets, "minimize_grid")
    watch(_remainders, "minimize_graph")
    return called


def test_remainders_that_fill_their_box_are_solved_on_a_grid(solvers: list[tuple[str, int, int]]) -> None:
    """Noise that beta flattens is left whole: dense; but small ones are not worth it."""
    noise = np.random.default_rng(0).integers(0, 200, (96, 96)).astype(np.uint8)
    result = chunked.denoise_tv_l1(da.from_array(noise, chunks=48), 10, halo=2)
    assert np.array_equal(result.compute(), coarea.denoise_tv_l1(noise, 10))
    assert ("minimize_grid", 96 * 96, 1) in solvers
    assert not [name for name, n_sites, _ in solvers if name == "minimize_graph" and n_sites > 9]

    solvers.clear()
    half = noise[:48, :48]  # fewer pixels than are worth a grid
    chunked.denoise_tv_l1(da.from_array(half, chunks=24), 10, halo=2).compute()
    assert max(n_sites for name, n_sites, _ in solvers if name == "minimize_graph") >= 48 * 48


def test_long_thin_remainders_are_solved_as_a_graph(solvers: list[tuple[str, int, int]]) -> None:
    """A staircase of pixels fills one per cent of its box, a block all of it; each is held by no other pixel."""
    shape = (3000, 3000)
    question = Question("l1", 1, "lower", 4, shape=shape)
    whole = whole_of(question, [measure(Tile(np.arange(9, dtype=np.uint8).reshape(3, 3)), [0, 0], question)], None)
    along = np.arange(5000)
    stairs = (along // 2) * 3000 + (along + 1) // 2
    block = np.add.outer(np.arange(70) * 3000, np.arange(2900, 2970)).ravel()
    for pixel, solver in ((stairs, "minimize_graph"), (block, "minimize_grid")):
        solvers.clear()
        sites = np.arange(len(pixel))
        nothing = np.zeros(0, np.int64)
        remainder = _remainders.Remainder(
            pixel, np.resize(np.arange(9, dtype=np.int32), len(pixel)), np.full((3, len(pixel)), 5),
            np.stack([sites[:-1], sites[1:]]), np.full(len(pixel) - 1, 1), nothing, nothing, nothing,
            nothing.astype(np.int32),
        )  # fmt: skip
        low, _ = _remainders.solve(whole, remainder, remainder.held)
        assert np.array_equal(low, remainder.marks)
        assert [name for name, n_sites, _ in solvers if n_sites] == [solver]


def test_tasks_leave_the_threads_to_dask(solvers: list[tuple[str, int, int]], rng: np.random.Generator) -> None:
    image = random_image(rng, (24, 24), "u1")
    chunked.denoise_tv_l1(da.from_array(image, chunks=8), 1.5, halo=0).compute()
    assert {name for name, *_ in solvers} == {"minimize_grid", "minimize_graph"}
    assert {workers for *_, workers in solvers} == {1}


def test_chunks_are_read_again_instead_of_kept(rng: np.random.Generator) -> None:
    """Each chunk, and the same of weights, is loaded for the statistics and once more for the windows."""
    read = []

    def load(block: np.ndarray, name: str, block_info: Any = None) -> np.ndarray:
        read.append((name, *block_info[0]["chunk-location"]))
        return block

    image = random_image(rng, (8, 12), "u1")
    parts = {
        name: da.from_array(array, chunks=4).map_blocks(load, name, dtype=array.dtype, meta=array[:0, :0])
        for name, array in (("image", image), ("weights", image / 9.0))
    }
    result = chunked.denoise_tv_l1(parts["image"], 1, weights=parts["weights"], halo=1)
    assert np.array_equal(result.compute(), coarea.denoise_tv_l1(image, 1, weights=image / 9.0))
    assert sorted(read) == sorted(2 * [(name, i, j) for name in parts for i in range(2) for j in range(3)])


def test_results_of_filters_are_kept_instead_of_computed_again(rng: np.random.Generator) -> None:
    """Or a chain of filters would take twice the time for each one more."""
    read = []

    def load(block: np.ndarray, block_info: Any = None) -> np.ndarray:
        read.append(block_info[0]["chunk-location"])
        return block

    image = random_image(rng, (8, 12), "u1")
    result = da.from_array(image, chunks=4).map_blocks(load, dtype=np.uint8, meta=image[:0, :0])
    expected = image
    for _ in range(3):
        result, expected = chunked.denoise_tv_l1(result, 0.5, halo=1), coarea.denoise_tv_l1(expected, 0.5)
    assert np.array_equal(result.compute(), expected)
    assert sorted(read) == sorted(2 * [(i, j) for i in range(2) for j in range(3)])


@pytest.mark.parametrize(
    ("denoise", "dtype", "expected"),
    [("l1", "u1", 1), ("l1", "u2", 2), ("l1", "f4", 4), ("l2", "u1", 2), ("l2", "f4", 2), ("l1", "?", 1)],
)
def test_what_waits_for_the_last_merge_is_small(
    denoise: str, dtype: str, expected: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes for each pixel."""
    waiting = []
    fill = _tasks._filled

    def spy(whole: Any, marks: np.ndarray, unknown: np.ndarray, found: np.ndarray) -> np.ndarray:
        waiting.append((marks.nbytes / marks.size, marks.base is None, len(unknown)))
        return fill(whole, marks, unknown, found)

    monkeypatch.setattr(_tasks, "_filled", spy)
    image = da.from_array(random_image(rng, (40, 40), dtype), chunks=20)
    filters = {"l1": chunked.denoise_tv_l1, "l2": chunked.denoise_tv_l2}
    filters[denoise](image, 0.01, halo=4).compute()
    assert waiting == [(expected, True, 0)] * 4


@pytest.mark.parametrize(
    ("shape", "chunks", "options", "message"),
    [
        (
            (90, 64, 300),
            (1, 64, 150),
            {},
            r"of 1 x 64 x 150 is filtered in windows of 65 x 64 x 214, .*2: 128}\), or .* channel_axis=0",
        ),
        (
            (90, 300),
            (1, 150),
            {},
            r"windows of 65 x 214, which takes far longer: rechunk it, image.rechunk\({0: 1024, 1: 1024}\)$",
        ),
        (
            (90, 300, 2),
            (1, 150, 2),
            {"channel_axis": 2},
            r"windows of 65 x 214, .*image.rechunk\({0: 1024, 1: 1024}\)$",
        ),
        ((90, 64, 300), (1, 64, 150), {"channel_axis": 0}, None),
        ((90, 64, 300), (1, 64, 150), {"halo": 32}, None),
        ((9, 64, 300), (1, 64, 150), {}, None),
        ((90, 3, 3), (1, 1, 1), {}, None),
    ],
)
def test_chunks_that_are_thin_are_pointed_out(
    shape: tuple[int, ...], chunks: tuple[int, ...], options: dict[str, Any], message: str | None
) -> None:
    image = da.zeros(shape, chunks=chunks, dtype=np.uint8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        chunked.denoise_tv_l1(image, 1, **options)
    assert len(caught) == (message is not None)
    if message is not None:
        assert caught[0].filename == __file__
        assert re.search(message, str(caught[0].message))

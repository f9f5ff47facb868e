"""The integers of the tiles are those of the whole image in memory."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask.array")

import coarea
from coarea.dask._whole import Factors, Question, Tile, measure, resolution_of, whole_of
from coarea.exact import _pixels

WIDTH = 7  # of the tiles, strips of columns


def integers_in_memory(
    monkeypatch: pytest.MonkeyPatch, fidelity: str, image: np.ndarray, beta: float, options: dict[str, Any]
) -> tuple[Any, Any]:
    """The problem that the filter hands to its solver."""
    found = []
    solve = _pixels.minimize_grid

    def spy(term: Any, capacities: Any, **how: Any) -> Any:
        found.append((term, capacities))
        return solve(term, capacities, **how)

    with monkeypatch.context() as patch:
        patch.setattr(_pixels, "minimize_grid", spy)
        (coarea.denoise_tv_l1 if fidelity == "l1" else coarea.denoise_tv_l2)(image, beta, workers=1, **options)
    return found[0]


def check(monkeypatch: pytest.MonkeyPatch, fidelity: str, image: np.ndarray, beta: float, **options: Any) -> None:
    """Compare the integers of each strip with those of the image."""
    term, capacities = integers_in_memory(monkeypatch, fidelity, image, beta, options)
    given = {name: options.pop(name) for name in ("weights", "mask", "fixed", "edge_weights") if name in options}
    neighbors = options.pop("neighbors", None)
    has_fixed = "fixed" in given
    question = Question(fidelity, beta, "lower", neighbors, has_fixed=has_fixed, shape=image.shape, **options)
    strips = [slice(k, min(k + WIDTH, image.shape[-1])) for k in range(0, image.shape[-1], WIDTH)]
    tiles = [Tile(image[..., s], **{name: array[..., s] for name, array in given.items()}) for s in strips]
    starts = [[0] * (image.ndim - 1) + [s.start] for s in strips]
    statistics = [measure(tile, start, question) for tile, start in zip(tiles, starts, strict=True)]
    whole = whole_of(question, statistics, resolution_of(question, [statistics]))
    pull = 2 * sum(int(capacity.max(initial=0)) for capacity in capacities.values())
    for tile, strip in zip(tiles, strips, strict=True):
        values, weights = tile.known()
        slope, up, down = whole.rows(weights)
        for own, row in ((up, term.up), (down, term.down), (slope, None if term.is_steep else term.slope)):
            if row is not None:
                expected = np.broadcast_to(row, image.shape)[..., strip]
                bound = pull + 1 if row is not term.slope else own.max()
                assert np.array_equal(np.broadcast_to(np.minimum(own, bound), expected.shape), expected)
        if whole.n_levels is not None:
            assert whole.n_levels == term.n_levels
            has_data = np.broadcast_to(True if weights is None else weights > 0, values.shape)
            marks = whole.marks(values, tile.has_data(weights))
            assert np.array_equal(marks[has_data], term.level[..., strip][has_data])
        for offset, own in whole.capacities(values.shape, tile.edge_weights).items():
            full = capacities[offset]
            if full.ndim:
                start = strip.start  # pairs (p, p + offset) are kept by p, without the columns whose pairs leave
                n = own.shape[-1]
                full = full[..., start : start + n]
            assert np.array_equal(own, full)


@pytest.mark.parametrize("fidelity", ["l1", "l2"])
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
@pytest.mark.parametrize("beta", [0.37, np.pi, 300.7, 1e9])
def test_integers_are_those_of_the_whole_image(
    fidelity: str, dtype: str, beta: float, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few weights and many, simple and real, extreme, and of one pair only."""
    shape = (5, 30)
    image = (rng.random(shape) * 100).astype(dtype)
    real = rng.random(shape)
    exactly = np.resize(np.r_[0, np.arange(1, 65) / 64], shape)  # 65 numbers: one more than are kept apart
    for weights in (None, real, exactly, np.where(exactly == 0, 0.5, exactly), real * 1e-40, (real < 0.5) * 3.0):
        for neighbors in (4, 8, 16):
            given = {} if weights is None else {"weights": weights}
            check(monkeypatch, fidelity, image, beta, neighbors=neighbors, **given)
    for pairs in (rng.random((2, *shape)), rng.integers(0, 3, (2, *shape)).astype(float), np.full((2, *shape), 1 / 3)):
        check(monkeypatch, fidelity, image, beta, edge_weights=pairs)
        check(monkeypatch, fidelity, image, beta, edge_weights=pairs, mask=real < 0.2)


def test_a_single_pair_of_a_tile_is_rounded_like_those_of_the_image(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single numbers are rounded in their own way: it must be the number of the image that counts."""
    image = rng.random((1, 2000)).astype("f4")
    pairs = rng.random((2, *image.shape))
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[__name__], "WIDTH", 2)
        check(monkeypatch, "l1", image, 4000.0, quantile=1 / 3, edge_weights=pairs)  # thirds, in more than 53 bits


def test_the_smallest_weight_of_all_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products that no minimiser cuts are lowered by units that depend on it."""
    image = np.arange(21, dtype=np.uint8)[np.newaxis]
    pairs = np.full((2, 1, 21), 0.75)
    pairs[1, 0, 17] = 0.25
    check(monkeypatch, "l1", image, 1e9, edge_weights=pairs)


def test_integers_that_repeat_have_no_more_levels_than_their_range(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where beta is large and weights are rounded, the scale depends on how many levels there are."""
    image = rng.integers(0, 9, (30, 30)).astype(np.int32)
    check(monkeypatch, "l1", image, 5000.7, neighbors=8)


def test_fixed_pixels_leave_no_edge_uncut(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory, edges are lowered to what no minimiser cuts unless pixels are fixed; so here."""
    image = rng.integers(0, 99, (5, 30)).astype(np.uint8)
    check(monkeypatch, "l1", image, 1e6, fixed=np.zeros(image.shape, bool))


def test_factors_of_parts_are_those_of_all(rng: np.random.Generator) -> None:
    for weights in (rng.integers(0, 5, 90) / 7, rng.random(90) * 1e300, np.zeros(90)):
        joined = Factors.join([Factors.of(part) for part in np.split(weights, 9)])
        assert joined.number == 90
        assert joined.distinct[-1] == weights.max()
        assert np.isclose(np.ldexp(joined.total, joined.exponent), weights.sum(), rtol=1e-14) or weights.max() > 1e299
        if len(np.unique(weights)) <= 64:
            assert np.array_equal(joined.distinct, np.unique(weights))
        else:
            assert len(np.unique(joined.distinct)) > 64

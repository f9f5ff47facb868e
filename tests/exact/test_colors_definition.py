"""The colour filter is its definition, step by step, and near the least energy that its constraint allows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import Offset, axis_offsets, perimeter_weights
from coarea.exact._model import l1_model
from coarea.exact._setting import Data
from coarea.exact.colors._colors import colors_of_pixels
from coarea.exact.colors._energy import Energy

Pixel = tuple[int, ...]
Color = tuple[int, ...]


UNIT = 8000  # of which all weights of these tests are multiples


def whole(number: float) -> int:
    """A multiple of the unit, exactly."""
    fraction = UNIT * Fraction(float(number)).limit_denominator(10**6)
    assert fraction.denominator == 1
    return int(fraction)


class Definition:
    """The steps in plain Python and whole numbers, without any of the kernels' shortcuts."""

    def __init__(
        self,
        image: np.ndarray,
        marginal: np.ndarray,
        *,
        beta: float,
        lengths: Mapping[Offset, float],
        weights: np.ndarray,
        fixed: np.ndarray,
        edge_weights: np.ndarray | None,
        quantile: float,
    ) -> None:
        self.shape = image.shape[:-1]
        self.pixels = list(np.ndindex(self.shape))
        self.v = {p: tuple(map(int, (2 * image[p]).tolist())) for p in self.pixels}
        self.m = {p: tuple(map(int, (2 * marginal[p]).tolist())) for p in self.pixels}
        rates = np.array([2 * quantile * weights, 2 * (1 - quantile) * weights])
        self.up, self.down = ({p: tuple(map(whole, rate[p].tolist())) for p in self.pixels} for rate in rates)
        self.has_color = {p for p in self.pixels if fixed[p] or min(weights[p]) > 0}
        self.fixed = {p for p in self.pixels if fixed[p]}
        self.pairs: dict[Pixel, list[tuple[Pixel, int]]] = {p: [] for p in self.pixels}
        for k, (offset, length) in enumerate(lengths.items()):
            for p in self.pixels:
                q = tuple(a + b for a, b in zip(p, offset, strict=True))
                if q in self.v:
                    weight = whole(beta * length * (1 if edge_weights is None else edge_weights[(k, *p)]))
                    self.pairs[p].append((q, weight))
                    self.pairs[q].append((p, weight))
        for p in self.pixels:
            self.pairs[p].sort()  # raster order of the neighbours

    def zones(self) -> list[list[Pixel]]:
        """In raster order of their first pixels, each in raster order."""
        axes, seen, zones = axis_offsets(len(self.shape)), set(), []
        for first in self.pixels:
            zone = [] if first in seen else [first]
            for p in zone:
                seen.add(p)
                for sign, offset in itertools.product((-1, 1), axes):
                    q = tuple(a + sign * b for a, b in zip(p, offset, strict=True))
                    if q in self.v and self.m[q] == self.m[p] and q not in zone:
                        zone.append(q)
            if zone:
                zones.append(sorted(zone))
        return zones

    def projected(self, zone: list[Pixel]) -> Pixel:
        """The pixel whose colour a zone takes first."""
        candidates = [p for p in zone if p in self.has_color] or [
            min(self.has_color, key=partial(apart, p)) for p in zone
        ]
        held = [p for p in candidates if p in self.fixed]
        return min(held or candidates, key=lambda p: apart_in_color(self.v[p], self.m[zone[0]]))

    def cost(self, zone: list[Pixel], color: Color, beside: list[tuple[Color, int]]) -> int:
        """What the energy has to do with the zone."""
        total = sum(weight * apart_in_color(other, color) for other, weight in beside)
        for p in zone:
            for up, down, v, u in zip(self.up[p], self.down[p], self.v[p], color, strict=True):
                total += up * (v - u) if v > u else down * (u - v)
        return total

    def result(self) -> np.ndarray:
        """For each pixel the one whose colour it takes."""
        zones = self.zones()
        source = {p: best for zone in zones for best in [self.projected(zone)] for p in zone}
        moved = True
        while moved:
            moved = False
            for zone in sorted(zones, key=len):
                inside = set(zone)
                if self.fixed & inside:
                    continue
                borders = [(q, weight) for p in zone for q, weight in self.pairs[p] if q not in inside]
                beside = [(self.v[source[q]], weight) for q, weight in borders]
                own = source[zone[0]]
                best = min([own, *(source[q] for q, _ in borders)], key=lambda p: self.cost(zone, self.v[p], beside))
                if self.cost(zone, self.v[best], beside) < self.cost(zone, self.v[own], beside):
                    moved = True
                    source.update(dict.fromkeys(zone, best))
        return np.array([np.ravel_multi_index(source[p], self.shape) for p in self.pixels]).reshape(self.shape)


def apart(p: Pixel, q: Pixel) -> int:
    return sum((a - b) ** 2 for a, b in zip(p, q, strict=True))


def apart_in_color(a: Color, b: Color) -> int:
    return sum(map(abs, map(int.__sub__, a, b)))


def check(image: np.ndarray, marginal: np.ndarray, beta: float, *, lengths: Mapping[Offset, float] | None = None,
          weights: np.ndarray | None = None, fixed: np.ndarray | None = None, edge_weights: np.ndarray | None = None,
          quantile: float = 0.5) -> None:  # fmt: skip
    """Compare the colours of the kernels' result with those of the definition."""
    lengths = lengths or dict.fromkeys(axis_offsets(image.ndim - 1), 1.0)
    shape, n = image.shape[:-1], image.shape[-1]
    channels = [np.ascontiguousarray(image[..., c]) for c in range(n)]
    marginals = [np.ascontiguousarray(marginal[..., c]) for c in range(n)]
    data = [Data(None if weights is None else weights[..., c], fixed, edge_weights) for c in range(n)]
    ours = colors_of_pixels(channels, marginals, data, Energy(l1_model(quantile), beta, lengths))
    known = np.ones(image.shape) if weights is None else weights
    held = np.zeros(shape, bool) if fixed is None else fixed
    theirs = Definition(
        image, marginal, beta=beta, lengths=lengths, weights=known, fixed=held, edge_weights=edge_weights,
        quantile=quantile,
    ).result()  # fmt: skip
    flat = image.reshape(-1, n)
    np.testing.assert_array_equal(flat[ours], flat[theirs])


def random_pairs(
    n: int, seed: int, dtype: Any = np.uint8
) -> Iterator[tuple[np.random.Generator, np.ndarray, np.ndarray, float]]:
    """Images with results of a filter: true ones, and any image, as zones need no filter."""
    rng = np.random.default_rng(seed)
    for k in range(n):
        shape = tuple(rng.integers(1, [8, 5, 4][ndim := rng.integers(3)], ndim + 1))
        image = rng.integers(0, rng.integers(2, 9), (*shape, rng.integers(1, 4))).astype(dtype)
        beta = float(rng.choice([0.25, 0.3, 0.5, 1, 1.5]))
        marginal = coarea.denoise_tv_l1(image, beta, channel_axis=-1) if k % 2 else rng.permuted(image, axis=0)
        yield rng, image, marginal, beta


def test_results_are_those_of_the_definition() -> None:
    for _, image, marginal, beta in random_pairs(300, seed=0):
        check(image, marginal, beta)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float32])
def test_so_are_those_of_other_dtypes(dtype: Any) -> None:
    scale = {np.int16: 200, np.int64: 2**19, np.float32: 0.5}[dtype]
    for _, image, marginal, beta in random_pairs(60, seed=1, dtype=dtype):
        check(image * dtype(scale) - dtype(scale), marginal * dtype(scale) - dtype(scale), beta)


def test_so_are_those_with_all_options() -> None:
    for rng, image, marginal, beta in random_pairs(200, seed=2):
        shape = image.shape[:-1]
        neighborhoods = {1: (2,), 2: (4, 8, 16), 3: (6, 26)}[len(shape)]
        count = int(rng.choice(neighborhoods))
        lengths = {offset: round(8 * length) / 8 for offset, length in perimeter_weights(len(shape), count).items()}
        weights = rng.choice([0.5, 1, 2], image.shape if rng.random() < 0.5 else (*shape, 1))
        check(
            image, marginal, beta, lengths=lengths,
            weights=None if rng.random() < 0.3 else np.broadcast_to(weights, image.shape),
            fixed=rng.random(shape) < 0.1 if rng.random() < 0.5 else None,
            edge_weights=rng.choice([0, 0.5, 1, 3], (len(lengths), *shape)) if rng.random() < 0.5 else None,
            quantile=float(rng.choice([0.5, 0.25, 0.9, 1])),
        )  # fmt: skip


def test_zones_without_data_take_colours_from_beside_them() -> None:
    rng = np.random.default_rng(3)
    for _ in range(150):
        image = rng.integers(0, 5, (rng.integers(2, 9), 2)).astype(np.uint8)
        weights = np.ones(image.shape)
        weights[rng.integers(len(image)), rng.integers(2)] = 0  # in a row one pixel has two nearest ones at most
        marginal = rng.permuted(image, axis=0)
        if len(image) > 2 and (weights[[0, -1]] == 1).all():
            continue
        check(image, marginal, 0.5, weights=weights)


def test_large_zones_are_computed_by_tables() -> None:
    """Zones with many pixels and neighbours go another way in the kernel, for bytes and for other levels."""
    rng = np.random.default_rng(4)
    for scale, dtype in itertools.product((1, 300), (np.uint8, np.int32)):
        if scale == 300 and dtype == np.uint8:
            continue
        for quantile in (0.5, 0.25):
            image = rng.integers(0, 6, (12, 12, 3)).astype(dtype)
            image = image * dtype(scale)
            marginal = np.where(rng.random((12, 12, 1)) < 0.7, image[:1, :1], image)
            check(image, marginal, 0.3, quantile=quantile, weights=rng.choice([1, 2], image.shape) / 2)
            check(image, marginal, 0.3, quantile=quantile)


def test_of_equal_colors_large_zones_take_the_first() -> None:
    """Of images that are mirrored with their channels exchanged, (a, b) costs a large zone what (b, a) does."""
    rng = np.random.default_rng(7)
    for k in range(8):
        dtype, scale = ((np.uint8, 1), (np.int32, 300))[k % 2]
        half, is_large = rng.integers(0, 4, (12, 6, 2)) * scale, rng.random((12, 6, 1)) < 0.6
        image = np.concatenate([half, half[:, ::-1, ::-1]], axis=1).astype(dtype)
        marginal = np.where(np.concatenate([is_large, is_large[:, ::-1]], axis=1), 5 * dtype(scale), image)
        check(image, marginal, (0.5, 1)[k // 2 % 2])


def energies(image: np.ndarray, results: np.ndarray, beta: float) -> np.ndarray:
    """Equation (N) of results along the first axis."""
    total = np.abs(results - image).sum((1, 2, 3), dtype=float)
    for axis in (1, 2):
        total += beta * np.abs(np.diff(results, axis=axis)).sum((1, 2, 3))
    return total


def compare_with_brute_force(n: int, seed: int, shape: tuple[int, int]) -> tuple[float, float]:
    """The share of results that are optimal, and by how much the others are above the least energy, on average."""
    rng = np.random.default_rng(seed)
    excess = []
    for _ in range(n):
        image = rng.integers(0, 9, (*shape, 3))
        beta = float(rng.choice([0.5, 1, 1.5]))
        flat = image.reshape(-1, 3)
        results = flat[np.indices((len(flat),) * len(flat)).reshape(len(flat), -1).T].reshape(-1, *shape, 3)
        least = energies(image, results, beta).min()
        ours, info = coarea.denoise_tv_l1(image, beta, channel_axis=-1, colors="input", return_info=True)
        (energy,) = energies(image, ours[None], beta)
        assert info.lower_bound <= least <= energy == pytest.approx(info.energy)
        assert info.gap == pytest.approx((energy - info.lower_bound) / info.lower_bound)
        excess.append(energy / least - 1)
    above = np.array(excess)
    return float((above < 1e-9).mean()), float(above[above > 1e-9].mean()) if (above > 1e-9).any() else 0.0


def test_energies_are_near_the_least() -> None:
    optimal, above = compare_with_brute_force(20, 5, (2, 3))
    assert optimal > 0.6
    assert above < 0.15


@pytest.mark.slow
def test_energies_are_near_the_least_in_more_images() -> None:
    optimal, above = compare_with_brute_force(1000, 6, (2, 3))
    print(f"optimal {optimal:.1%}, others {above:.2%} above")
    assert optimal > 0.6
    assert above < 0.15

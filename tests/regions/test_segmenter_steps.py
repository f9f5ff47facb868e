"""The steps of the segmenter, each against its plain definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.ndimage import correlate

from coarea.regions.segmenter.arcs import arcs_of
from coarea.regions.segmenter.fitted import PLACES, SCALES, TEXTONS
from coarea.regions.segmenter.segment import _doubled, _histograms
from coarea.regions.segmenter.spectral import DENSE_MAX, spectral_distances
from coarea.regions.segmenter.textons import bank, textons_of
from coarea.regions.segmenter.windows import contrasts, gaussian, tables

RNG = np.random.default_rng(5)
SHAPES = [(1, 1), (2, 9), (9, 1), (7, 12), (31, 18)]


def random_lab(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.integers(0, 256, (*shape, 3)).astype(np.uint8)


def block_histograms(plane: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Means over blocks of 2 x 2 pixels, (rows, columns, bins)."""
    return np.array(
        [
            [table[plane[y : y + 2, x : x + 2]].mean(axis=(0, 1), dtype=float) for x in range(0, plane.shape[1], 2)]
            for y in range(0, plane.shape[0], 2)
        ]
    )


def contrasts_by_definition(plane: np.ndarray, table: np.ndarray, scale: int) -> np.ndarray:
    """Windows on both sides of each block, one after the other."""
    distance, sigma = SCALES[scale]
    half = np.exp(-(np.arange(-round(4 * sigma), round(4 * sigma) + 1) ** 2) / (2 * sigma**2))
    windows = block_histograms(plane, table)
    for axis in (0, 1):
        kernel = np.moveaxis((half / half.sum())[:, None, None], 0, axis)
        windows = correlate(windows, kernel, mode="reflect")
    height, width = windows.shape[:2]
    out = np.zeros((8, height, width))
    for k, y, x in np.ndindex(out.shape):
        down, right = round(distance * math.sin(math.pi * k / 8)), round(distance * math.cos(math.pi * k / 8))
        u, v = (windows[min(max(y + s * down, 0), height - 1), min(max(x + s * right, 0), width - 1)] for s in (1, -1))
        out[k, y, x] = sum((a - b) ** 2 / (a + b) for a, b in zip(u, v, strict=True) if a + b > 0) / 2
    return out


@pytest.mark.parametrize("shape", SHAPES)
def test_contrasts_are_those_of_windows_on_both_sides(shape: tuple[int, int]) -> None:
    lab, textons = random_lab(shape), RNG.integers(0, len(TEXTONS), shape).astype(np.uint8)
    planes = {"L": lab[..., 0], "a": lab[..., 1], "b": lab[..., 2], "textons": textons}
    by_name = {
        (name, scale): contrasts_by_definition(plane, tables()[name], scale)
        for name, plane in planes.items()
        for scale in range(3)
    }
    found = contrasts(lab, textons, 1000)
    np.testing.assert_allclose(found.colors, by_name["a", 1] + by_name["b", 1], atol=1e-4)
    np.testing.assert_allclose(found.textons, by_name["textons", 1], atol=1e-4)
    along = sum(weight * by_name[place] for place, weight in PLACES.items())
    np.testing.assert_allclose(found.places, along.max(axis=0), atol=1e-4)


def test_contrasts_do_not_depend_on_the_strips() -> None:
    lab, textons = random_lab((61, 40)), RNG.integers(0, len(TEXTONS), (61, 40)).astype(np.uint8)
    whole = contrasts(lab, textons, 31)
    for strip in (1, 7, 30):
        for one, other in zip(whole, contrasts(lab, textons, strip), strict=True):
            np.testing.assert_array_equal(one, other)


def test_contrasts_of_mirrored_and_turned_images() -> None:
    """Of even sizes, whose blocks are mirrored as well: angle k becomes 8 - k, or 4 - k where axes change places."""
    lab, textons = random_lab((24, 30)), RNG.integers(0, len(TEXTONS), (24, 30)).astype(np.uint8)
    found, mirrored, turned = (
        contrasts(np.ascontiguousarray(change(lab)), np.ascontiguousarray(change(textons)), 9)
        for change in (lambda a: a, lambda a: a[:, ::-1], lambda a: a.swapaxes(0, 1))
    )
    back = [(8 - k) % 8 for k in range(8)]
    np.testing.assert_array_equal(mirrored.textons, found.textons[back][:, :, ::-1])
    np.testing.assert_array_equal(mirrored.colors, found.colors[back][:, :, ::-1])
    across = [(4 - k) % 8 for k in range(8)]
    np.testing.assert_allclose(turned.textons, found.textons[across].swapaxes(1, 2), atol=1e-5)


def test_tables_and_windows_hold_one_in_all() -> None:
    for table in tables().values():
        np.testing.assert_allclose(table.sum(axis=1), 1, rtol=1e-6)
    for _, sigma in SCALES:
        weight = gaussian(sigma)
        assert 2 * weight.sum() - weight[0] == pytest.approx(1)


@pytest.mark.parametrize("shape", [*SHAPES, (40, 300)])
def test_textons_are_the_nearest_centres(shape: tuple[int, int]) -> None:
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    image[: shape[0] // 2] //= 8  # faint textures as well
    framed = np.pad(image / 255, 9, mode="symmetric")
    responses = np.stack([correlate(framed, part, mode="constant")[9:-9, 9:-9] for part in bank()], axis=-1)
    distances = ((responses[..., None, :] - TEXTONS) ** 2).sum(axis=-1)
    chosen = np.take_along_axis(distances, textons_of(image, 1000)[..., None].astype(int), axis=-1)[..., 0]
    np.testing.assert_allclose(chosen, distances.min(axis=-1), atol=1e-6)
    for strip in (1, 8):
        np.testing.assert_array_equal(textons_of(image, strip), textons_of(image, 1000))


def test_the_bank_sees_no_constant() -> None:
    np.testing.assert_allclose(bank().sum(axis=(1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(np.abs(bank()).sum(axis=(1, 2)), 1)
    assert len(np.unique(textons_of(np.full((4, 5), 200, np.uint8), 4))) == 1


def sides_by_definition(labels: np.ndarray) -> dict[tuple[int, int], list[tuple[float, float, int, int]]]:
    """Of each pair of labels the middles of their sides, and the normals from the smaller label to the larger."""
    arcs: dict[tuple[int, int], list[tuple[float, float, int, int]]] = {}
    for y, x in np.ndindex(labels.shape):
        for down, right in ((1, 0), (0, 1)):
            if y + down < labels.shape[0] and x + right < labels.shape[1]:
                one, other = int(labels[y, x]), int(labels[y + down, x + right])
                if one != other:
                    sign = 1 if one < other else -1
                    side = (y + down / 2, x + right / 2, sign * down, sign * right)
                    arcs.setdefault((min(one, other), max(one, other)), []).append(side)
    return arcs


def angle_by_definition(side: tuple[float, float, int, int], sides: list[tuple[float, float, int, int]]) -> float:
    near = [other for other in sides if math.dist(side[:2], other[:2]) <= 6]
    down, right = sum(other[2] for other in near), sum(other[3] for other in near)
    if (down, right) == (0, 0):
        down, right = side[2:]
    return math.atan2(down, right) % math.pi


def sampled(maps: np.ndarray, y: float, x: float, angle: float) -> float:
    """Linear in place, ends repeated, and in the angle, whose period is pi."""
    _, height, width = maps.shape
    total = 0.0
    for k, row, column in np.ndindex(maps.shape):
        turn = abs(angle / math.pi * 8 - k)
        weight = max(0, 1 - min(turn, 8 - turn))
        weight *= max(0, 1 - abs(min(max(y, 0), height - 1) - row))
        weight *= max(0, 1 - abs(min(max(x, 0), width - 1) - column))
        total += weight * maps[k, row, column]
    return total


@pytest.mark.parametrize(("shape", "n"), [((1, 2), 2), ((2, 1), 2), ((5, 6), 4), ((20, 4), 2), ((9, 9), 3)])
def test_arcs_and_their_means(shape: tuple[int, int], n: int) -> None:
    labels = np.arange(np.prod(shape)).reshape(shape) % n if min(shape) == 1 else RNG.integers(0, n, shape)
    arcs, expected = arcs_of(labels.astype(np.int32)), sides_by_definition(labels)
    strength = RNG.random((2, *shape)).astype(np.float32)
    maps = RNG.random((8, -(-shape[0] // 2), -(-shape[1] // 2))).astype(np.float32)
    assert [tuple(pair) for pair in arcs.ends.tolist()] == sorted(expected)
    assert np.diff(arcs.start).tolist() == [len(expected[pair]) for pair in sorted(expected)]
    strengths, means = arcs.mean_strength(strength), arcs.mean_contrast(maps)
    for k, pair in enumerate(sorted(expected)):
        sides = expected[pair]
        of_sides = [strength[0 if down else 1, int(y), int(x)] for y, x, down, _ in sides]
        assert strengths[k] == pytest.approx(np.mean(of_sides, dtype=float))
        at_sides = [
            sampled(maps, (y - 0.5) / 2, (x - 0.5) / 2, angle_by_definition((y, x, down, right), sides))
            for y, x, down, right in sides
        ]
        assert means[k] == pytest.approx(np.mean(at_sides))


def test_one_region_has_no_arcs() -> None:
    arcs = arcs_of(np.zeros((3, 4), np.int32))
    assert arcs.ends.shape == (0, 2)
    assert arcs.mean_strength(np.zeros((2, 3, 4), np.float32)).shape == (0,)


def random_graph(n_regions: int) -> tuple[np.ndarray, np.ndarray]:
    """Ends and affinities of the arcs of a connected graph."""
    pairs = {(k, k + 1) for k in range(n_regions - 1)} | {
        (int(i), int(j)) for i, j in np.sort(RNG.integers(0, n_regions, (2 * n_regions, 2))) if i < j
    }
    ends = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return ends, RNG.random(len(ends)) * 10.0 ** RNG.integers(-2, 3, len(ends))


@pytest.mark.parametrize("n_regions", [1, 2, 5, 17, 40, DENSE_MAX + 60])
def test_spectral_distances_by_all_eigenvectors(n_regions: int) -> None:
    ends, affinity = random_graph(n_regions)
    found = spectral_distances(ends, affinity, n_regions, 16)
    graph = np.zeros((n_regions, n_regions))
    graph[ends[:, 0], ends[:, 1]] = affinity
    graph += graph.T
    degree = graph.sum(axis=1)
    expected = np.zeros(len(ends))
    if n_regions > 1:
        root = np.sqrt(degree)
        values, vectors = eigh(np.eye(n_regions) - graph / root / root[:, None])
        for k in range(1, min(16, n_regions - 1) + 1):
            own = vectors[:, k] / root / math.sqrt(max(values[k], 1e-6)) * math.sqrt(degree.sum())
            expected += np.abs(own[ends[:, 0]] - own[ends[:, 1]])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(found, spectral_distances(ends, affinity, n_regions, 16))


@pytest.mark.parametrize("n_regions", [DENSE_MAX, 800])
def test_threads_of_linear_algebra_do_not_matter(n_regions: int) -> None:
    limits = pytest.importorskip("threadpoolctl").threadpool_limits
    ends, affinity = random_graph(n_regions)
    found = []
    for n_threads in (1, 2, 5):
        with limits(n_threads):
            found.append(spectral_distances(ends, affinity, n_regions, 16))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_histograms_of_regions_are_sums() -> None:
    labels = RNG.integers(0, 5, (11, 7)).astype(np.int32)
    plane = RNG.integers(0, 256, (11, 7)).astype(np.uint8)
    table = tables()["a"]
    expected = [table[plane[labels == k]].sum(axis=0, dtype=float) for k in range(5)]
    np.testing.assert_allclose(_histograms(labels, plane, table), expected, atol=1e-9)


def test_values_of_blocks_lie_at_their_middles() -> None:
    ramp = np.arange(0.5, 8, 2, dtype=np.float32)  # the middles of blocks of two pixels
    assert _doubled(ramp, 0).tolist() == [0.5, 1, 2, 3, 4, 5, 6, 6.5]

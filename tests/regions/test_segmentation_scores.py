"""The scores of the benchmark of segmentations, against their definitions."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import evaluate
import imageio.v3 as iio
import numpy as np
import pytest
from photographs import hierarchy_of_ucm, joined, photographs
from pipelines import Pipeline
from scipy import ndimage
from scipy.io import savemat
from scores import (
    Hierarchy,
    contour_scores,
    contours_of,
    f_measure,
    jackknife,
    people,
    region_scores,
    score,
    sides,
    tolerance,
)

RNG_CASES = range(40)


def drawings(rng: np.random.Generator, shape: tuple[int, int]) -> list[np.ndarray]:
    return [rng.integers(0, rng.integers(1, 5), shape) * 3 + 1 for _ in range(rng.integers(1, 4))]


def covering(labels: np.ndarray, drawn: np.ndarray) -> float:
    total = 0.0
    for region in np.unique(drawn):
        inside = drawn == region
        overlaps = [(inside & (labels == a)).sum() / (inside | (labels == a)).sum() for a in np.unique(labels)]
        total += inside.sum() * max(overlaps)
    return total / labels.size


def rand_index(labels: np.ndarray, drawn: np.ndarray) -> float:
    pairs = list(combinations(zip(labels.ravel(), drawn.ravel(), strict=True), 2))
    return float(np.mean([(a == b) == (c == d) for (a, c), (b, d) in pairs]))


def information(labels: np.ndarray, drawn: np.ndarray) -> float:
    """H(labels | drawn) + H(drawn | labels), in bits."""
    total = 0.0
    for a in np.unique(labels):
        for b in np.unique(drawn):
            p, q = (labels == a).mean(), (drawn == b).mean()
            both = ((labels == a) & (drawn == b)).mean()
            if both:
                total -= both * (np.log2(both / p) + np.log2(both / q))
    return total


def contour_of(labels: np.ndarray) -> np.ndarray:
    rows, columns = labels.shape
    return np.array(
        [
            [
                any(labels[y, x] != labels[v, u] for v, u in ((y + 1, x), (y, x + 1)) if v < rows and u < columns)
                for x in range(columns)
            ]
            for y in range(rows)
        ]
    )


def near(mask: np.ndarray, y: int, x: int) -> bool:
    return any(np.hypot(y - v, x - u) <= tolerance(mask.shape) for v, u in np.argwhere(mask))


@pytest.mark.parametrize("seed", RNG_CASES)
def test_scores_of_regions_by_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, drawn = rng.integers(0, 5, (4, 5)), drawings(rng, (4, 5))
    truth = people(drawn)
    found = region_scores(truth.table(labels), truth.person)
    expected = [np.mean([rule(labels, one) for one in drawn]) for rule in (covering, rand_index, information)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_contours_by_distances(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scores.TOLERANCE", 0.12 + 0.04 * seed)  # times a diagonal of 15, at seed 2 exactly 3 pixels
    rng = np.random.default_rng(seed)
    shape = (9, 12)
    blocks = [np.kron(rng.integers(0, 3, (3, 4)), np.ones((3, 3), int)) for _ in range(3)]
    truth = people(blocks)
    strength = np.where(rng.random(shape) < 0.15, rng.integers(1, 4, shape), 0).astype(float)
    drawn = [contour_of(one) for one in blocks]
    levels = np.array([0, 1, 2, 2.5, 3])
    for level, found in zip(levels, contour_scores(strength, truth, levels), strict=True):
        contour = strength > level
        right = sum(near(np.any(drawn, axis=0), y, x) for y, x in np.argwhere(contour))
        reached = sum(near(contour, y, x) for one in drawn for y, x in np.argwhere(one))
        assert found.tolist() == [right, contour.sum(), reached, sum(one.sum() for one in drawn)]


def test_a_perfect_segmentation() -> None:
    labels = np.kron(np.arange(6).reshape(2, 3), np.ones((9, 9), int))
    scores = score([labels], np.zeros(1), people([labels, labels]))[0]
    np.testing.assert_allclose(scores[:3], [1, 1, 0], atol=1e-12)
    assert f_measure(scores[3:]) == 1
    one_region = score([np.zeros_like(labels)], np.zeros(1), people([labels]))[0]
    np.testing.assert_allclose(one_region[:3], [1 / 6, rand_index(0 * labels, labels), np.log2(6)])
    assert f_measure(one_region[3:]) == 0


def test_people_who_drew_nothing() -> None:
    blank = np.ones((6, 7), int)
    np.testing.assert_allclose(score([0 * blank], np.zeros(1), people([blank]))[0], [1, 1, 0, 0, 0, 0, 0], atol=1e-12)


def random_hierarchy(seed: int) -> tuple[Hierarchy, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    leaves = np.arange(12).reshape(3, 4)
    one, other = (np.r_[a.ravel(), b.ravel()] for a, b in ((leaves[:-1], leaves[:, :-1]), (leaves[1:], leaves[:, 1:])))
    level = rng.integers(1, 6, len(one)) / 4
    return joined(np.kron(leaves, np.ones((3, 3), int)), 12, one, other, level), (one, other, level)


@pytest.mark.parametrize("seed", range(20))
def test_hierarchies_as_their_cuts(seed: int) -> None:
    """Joined up to a level is connected by arcs up to that level; scores are those of the label images."""
    hierarchy, (one, other, arcs) = random_hierarchy(seed)
    assert (np.diff(hierarchy.level[12:]) >= 0).all()
    levels, cuts = np.array([0, 0.25, 0.3, 0.5, 0.75, 1, 1.25, 2]), []
    for level in levels:
        together = np.arange(12)
        for _ in range(12):
            for a, b in zip(one[arcs <= level], other[arcs <= level], strict=True):
                together[[a, b]] = together[[a, b]].min()
        region = hierarchy.leaves_at(level)
        assert ((region[:, None] == region) == (together[:, None] == together)).all()
        cuts.append(region[hierarchy.leaf_of_pixel])
        np.testing.assert_array_equal(contours_of(hierarchy) > level, sides(cuts[-1]).any(axis=0))
    truth = people(drawings(np.random.default_rng(seed), (9, 12)))
    np.testing.assert_allclose(score(hierarchy, levels, truth), score(cuts, levels, truth), atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_maps_on_the_grid_of_sides(seed: int, tmp_path: Path) -> None:
    """Cut at a level they are the components of the grid where it is no higher."""
    hierarchy, _ = random_hierarchy(seed)
    labels = hierarchy.leaf_of_pixel
    grid = np.zeros((2 * labels.shape[0] + 1, 2 * labels.shape[1] + 1))
    for level in np.unique(hierarchy.level[12:]):
        cut = hierarchy.leaves_at(np.nextafter(level, 0))[labels]
        grid[2:-1:2, 1::2][cut[1:] != cut[:-1]] = level
        grid[1::2, 2:-1:2][cut[:, 1:] != cut[:, :-1]] = level
    corners = [grid[1:-2:2, 2:-1:2], grid[3::2, 2:-1:2], grid[2:-1:2, 1:-2:2], grid[2:-1:2, 3::2]]
    grid[2:-1:2, 2:-1:2] = np.max(corners, axis=0)
    savemat(tmp_path / "map.mat", {"ucm2": grid})
    read = hierarchy_of_ucm(tmp_path / "map.mat")
    for level in (0, 0.25, 0.5, 1, 1.25):
        region = read.leaves_at(level)[read.leaf_of_pixel]
        expected = ndimage.label(grid <= level)[0][1::2, 1::2]
        assert len(np.unique(region)) == len(np.unique(expected)) == len(np.unique(region + 1000 * expected))


def test_standard_errors() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert jackknife(np.mean, values) == pytest.approx(values.std(ddof=1) / np.sqrt(50))
    assert np.isnan(jackknife(np.mean, values[:1]))


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """One image in the layout of BSDS500, two in a flat folder."""
    places = {"flat": (tmp_path / "flat",) * 2, "test": (tmp_path / "images/test", tmp_path / "groundTruth/test")}
    for name, (images, truths) in places.items():
        for k in range(2 if name == "flat" else 1):
            images.mkdir(parents=True, exist_ok=True)
            truths.mkdir(parents=True, exist_ok=True)
            iio.imwrite(images / f"{name}{k}.jpg", np.full((8, 9, 3), 100 * k, np.uint8))
            drawn = np.empty((1, 2), object)
            for person in range(2):
                drawn[0, person] = {"Segmentation": np.repeat([[7, 9]], 8, axis=0).repeat((4, 5), axis=1)}
            savemat(truths / f"{name}{k}.mat", {"groundTruth": drawn})
    return {name: images for name, (images, _) in places.items()}


def test_folders_are_read(folders: dict[str, Path]) -> None:
    assert [one.name for one in photographs(folders["flat"])] == ["flat0", "flat1"]
    (one,) = photographs(folders["test"])
    assert one.rgb().shape == (8, 9, 3)
    assert [label.tolist() for label in one.people().labels] == [[[0] * 4 + [1] * 5] * 8] * 2
    one.truth.unlink()
    with pytest.raises(SystemExit, match=r"test0.mat: not there"):
        photographs(folders["test"])


def test_runs_are_resumed_and_settings_chosen(folders: dict[str, Path], tmp_path: Path) -> None:
    made = []

    def split(one: object, setting: tuple[float, ...]) -> list[np.ndarray]:
        made.append(setting)
        return [np.repeat(np.arange(9)[None] >= column, 8, axis=0).astype(int) for column in (setting[0], 9)]

    trial = Pipeline(split, [(2,), (4,), (7,)], np.arange(2.0), "trial")
    images = photographs(folders["flat"])
    assert evaluate.chosen("trial", trial, images, tmp_path / "kept") == ((4,), 0)
    assert made == [(2,), (2,), (4,), (4,), (7,), (7,)]
    rows, _ = evaluate.run("trial", trial, (4,), images, tmp_path / "kept")
    assert len(made) == 6, "kept results are made anew"
    assert rows.shape == (2, 2, 7)
    np.testing.assert_allclose(rows[:, 0, 0], 1)
    worse = evaluate.run("trial", trial, (2,), images, tmp_path / "kept")[0]
    covering = 1 - rows[0, 0, 0] + worse[0, 0, 0]
    assert evaluate.differences(worse, rows)[0] == f"{1 - covering:+.4f} +- 0.0000"

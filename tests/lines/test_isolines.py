"""Bilinear level lines against their definition, cell by cell, and against scikit-image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph
from skimage import data, measure

import coarea
from bilinear import (
    CORNERS,
    depth,
    high_corners_are_joined,
    inside,
    is_high_inside,
    random_images,
    segments_by_definition,
    segments_of,
)

OFF = 0.3125  # from the integers, so that no level is a grey value


@pytest.mark.parametrize("shift", [0, 0.5, OFF])
def test_lines_are_the_chains_of_the_segments_of_all_cells(shift, rng):
    """Levels that are grey values or values of saddles too: what equals the level is below it."""
    n_saddles_on_a_level = 0
    for image in random_images(250, rng):
        levels = np.arange(-1, 9) + shift
        lines = coarea.isolines(image, levels)
        assert segments_of(lines) == segments_by_definition(image, levels)
        last = np.subtract(image.shape, 1)
        for line, closed in zip(lines, lines.closed, strict=True):
            assert (line[0] == line[-1]).all() if closed else len(line) > 1
            ends = line[[0, -1]]
            assert closed or ((ends == 0) | (ends == last)).any(axis=1).all()
        n_saddles_on_a_level += shift == 0.5 and (image[:2, :2].ravel() == (1, 0, 0, 1)).all()
    assert shift != 0.5 or n_saddles_on_a_level


@pytest.mark.parametrize("fully_connected", ["high", "low"])
def test_lines_are_those_of_scikit_image_where_all_saddles_agree(fully_connected, rng):
    n_saddles = 0
    for image in random_images(400, rng, most=6):
        for t in np.arange(8) + OFF:
            a, b, c, d = (image[i : i - 1 or None, j : j - 1 or None] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
            alternate = ((a > t) == (d > t)) & ((b > t) == (c > t)) & ((a > t) != (b > t))
            joined = ((a - t) * (d - t) > (b - t) * (c - t)) == (a > t)
            if (joined[alternate] != (fully_connected == "high")).any():
                continue
            n_saddles += alternate.sum()
            theirs = measure.find_contours(image.astype(float), t, fully_connected=fully_connected)
            assert sorted(map(turned, theirs)) == sorted(map(turned, coarea.isolines(image, t)))
    assert n_saddles > 150


def turned(line: np.ndarray) -> list[list[float]]:
    """A line as it is from any of its points, if it is closed, in any direction."""
    points = [tuple(point) for point in line.tolist()]
    if points[0] == points[-1]:
        k = points.index(min(points))
        points = points[k:-1] + points[: k + 1]
    return min(points, points[::-1])


def test_lines_of_a_photograph_are_those_of_scikit_image():
    image = data.coins()[:80, :90].astype(float)
    lines = coarea.isolines(image, 100 + OFF)
    theirs = measure.find_contours(image, 100 + OFF, fully_connected="high")
    points = np.unique(np.concatenate(theirs), axis=0)
    np.testing.assert_array_equal(np.unique(lines.points, axis=0), points)


# Nesting ---------------------------------------------------------------------------------------------------------


def test_parents_enclose_and_holes_are_low(rng):
    n_turned = 0
    for image in random_images(250, rng):
        lines = coarea.isolines(image, np.arange(8) + OFF)
        if not len(lines):
            assert image.min() == image.max()
            continue
        sets = np.array([inside(*line, image.shape) for line in zip(lines, lines.closed, strict=True)])
        n_turned += sets[:, 0].any()
        is_high = np.array([is_high_inside(image, *known) for known in zip(sets, lines.level, strict=True)])
        np.testing.assert_array_equal(lines.is_hole, ~is_high & lines.closed)
        # Lines round the same pixels climb inwards if they enclose what is high.
        size, rise = sets.sum(1), np.where(is_high, lines.level, -lines.level)
        encloses = (sets[:, None] >= sets).all(-1) & ((size[:, None] > size) | (rise[:, None] < rise))
        np.testing.assert_array_equal(encloses.sum(0), depth(lines.parent))
        child = np.flatnonzero(lines.parent >= 0)
        assert encloses[lines.parent[child], child].all()
    assert n_turned


def test_lines_of_a_photograph_are_nested_as_polygons_are():
    shapely = pytest.importorskip("shapely")
    lines = coarea.isolines(data.coins()[100:160, 100:170], np.arange(20, 255, 7) + OFF)
    polygon = {i: shapely.Polygon(lines[i]) for i in np.flatnonzero(lines.closed)}
    of_closed = [i for i in polygon if lines.parent[i] in polygon]
    assert len(of_closed) > 100
    assert all(polygon[lines.parent[i]].contains(polygon[i]) for i in of_closed)
    around = np.array([sum(other.contains(polygon[i]) for other in polygon.values()) - 1 for i in polygon])
    n_open = np.array([sum(not lines.closed[j] for j in path(lines.parent, i)) for i in polygon])
    np.testing.assert_array_equal(around, depth(lines.parent)[list(polygon)] - n_open)


def path(parent: np.ndarray, i: int) -> Iterator[int]:
    while (i := parent[i]) >= 0:
        yield i


def test_of_two_equal_halves_the_one_without_the_first_pixel_is_inside():
    left_is_low = coarea.isolines([[0, 0, 4, 4], [0, 0, 4, 4]], [1, 2, 3])
    assert left_is_low.parent.tolist() == [-1, 0, 1]  # the right half: the highest level lies deepest
    more_is_high = coarea.isolines([[0, 4, 4, 4], [0, 4, 4, 4]], [1, 2, 3])
    assert more_is_high.parent.tolist() == [1, 2, -1]


def test_a_line_more_for_each_region_but_one(rng):
    """Parts of {u > t} and of {u <= t}: pixels that neighbour each other, or across a saddle."""
    for image in random_images(150, rng):
        shape, lines = image.shape, coarea.isolines(image, np.arange(8) + 0.5)
        for t in np.arange(8) + 0.5:
            high, index = image > t, np.arange(image.size).reshape(shape)
            pairs = [*zip(index[:-1].flat, index[1:].flat, strict=True),
                     *zip(index[:, :-1].flat, index[:, 1:].flat, strict=True)]  # fmt: skip
            pairs = [(p, q) for p, q in pairs if high.flat[p] == high.flat[q]]
            for r, c in np.ndindex(shape[0] - 1, shape[1] - 1):
                corners = [(r + i, c + j) for i, j in CORNERS]
                is_high = [high[corner] for corner in corners]
                if is_high in ([True, False, True, False], [False, True, False, True]):
                    joined = high_corners_are_joined([int(image[corner]) for corner in corners], t)
                    ends = corners[::2] if is_high[0] == joined else corners[1::2]
                    pairs.append(tuple(index[corner] for corner in ends))
            graph = sparse.coo_array((np.ones(len(pairs)), np.reshape(pairs, (-1, 2)).T), shape=(image.size,) * 2)
            assert csgraph.connected_components(graph, directed=False)[0] == (lines.level == t).sum() + 1


# Laws ------------------------------------------------------------------------------------------------------------


def test_lines_of_the_negative_are_the_same_turned(rng):
    for image in random_images(200, rng, most=9):
        lines, negative = coarea.isolines(image, np.arange(8) + OFF), coarea.isolines(-image, -np.arange(8) - OFF)
        forth = sorted((t, line.tolist()) for t, line in zip(lines.level, map(canonical, lines), strict=True))
        back = sorted((-t, line.tolist()) for t, line in zip(negative.level, map(reverse, negative), strict=True))
        assert forth == back
        outer = {point_of(lines, i): point_of(lines, p) for i, p in enumerate(lines.parent)}
        assert outer == {point_of(negative, i, -1): point_of(negative, p, -1) for i, p in enumerate(negative.parent)}
        assert (lines.is_hole.sum() + negative.is_hole.sum()) == lines.closed.sum()


def canonical(line: np.ndarray) -> np.ndarray:
    """A closed line from its least point on, in its direction."""
    if (line[0] != line[-1]).any():
        return line
    k = np.lexsort(line[:-1].T[::-1])[0]
    return np.concatenate([line[k:-1], line[: k + 1]])


def reverse(line: np.ndarray) -> np.ndarray:
    return canonical(line[::-1])


def point_of(lines: coarea.Lines, i: int, sign: int = 1) -> tuple[float, ...]:
    """What names a line: its level and least point."""
    return () if i < 0 else (sign * lines.level[i], *min(map(tuple, lines[int(i)].tolist())))


def test_levels_do_not_change_each_other(rng):
    for image in random_images(60, rng, most=9):
        levels = np.arange(8) + 0.5
        together = coarea.isolines(image, rng.permutation(np.repeat(levels, 2)))
        for t in levels:
            alone = coarea.isolines(image, t)
            chosen = together[together.level == t]
            assert sorted(map(turned, alone)) == sorted(map(turned, chosen))
            outer = {point_of(alone, i): point_of(alone, p) for i, p in enumerate(alone.parent)}
            assert outer == {point_of(chosen, i): point_of(chosen, p) for i, p in enumerate(chosen.parent)}


def test_a_level_that_is_a_grey_value_is_the_limit_from_above(rng):
    for image in random_images(200, rng):
        on, above = coarea.isolines(image, np.arange(9)), coarea.isolines(image, np.arange(9) + 2.0**-40)
        for name in ("start", "parent", "closed", "is_hole"):
            np.testing.assert_array_equal(getattr(on, name), getattr(above, name))
        np.testing.assert_allclose(on.points, above.points, atol=1e-10)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-30, 2.0**60, 2.0**1020])
def test_grey_values_of_any_size_give_the_same_points(scale, rng):
    for image in random_images(20, rng):
        expected, scaled = (coarea.isolines(image * k, (np.arange(8) + 0.5) * k) for k in (1.0, scale))
        for name in ("points", "start", "parent", "closed", "is_hole"):
            np.testing.assert_array_equal(getattr(expected, name), getattr(scaled, name))
        np.testing.assert_array_equal(expected.level * scale, scaled.level)


def test_the_range_of_doubles_does_not_overflow():
    (line,) = coarea.isolines([[-1.7e308, 1.7e308], [-1.7e308, 1.7e308]], 0)
    assert sorted(line.tolist()) == [[0, 0.5], [1, 0.5]]


# What comes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "g", ">i4"])
def test_dtypes_give_the_same_lines(dtype, rng):
    image = rng.integers(0, 9, (8, 9))
    expected, lines = (coarea.isolines(v, [2.5, 5]) for v in (image, image.astype(dtype)))
    np.testing.assert_array_equal(lines.points, expected.points)
    assert (lines.points.dtype, lines.start.dtype, lines.level.dtype) == (np.float64, np.int64, np.float64)
    assert lines.shape == image.shape


def test_layout_of_the_memory_does_not_matter(rng):
    image = rng.integers(0, 9, (8, 9))
    read_only = image.copy()
    read_only.flags.writeable = False
    expected = coarea.isolines(image, [2.5, 5.5])
    for same in (read_only, np.asfortranarray(image), np.repeat(image, 2, 1)[:, ::2], image.tolist()):
        np.testing.assert_array_equal(coarea.isolines(same, (5.5, 2.5)).points, expected.points)
    assert (
        coarea.isolines(image > 4, 0.5).closed.tolist() == coarea.isolines((image > 4).astype(int), 0.5).closed.tolist()
    )


@pytest.mark.parametrize(
    ("image", "levels"),
    [(np.ones((4, 5)), [1, 0.5, 2]), ([[1, 2, 3]], 1.5), ([[1], [5]], 2), ([[7]], 7), ([[1, 2], [3, 4]], [0, 4, 9]),
     ([[1, 2], [3, 4]], [])],
)  # fmt: skip
def test_there_may_be_no_lines(image, levels):
    lines = coarea.isolines(image, levels)
    assert (len(lines), lines.points.shape, lines.start.tolist()) == (0, (0, 2), [0])
    assert [len(getattr(lines, name)) for name in ("parent", "closed", "is_hole", "level", "length")] == [0] * 5


def test_as_many_points_as_can_be_numbered(monkeypatch):
    image, levels, n_pixels = [[0, 4], [0, 4]], [1, 2, 3], 4 * 4  # with a ring around it
    monkeypatch.setattr("coarea.lines.isolines.INDEX_MAX", n_pixels + 6)
    assert len(coarea.isolines(image, levels).points) == 6
    monkeypatch.setattr("coarea.lines.isolines.INDEX_MAX", n_pixels + 5)
    with pytest.raises(ValueError, match=r"levels must be fewer, .* more than 5 points"):
        coarea.isolines(image, levels)


@pytest.mark.parametrize(
    ("image", "levels", "error", "message"),
    [
        (np.zeros((4, 5, 3)), 1, ValueError, r"image must be 2-D, got 3-D: take a channel, image\[..., 0\]"),
        (np.zeros(4), 1, ValueError, "image must be 2-D, got 1-D"),
        ([[np.nan, 1]], 1, ValueError, "image contains NaN: replace it first"),
        ([[np.inf, 1]], 1, ValueError, "image contains infinite"),
        (np.array([["1e400", "1"]]).astype(np.longdouble), 1, ValueError, "image contains infinite"),
        (np.ma.masked_equal([[1, 2], [3, 4]], 3), 1, ValueError, "image must not be masked here: fill it first"),
        ("photo.png", 1, TypeError, "image must be an array, got 'photo.png': if this is a file, read it"),
        ([[0, 2**53 + 2]], 1, ValueError, r"image must hold integers up to 2\*\*53.*: subtract image.min"),
        ([[-(2**63), 0]], 1, ValueError, r"image must hold integers up to 2\*\*53"),
        (np.eye(3), None, TypeError, "levels must be given, got None"),
        (np.eye(3), np.nan, ValueError, "levels must be finite"),
        (np.eye(3), [0, np.inf], ValueError, "levels must be finite"),
        (np.eye(3), np.eye(3), ValueError, r"levels must be a number or a sequence of numbers, got an array of shape"),
        (np.eye(3), np.eye(3)[0] > 0, TypeError, "levels must be numbers, got booleans"),
        (np.eye(3), 1j, TypeError, "levels must have a real dtype"),
    ],
)  # fmt: skip
def test_what_has_no_lines_is_refused(image, levels, error, message):
    with pytest.raises(error, match=message):
        coarea.isolines(image, levels)


def test_too_many_crossings_are_refused_before_memory_is_taken():
    image = np.indices((500, 500))[0] % 2
    with pytest.raises(ValueError, match="levels must be fewer, or their step larger: their lines have more than 21"):
        coarea.isolines(image, np.linspace(0, 0.99, 9000))

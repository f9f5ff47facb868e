"""The value Lines: choices, measures, checks."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import coarea


def square(row: float, column: float, size: float) -> list[tuple[float, float]]:
    """A ring around a square, clockwise with rows downwards."""
    last_row, last_column = row + size, column + size
    return [(row, column), (row, last_column), (last_row, last_column), (last_row, column), (row, column)]


PARTS = (square(0, 0, 6), square(1, 1, 4), square(2, 2, 1)[::-1], [(0, 0), (3, 4)])


def given(**changes: Any) -> dict[str, Any]:
    fields = {
        "points": np.concatenate(PARTS), "start": np.cumsum([0, 5, 5, 5, 2]), "shape": (6, 7), "parent": [-1, 0, 1, -1],
        "closed": np.array([True, True, True, False]), "is_hole": np.array([False, False, True, False]),
        "node": [4, 5, 5, 6], "columns": {"contrast": np.array([1.5, 2.5, 3.5, 4.5])},
    }  # fmt: skip
    return {**fields, **changes}


def lines_of(**changes: Any) -> coarea.Lines:
    return coarea.Lines(**given(**changes))


def fields_of(lines: coarea.Lines) -> list[Any]:
    return [np.asarray(getattr(lines, name)).tolist() for name in (*given(), "level", "contrast") if name != "columns"]


def test_points_and_measures():
    lines = lines_of()
    assert len(lines) == 4
    assert all(np.array_equal(line, part) for line, part in zip(lines, PARTS, strict=True))
    assert lines[-1].tolist() == lines[np.int8(3)].tolist() == [[0, 0], [3, 4]]
    assert lines.length.tolist() == [24, 16, 4, 5]
    assert lines.area.tolist() == [36, 16, 1, 0]
    assert lines.contrast is lines.columns["contrast"]
    assert "contrast" in dir(lines)
    assert repr(lines) == "<Lines of a 6x7 image: 4 lines, 1 open, 17 points>"
    far = lines_of(points=np.concatenate(PARTS) + 2.0**40)
    assert far.area.tolist() == [36, 16, 1, 0], "areas keep their digits far from the origin"


def test_arrays_are_read_only_copies():
    fields = given()
    lines = coarea.Lines(**fields)
    fields["points"][:] = 0
    fields["columns"]["contrast"][:] = 0
    assert lines.points.any()
    assert lines.contrast.all()
    for array in (*(getattr(lines, name) for name in fields if name not in ("shape", "columns")), lines.contrast,
                  lines.length, lines.area, lines[0]):  # fmt: skip
        assert not array.flags.writeable
    with pytest.raises(AttributeError, match="cannot assign to field"):
        lines.parent = None


def test_pickled_lines_are_the_same():
    for lines in (lines_of(), lines_of()[[]], lines_of(node=None, level=[1, 2, 3, 4])):
        assert fields_of(pickle.loads(pickle.dumps(lines))) == fields_of(lines)


@pytest.mark.parametrize("choice", [slice(None, None, -1), slice(1, 3), [3, 0], [-1], (1, 2), np.array([2], np.uint8)])
def test_choices(choice):
    lines = lines_of(level=[1, 2, 3, 4])
    chosen = lines[choice]
    order = np.arange(4)[list(choice) if isinstance(choice, tuple) else choice]
    assert [line.tolist() for line in chosen] == [lines[i].tolist() for i in order]
    for name in ("closed", "is_hole", "node", "level", "contrast"):
        assert getattr(chosen, name).tolist() == getattr(lines, name)[order].tolist()
    assert chosen.shape == lines.shape


def test_parents_of_chosen_lines_are_the_nearest_chosen_ones():
    rng = np.random.default_rng(0)
    for _ in range(200):
        k = int(rng.integers(1, 12))
        parent = np.array([rng.integers(-1, i) if i else -1 for i in range(k)])
        names = rng.permutation(k)  # parents need not come first
        renamed = np.empty(k, int)
        renamed[names] = np.where(parent < 0, -1, names[parent])
        rows = np.zeros(k, bool)
        lines = coarea.Lines(np.zeros((2 * k, 2)), 2 * np.arange(k + 1), (1, 1), renamed, rows, rows)
        chosen = rng.permutation(k)[: rng.integers(0, k + 1)]
        for line, found in zip(chosen, lines[chosen].parent, strict=True):
            around = renamed[line]
            while around >= 0 and around not in chosen:
                around = renamed[around]
            assert found == (-1 if around < 0 else np.flatnonzero(chosen == around)[0])


def test_masks_are_choices():
    lines = lines_of()
    assert fields_of(lines[lines.area > 5]) == fields_of(lines[[0, 1]])
    assert len(lines[np.zeros(4, bool)]) == len(lines[[]]) == 0
    assert lines[[]].area.tolist() == lines[[]].length.tolist() == []


@pytest.mark.parametrize(
    ("choice", "error", "message"),
    [
        (4, IndexError, r"line must be in \[-4, 4\), got 4"),
        ([4], IndexError, r"lines must be in \[-4, 4\), got 4 to 4"),
        ([1, -3], IndexError, "a line is chosen twice"),
        ([True], IndexError, r"a mask of lines must have shape \(4,\), got \(1,\)"),
        (True, IndexError, "a mask of lines"),
        ([[1]], TypeError, "lines are chosen by an integer, a slice, a mask or a list of integers"),
        ([0.5], TypeError, "lines are chosen by"),
        (0.5, TypeError, "float"),
        (None, TypeError, "NoneType"),
    ],
)
def test_wrong_choices(choice, error, message):
    with pytest.raises(error, match=message):
        lines_of()[choice]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"points": np.zeros((17, 3))}, ValueError, r"points must have shape \(n, 2\)"),
        ({"points": np.full((17, 2), np.nan)}, ValueError, "points must be finite"),
        ({"points": np.arange(34).reshape(17, 2)}, ValueError, "points of a closed line must end with its first point"),
        ({"start": [0, 5, 10, 17]}, ValueError, r"parent must have shape \(3,\), one entry per line"),
        ({"start": [0, 5, 10, 16, 17]}, ValueError, "start must increase from 0 to 17, .* by at least 2"),
        ({"start": [0, 5, 10, 15, 16]}, ValueError, "start must increase"),
        ({"start": [0.0, 5, 10, 15, 17]}, TypeError, "start must hold integers"),
        ({"start": []}, TypeError, "start must hold integers"),
        ({"shape": (6,)}, ValueError, "shape must be the rows and columns"),
        ({"parent": [-1, 0, 1, 4]}, ValueError, r"parent must be in \[-1, 4\), got -1 to 4"),
        ({"parent": [-1, 2, 1, -1]}, ValueError, "parent must lead .* got a circle"),
        ({"closed": [1, 1, 1, 0]}, TypeError, "closed must be boolean"),
        ({"is_hole": [True]}, ValueError, r"is_hole must have shape \(4,\)"),
        ({"node": [0.5, 1, 2, 3]}, TypeError, "node must hold integers"),
        ({"node": [2**31, 1, 2, 3]}, ValueError, r"node must hold integers below 2\*\*31"),
        ({"level": [1]}, ValueError, r"level must have shape \(4,\)"),
        ({"columns": {"contrast": [1]}}, ValueError, r"contrast must have shape \(4,\)"),
        (
            {"columns": {"area": np.zeros(4)}},
            ValueError,
            "names that Lines do not have yet, got area",
        ),
        ({"columns": {"node": np.zeros(4)}}, ValueError, "got node"),
    ],
)
def test_arrays_that_do_not_fit(changes, error, message):
    with pytest.raises(error, match=message):
        lines_of(**changes)


def test_an_unknown_column_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'colour'; its columns are contrast"):
        _ = lines_of().colour
    with pytest.raises(AttributeError, match=r"no attribute 'colour'$"):
        _ = lines_of(columns={}).colour


def test_the_picture_shows_the_lines():
    from coarea.lines._line_arrays import thumbnail

    lines = lines_of()[[1]]
    picture = thumbnail(lines.points, lines.start, (6, 7))
    drawn = np.zeros((6, 7), bool)
    drawn[1:6, 1:6] = True
    drawn[2:5, 2:5] = False
    assert np.array_equal(picture == 0, drawn)
    large = thumbnail(lines.points * 300, lines.start, (1800, 2100))
    assert max(large.shape) == 160
    assert (large == 0).sum() > 4 * 90, "long sides are drawn without gaps"
    for shown in (lines_of(), lines_of()[[]]):
        assert f"<td style='text-align:left'>{len(shown)}</td>" in shown._repr_html_()
        assert "data:image/png" in shown._repr_html_()

"""Attributes as columns."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import coarea
from coarea import attributes


def names_by_signature() -> set[str]:
    """Attributes that need a tree alone."""
    functions = {name: getattr(attributes, name) for name in attributes.__all__}
    return {name for name, function in functions.items() if len(inspect.signature(function).parameters) == 1}


def test_all_attributes_of_a_plane_image_are_columns(build, rng):
    tree = build(rng.integers(0, 9, (7, 8)).astype(np.uint8))
    table = attributes.table(tree)
    assert {column.split("-")[0] for column in table} == {"parent", "value", "polarity", *names_by_signature()}
    for column, values in table.items():
        assert type(values) is np.ndarray
        assert values.shape == (len(tree),)
        assert values.flags.c_contiguous
        name, *place = column.split("-")
        whole = getattr(tree, name) if hasattr(tree, name) else getattr(attributes, name)(tree)
        np.testing.assert_array_equal(values, whole[(slice(None), *map(int, place))], err_msg=column)
    counts = {name: sum(column.startswith(f"{name}-") for column in table) for name in ("bounding_box", "centroid")}
    assert counts == {"bounding_box": 4, "centroid": 2}
    assert "second_moments-0-1" in table


def test_the_names_are_chosen_and_ordered():
    tree = coarea.max_tree([[0, 5, 5, 7]])
    assert list(attributes.table(tree, ["depth", "centroid", "value"])) == [
        "depth",
        "centroid-0",
        "centroid-1",
        "value",
    ]
    assert list(attributes.table(tree, "area")) == ["area"]
    assert list(attributes.table(tree, iter(["area"]))) == ["area"]
    assert attributes.table(tree, []) == {}


@pytest.mark.parametrize(
    ("shape", "missing"),
    [
        ((9,), {"inertia", "elongation", "eccentricity", "orientation"}),
        ((3, 4, 5), {"inertia", "elongation", "eccentricity", "orientation"}),
        (
            (2, 3, 2, 3),
            {"inertia", "elongation", "eccentricity", "orientation", "centroid", "second_moments"},
        ),
    ],
)
def test_what_does_not_exist_in_the_dimension_is_left_out(shape, missing, rng):
    tree = coarea.max_tree(rng.integers(0, 5, shape))
    present = {column.split("-")[0] for column in attributes.table(tree)}
    assert present == {"parent", "value", "polarity", *names_by_signature()} - missing
    for name in missing:
        with pytest.raises(ValueError, match="tree must be of"):
            attributes.table(tree, [name])


@pytest.mark.parametrize("name", ["areas", "extinction", "table", "node_of_pixel", 3])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match=r"names must be one of 'parent', 'value', .*, got "):
        attributes.table(coarea.max_tree([[0, 1]]), ["area", name])


def test_the_columns_make_a_frame_of_pandas(rng):
    pandas = pytest.importorskip("pandas")
    tree = coarea.tree_of_shapes(rng.integers(0, 9, (7, 8)).astype(np.uint8))
    frame = pandas.DataFrame(attributes.table(tree))
    assert len(frame) == len(tree)
    assert frame.query("area > 3").index.tolist() == np.flatnonzero(attributes.area(tree) > 3).tolist()

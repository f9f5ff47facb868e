"""Trees of arrays that users bring: whatever is in them, the kernels never read outside their memory."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import coarea
from coarea import attributes

GOOD = {
    "parent": [0, 0, 1],
    "value": [0.0, 5.0, 7.0],
    "node_of_pixel": [[0, 1, 1, 2]],
    "polarity": [0, 1, 1],
    "kind": "max-tree",
    "connectivity": 1,
}

PLANE = ("inertia", "elongation", "eccentricity", "orientation")


def use(tree: coarea.Tree) -> None:
    """Let every kernel that takes a tree loose on it."""
    with np.errstate(all="ignore"):
        for name in attributes.__all__:
            if name in PLANE and tree.node_of_pixel.ndim != 2:
                continue
            size = attributes.area(tree)
            arrays = {
                "extinction": [size], "dynamics_of_minima": [size], "increasing": [size, "l2"],
                "pruning_scale": [size, size],
            }.get(name, [])  # fmt: skip
            getattr(attributes, name)(tree, *arrays)
        attributes.increasing(tree, -attributes.area(tree), "l1")
        if tree.kind != "tree of shapes":
            coarea.mser(tree, 0)
        coarea.tbmr(tree), coarea.ultimate_opening(tree), coarea.pattern_spectrum(tree, [2])
        tree.reconstruct()
        for how in ("sum", "min", "max"):
            tree.accumulate(np.ones(tree.node_of_pixel.shape), how)
        for node in range(len(tree)):
            tree.pixels(node), tree.children(node), tree.path_to_root(node)
        for rule in ("direct", "min", "max", "viterbi"):
            coarea.attribute_filter(tree, np.arange(len(tree)) % 2 == 0, rule=rule)
        simplified = tree.simplify(np.arange(len(tree)) % 2 == 0)
        assert (simplified.parent[1:] < np.arange(1, len(simplified))).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"parent": [0, 10**8, 1]}, ValueError, r"parent\[1\] must be .*less than its index.*, got 100000000"),
        ({"parent": [0, 0, 2]}, ValueError, r"parent\[2\] .* got 2"),
        ({"parent": [0, -1, -1]}, ValueError, r"parent\[1\] .* got -1"),
        ({"parent": [1, 0, 1]}, ValueError, r"parent\[0\] must be 0 at the root.*, got 1"),
        ({"parent": np.array([0, 2**32, 1])}, ValueError, r"parent\[1\] .* got 4294967296"),
        ({"parent": np.array([0, 0, 2**63], np.uint64)}, ValueError, r"parent\[2\] .* got 9223372036854775808"),
        ({"parent": [[0, 0, 1]]}, ValueError, r"parent must have shape \(n,\)"),
        ({"parent": np.zeros(0, int)}, ValueError, "parent must have shape"),
        ({"parent": 0}, ValueError, "parent must have shape"),
        ({"parent": [0.0, 0.0, 1.0]}, TypeError, "parent must hold integers, got float64"),
        ({"parent": [False, False, True]}, TypeError, "parent must hold integers, got bool"),
        ({"parent": [0, 0]}, ValueError, r"value must have shape \(2,\), one entry per node, got \(3,\)"),
        ({"value": [0, 1]}, ValueError, "value must have shape"),
        ({"value": [0, np.nan, 1]}, ValueError, r"value\[1\] must be a number, got nan"),
        ({"value": ["a", "b", "c"]}, TypeError, "value must have a real dtype"),
        ({"value": [0, 1j, 0]}, TypeError, "value must have a real dtype, got complex128"),
        ({"node_of_pixel": [[0, 1], [1, 3]]}, ValueError, r"node_of_pixel\[1, 1\] must be a node, in \[0, 3\), got 3"),
        ({"node_of_pixel": [[0, -1, 1, 5]]}, ValueError, r"node_of_pixel\[0, 1\] .* got -1"),
        ({"node_of_pixel": 1}, ValueError, "node_of_pixel must hold at least one pixel"),
        ({"node_of_pixel": np.zeros((0, 3), int)}, ValueError, "node_of_pixel must hold at least one pixel"),
        ({"node_of_pixel": [[0.0]]}, TypeError, "node_of_pixel must hold integers"),
        ({"node_of_pixel": np.broadcast_to(0, (2**16, 2**16))}, ValueError, r"node_of_pixel .*fewer than 2\*\*31"),
        ({"polarity": [0, 1, 2]}, ValueError, r"polarity\[2\] must be 0 at the root and -1, 0 or 1 elsewhere, got 2"),
        ({"polarity": [0, 257, 1]}, ValueError, r"polarity\[1\] .* got 257"),
        ({"polarity": [1, 1, 1]}, ValueError, r"polarity\[0\] .* got 1"),
        ({"polarity": [0, 1]}, ValueError, "polarity must have shape"),
        ({"polarity": [0, 1.0, 1]}, TypeError, "polarity must hold integers"),
        (
            {"kind": "tree"},
            ValueError,
            "kind must be one of 'tree of shapes', 'max-tree', 'min-tree', 'multivariate tree of shapes', got 'tree'",
        ),
    ],
)
def test_bad_arrays_are_refused_with_their_first_bad_entry(change, error, message):
    with pytest.raises(error, match=message):
        coarea.Tree(**{**GOOD, **change})
    with pytest.raises(error, match=message):
        replace(coarea.Tree(**GOOD), **change)


ENTRIES = st.one_of(st.integers(-2, 6), st.integers(-(2**63), 2**63 - 1))
INTEGERS = st.one_of(
    hnp.arrays(np.int64, hnp.array_shapes(max_dims=2, max_side=6), elements=ENTRIES),
    hnp.arrays(hnp.integer_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)),
    hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(max_dims=2, max_side=4)),
)


@settings(deadline=None, max_examples=300)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("parent", "value", "node_of_pixel", "polarity"), INTEGERS)))
def test_arbitrary_arrays_are_refused_or_harmless(change):
    try:
        tree = coarea.Tree(**{**GOOD, **change})
    except (ValueError, TypeError):
        return
    use(tree)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_every_tree_of_the_rules_is_taken(data):
    n = data.draw(st.integers(1, 7))
    pixels = hnp.arrays(np.uint16, hnp.array_shapes(max_dims=3, max_side=4), elements=st.integers(0, n - 1))
    signs = [0, *(data.draw(st.sampled_from([-1, 0, 1])) for _ in range(n - 1))]
    use(
        coarea.Tree(
            [0, *(data.draw(st.integers(0, i - 1)) for i in range(1, n))],
            np.arange(n),
            data.draw(pixels),
            signs,
            data.draw(st.sampled_from(["tree of shapes", "max-tree", "min-tree"])),
            1,
        )
    )


def test_arrays_of_any_integer_dtype_and_layout_are_taken(build, rng):
    tree = build(rng.integers(0, 6, (7, 8)).astype(np.int32))
    parts = (tree.kind, tree.connectivity, tree.border)
    wide = np.repeat(np.repeat(tree.node_of_pixel, 2, axis=0), 3, axis=1)[::2, ::3]
    backwards = tree.value[::-1].copy()[::-1]
    for arrays in (
        (tree.parent.tolist(), tree.value.astype(">i4"), tree.node_of_pixel.tolist(), tree.polarity.tolist()),
        (tree.parent.astype(">i8"), backwards, wide, tree.polarity.astype(np.int64)),
        (
            tree.parent.astype(np.uint64),
            tree.value,
            np.asfortranarray(tree.node_of_pixel),
            np.repeat(tree.polarity, 2)[::2],
        ),
    ):
        made = coarea.Tree(*arrays, *parts)
        assert made == tree
        for name in ("parent", "value", "node_of_pixel", "polarity"):
            array, known = getattr(made, name), getattr(tree, name)
            assert array.flags.c_contiguous
            assert array.dtype == known.dtype
            assert array.dtype.isnative
        use(made)


def test_later_writes_to_the_callers_arrays_do_not_reach_a_tree():
    arrays = {name: np.array(GOOD[name]) for name in ("parent", "value", "node_of_pixel", "polarity")}
    arrays["parent"] = arrays["parent"].astype(np.int32)
    tree = coarea.Tree(**{**GOOD, **arrays})
    for array in arrays.values():
        array[...] = 99
    assert tree == coarea.Tree(**GOOD)


def test_bad_pickles_are_refused():
    bad = coarea.Tree._trusted(
        np.array([0, 10**8], np.int32),
        np.zeros(2),
        np.zeros((1, 2), np.int32),
        np.zeros(2, np.int8),
        kind="max-tree",
        connectivity=1,
    )
    with pytest.raises(ValueError, match=r"parent\[1\]"):
        pickle.loads(pickle.dumps(bad))
    with pytest.raises(ValueError, match=r"parent\[1\]"):
        copy.copy(bad)


def test_builders_and_simplify_do_not_pay_for_the_check(build, monkeypatch):
    def refuse(*arrays):
        raise AssertionError("checked")

    monkeypatch.setattr("coarea.trees.tree.checked_arrays", refuse)
    tree = build(np.arange(12).reshape(3, 4) % 5)
    tree.simplify(np.ones(len(tree), bool))
    with pytest.raises(AssertionError, match="checked"):
        replace(tree)

"""Merging equals its definition, in all kinds of graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hierarchies import area_key, fitted_key, merged, random_cases

import coarea
from interrupt import MEASURE, needs_timers, output_of

KEY = {"constant": -0.9, "logit": 0.75, "area": 0.5, "chi2": (1.3, 0.0), "root_chi2": (0.0, 2.3)}


def check_areas(seed: int, number: int) -> None:
    for k, case in enumerate(random_cases(seed, number, connected=k_is_even(seed))):
        power = (0, 0.1, 1)[k % 3]
        h = coarea.merge_regions(case.labels, case.weights, case.lengths, arcs=case.arcs, area_power=power)
        assert (h.parent.tolist(), h.level.tolist()) == merged(case, area_key(power)), case


def check_histograms(seed: int, number: int) -> None:
    for k, case in enumerate(random_cases(seed, number, connected=k_is_even(seed))):
        given = KEY if k % 2 else {**KEY, "area": 0.0, "chi2": (0.0, -1.0)}  # keys that fall as well
        h = coarea.merge_regions(
            case.labels, case.weights, case.lengths, arcs=case.arcs, key=coarea.MergingKey(**given),
            histograms=case.histograms,
        )  # fmt: skip
        parent, level = merged(case, fitted_key(**given))
        assert h.parent.tolist() == parent, case
        np.testing.assert_allclose(h.level, level, rtol=1e-14)  # logarithms of other libraries differ in the last bit


def k_is_even(seed: int) -> bool:
    return seed % 2 == 0


@pytest.mark.parametrize("seed", [0, 1])
def test_areas_by_definition(seed):
    check_areas(seed, 1200)


@pytest.mark.parametrize("seed", [2, 3])
def test_histograms_by_definition(seed):
    check_histograms(seed, 700)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 10))
def test_many_graphs_by_definition(seed):
    check_areas(seed, 5000)
    check_histograms(seed, 3000)


def test_larger_graphs_by_definition():
    """Enough arcs for the table to be made anew, and lists that are walked many times."""
    for k, case in enumerate(random_cases(11, 25, largest=40)):
        h = coarea.merge_regions(case.labels, case.weights, case.lengths, arcs=case.arcs, area_power=0.5 * (k % 2))
        assert (h.parent.tolist(), h.level.tolist()) == merged(case, area_key(0.5 * (k % 2)))


def test_stars_by_definition():
    """A hub whose keys rise with each region that it takes in."""
    rng = np.random.default_rng(5)
    for case in random_cases(5, 20, largest=30):
        n = int(case.labels.max()) + 1
        arcs = np.stack([np.zeros(n - 1, int), np.arange(1, n)], axis=1)
        star = case._replace(arcs=arcs, weights=rng.integers(1, 4, n - 1) / 4, lengths=np.ones(n - 1))
        h = coarea.merge_regions(star.labels, star.weights, arcs=arcs, area_power=1)
        assert (h.parent.tolist(), h.level.tolist()) == merged(star, area_key(1))


def test_sides_are_their_graph(rng):
    for shape in [(9,), (6, 7), (3, 4, 5), (1, 1), (1, 8)]:
        labels, sides = rng.integers(0, 6, shape), rng.integers(0, 9, (len(shape), *shape)).astype(np.float32)
        graph = coarea.region_graph(labels, sides)
        assert coarea.merge_regions(labels, sides) == coarea.merge_regions(
            labels, graph.weights, graph.lengths, arcs=graph.arcs
        )


def test_a_graph_by_definition(rng):
    for shape in [(9,), (6, 7), (3, 4, 5)]:
        labels, sides = rng.integers(-3, 3, shape) * 5, rng.random((len(shape), *shape))
        found: dict[tuple[int, int], list[float]] = {}
        for place in np.ndindex(shape):
            for axis in range(len(shape)):
                following = tuple(x + (k == axis) for k, x in enumerate(place))
                if following[axis] < shape[axis] and labels[place] != labels[following]:
                    pair = sorted(np.searchsorted(np.unique(labels), [labels[place], labels[following]]).tolist())
                    found.setdefault(tuple(pair), []).append(sides[(axis, *place)])
        graph = coarea.region_graph(labels, sides)
        assert graph.labels.tolist() == np.unique(labels).tolist()
        assert graph.arcs.tolist() == [list(pair) for pair in sorted(found)]
        assert graph.arcs.dtype == np.int32
        assert graph.lengths.tolist() == [len(found[pair]) for pair in sorted(found)]
        np.testing.assert_allclose(graph.weights, [np.mean(found[pair]) for pair in sorted(found)])
        assert coarea.region_graph(labels).weights is None


@pytest.mark.parametrize(
    "change",
    [
        lambda labels: labels + 1, lambda labels: labels * 7 - 9, lambda labels: labels.astype(np.uint64) + 2**63,
        lambda labels: labels.astype(np.int8), lambda labels: labels.astype(">i4"),
        lambda labels: labels.astype(np.int64) * 10**12, np.asfortranarray,
    ],
)  # fmt: skip
def test_only_the_order_of_labels_counts(rng, change):
    labels, sides = rng.integers(0, 8, (9, 10)), rng.random((2, 9, 10))
    labels.ravel()[:8] = range(8)
    expected, found = coarea.merge_regions(labels, sides), coarea.merge_regions(change(labels), sides)
    assert found == expected
    assert coarea.region_graph(change(labels)).labels.tolist() == np.unique(change(labels)).tolist()
    assert found.leaf_of_pixel.tolist() == labels.tolist()


def test_masks_are_two_regions():
    h = coarea.merge_regions(np.array([[True, False], [True, True]]), np.ones((2, 2, 2)), area_power=0)
    assert h.leaf_of_pixel.tolist() == [[1, 0], [1, 1]]
    assert h.level.tolist() == [0, 0, 1]


def test_pieces_are_joined_at_infinity_in_order():
    h = coarea.merge_regions(np.arange(5), [2, 1], arcs=[[4, 1], [0, 3]], area_power=0)
    assert h.level.tolist()[5:] == [1, 2, np.inf, np.inf]
    assert h.parent.tolist() == [5, 6, 8, 5, 6, 7, 7, 8, 8]
    assert h.cut(level=1e300).tolist() == [0, 1, 2, 0, 1]
    assert h.cut(n_regions=2).tolist() == [0, 0, 1, 0, 0]
    assert coarea.merge_regions(np.arange(3), [], arcs=[]).level.tolist() == [0, 0, 0, np.inf, np.inf]


def test_infinite_weights_go_last_before_pieces():
    h = coarea.merge_regions(np.arange(4), [np.inf, 3, 0], arcs=[[0, 1], [1, 2], [0, 0]])
    assert h.parent.tolist() == [5, 4, 4, 6, 5, 6, 6]
    assert h.level[4] < h.level[5] == h.level[6] == np.inf
    part = coarea.merge_regions(np.arange(2), [np.inf, 1], arcs=[[0, 1], [1, 0]])  # one boundary, infinite in part
    assert part.level[2] == np.inf


def test_zero_weights_and_one_region():
    flat = coarea.merge_regions(np.arange(6).reshape(2, 3), np.zeros((2, 2, 3)))
    assert not flat.level.any()
    assert flat.cut(level=0).tolist() == np.zeros((2, 3)).tolist()
    one = coarea.merge_regions([[7]], np.zeros((2, 1, 1)))
    assert (one.parent.tolist(), one.level.tolist(), one.cut(n_regions=1).tolist()) == ([0], [0], [[0]])
    assert repr(one) == "<hierarchy of 1 regions in 1x1 pixels: no merges>"
    assert one.to_linkage().shape == (0, 4)
    assert coarea.Hierarchy.from_linkage(one.to_linkage()).parent.tolist() == [0]


def test_inputs_stay_as_they_are(rng):
    case = next(random_cases(1, 1))
    given = [case.labels, case.weights, case.lengths, case.arcs, *case.histograms]
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    coarea.merge_regions(
        case.labels, case.weights, case.lengths, arcs=case.arcs, key=coarea.MergingKey(**KEY),
        histograms=case.histograms,
    )  # fmt: skip
    assert all(np.array_equal(one, two) for one, two in zip(given, before, strict=True))


def test_a_star_of_many_regions_is_merged():
    """Soon: renewed at every merge its keys would be 10^8."""
    n = 15_000
    h = coarea.merge_regions(np.arange(n), np.ones(n - 1), arcs=np.stack([np.zeros(n - 1, int), np.arange(1, n)], 1))
    assert h.parent.tolist()[:3] == [n, n, n + 1]
    assert (np.diff(h.level) >= 0).all()


PREPARE = """
import numpy as np
import coarea
n = 4000
arcs = np.stack([np.zeros(n - 1, int), np.arange(1, n)], 1)
bins = [np.ones((n, 8))]
many = np.arange(400 * 400).reshape(400, 400)
calls = {
    "a star with histograms": lambda: coarea.merge_regions(
        np.arange(n), np.full(n - 1, 0.5), arcs=arcs, key=coarea.MergingKey(chi2=[1]), histograms=bins),
    "pixels": lambda: coarea.merge_regions(many, np.ones((2, 400, 400))),
}
"""


@needs_timers
@pytest.mark.photograph
@pytest.mark.parametrize("name", ["a star with histograms", "pixels"])
def test_control_c_ends_it(name):
    assert float(output_of(PREPARE + MEASURE, name, "0.4")) < 0.4

"""The solvers agree bit for bit: vectorised planes, graphs, PyMaxflow; any threads, instruction set or strips."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from skimage import data, graph, segmentation

import coarea
from coarea.base.neighborhoods import pair_slices
from coarea.base.threads import thread_map
from coarea.cuts import _planes, flow, planes, pymaxflow
from coarea.cuts.edges import Edges
from coarea.cuts.graph import Graph, minimize_grid_as_graph
from coarea.cuts.grid import minimize_grid
from coarea.cuts.terms import Term
from coarea.cuts.tree import minimize_tree

TIES = ("lower", "upper")
INSTRUCTION_SETS = _planes.instruction_sets()
NEIGHBORHOODS = ((2, 4), (2, 4), (2, 8), (2, 16), (3, 6), (3, 26))


def random_problem(rng: np.random.Generator, *, wide: int = 1):
    """A term and capacities of every kind on a small image; numbers are multiplied by `wide`."""
    ndim, neighbors = NEIGHBORHOODS[rng.integers(len(NEIGHBORHOODS))]
    shape = tuple(rng.integers(1, {2: 12, 3: 6}[ndim], ndim))
    level = rng.integers(0, rng.integers(2, 20), shape)
    slope, up, down = (wide * rng.integers(low, 5, shape if rng.random() < 0.5 else ()) for low in (1, 0, 0))
    term = Term.of(level, slope, up, down, n_levels=int(level.max()) + 1)
    varying = rng.random() < 0.3
    capacities = {}
    for offset in coarea.neighbor_offsets(ndim, neighbors):
        size = np.empty(shape)[pair_slices(offset)[0]].shape if varying else ()
        capacities[offset] = np.asarray(wide * rng.integers(0, 6, size), np.int64)
    return term, capacities


def check_planes(term, capacities, expected, tie):
    for instruction_set in INSTRUCTION_SETS:
        for workers in (1, 2):
            with thread_map(workers) as run:
                low, state = planes.minimize_planes(term, capacities, tie=tie, run=run, instruction_set=instruction_set)
            level = np.minimum(low, term.n_levels - 1)
            np.testing.assert_array_equal(level, expected, err_msg=f"{instruction_set=} {workers=} {tie=}")
    values = np.arange(term.n_levels)
    state.run = map
    certificate = coarea.Certificate(term, state.prove(low), level, values, 1.0)
    assert certificate.verify()
    assert certificate.energy() == certificate.dual_bound()


def check_solvers(seed: int, repeats: int, wide: int = 1):
    rng = np.random.default_rng([7, seed])
    for _ in range(repeats):
        term, capacities = random_problem(rng, wide=wide)
        for tie in TIES:
            expected = pymaxflow.minimize_grid(term, capacities, tie=tie)
            level, edges = minimize_grid_as_graph(term, capacities, tie=tie, flow=True)
            np.testing.assert_array_equal(level, expected)
            certificate = coarea.Certificate(term, edges, level, np.arange(term.n_levels), 1.0)
            assert certificate.verify()
            assert certificate.energy() == certificate.dual_bound()
            check_planes(term, capacities, expected, tie)


@pytest.mark.parametrize("wide", [1, 9, 300, 2**20], ids=["8 bits", "16 bits", "16 bits, large", "32 bits"])
def test_solvers_agree(wide):
    check_solvers(wide, 25, wide)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_solvers_agree_many_times(seed):
    check_solvers(seed, 120, (1, 9, 300, 2**20)[seed % 4])


def test_solvers_agree_where_paths_give_up(monkeypatch):
    monkeypatch.setattr(flow, "PATIENCE", 0)
    monkeypatch.setattr(flow, "STRIP", 2)
    monkeypatch.setattr(flow, "N_STRIPS_MIN", 1)
    monkeypatch.setattr(planes, "ROUNDS_MAX", 0)
    check_solvers(1, 30)


def test_paths_give_up_when_the_patience_ends(rng):
    ends = rng.integers(0, 300, (2, 1200)).astype(np.int32)
    network = Graph(300, *ends, rng.integers(1, 90, 1200))
    excess = rng.integers(-99, 100, 300)
    for patience, done in ((50, False), (2**60, True)):  # some hundreds of nodes are cut off
        arcs = network.arcs.copy()
        assert flow.ListNetwork(network.start, arcs, excess.copy()).flow(0, 300, patience) is done


def test_solvers_agree_on_blocks_of_few_rows(monkeypatch):
    monkeypatch.setattr(planes, "BLOCK", 0)
    monkeypatch.setattr(planes, "BLOCK_ROWS_MIN", 2)
    monkeypatch.setattr(planes, "CACHED", 0)
    monkeypatch.setattr(planes, "SWEEPS_PER_ROUND", dict.fromkeys((1, 2, 4), 2))
    monkeypatch.setattr(planes, "ROWS", 3)
    monkeypatch.setattr(planes, "SUMMED", 3)
    check_solvers(2, 30)


@pytest.mark.parametrize("least", [1, 7])
def test_solvers_agree_on_parts(least, monkeypatch):
    monkeypatch.setattr(flow, "PART", least)
    monkeypatch.setattr(flow, "N_PARTS_MIN", 0)
    monkeypatch.setattr(flow, "WIDE", 0)
    monkeypatch.setattr(planes, "ROUNDS_MAX", 0)
    check_solvers(3, 30)


def test_unusual_offsets_and_unbounded_fidelities_are_solved(rng):
    """Offsets that planes do not take, and bounds that exceed what the edges can pull."""
    level = rng.integers(0, 8, (7, 9))
    term = Term.of(level, 100, 100, 100, n_levels=8)
    one = np.asarray(1, np.int64)
    for offsets in ([(1, 0)], [(1, 0), (0, -1)], [(1, 0), (0, 1)], [(i, j) for i in range(4) for j in range(1, 5)]):
        for tie in TIES:
            found = minimize_grid(term, dict.fromkeys(offsets, one), tie=tie).level
            np.testing.assert_array_equal(
                found, minimize_grid_as_graph(term, dict.fromkeys(offsets, one), tie=tie).level
            )


@pytest.mark.parametrize("wide", [1, 300, 2**20], ids=["8 bits", "16 bits", "32 bits"])
def test_solvers_agree_where_words_and_margins_end(wide, rng):
    for width in (8, 9, 31, 32, 63, 64, 65, 128, 130):
        level = rng.integers(0, 9, (3, 2, width))
        term = Term.of(level, *wide * rng.integers(1, 5, 3), n_levels=9)
        capacities = {offset: np.asarray(wide * rng.integers(0, 3)) for offset in coarea.neighbor_offsets(3, 26)}
        flat = {offset[1:]: capacity for offset, capacity in capacities.items() if offset[0] == 0}
        plane = Term(level.reshape(6, width).astype(np.int32), term.coefficients, 9)
        for tie in TIES:
            check_planes(term, capacities, pymaxflow.minimize_grid(term, capacities, tie=tie), tie)
            check_planes(plane, flat, pymaxflow.minimize_grid(plane, flat, tie=tie), tie)


def test_arcs_longer_than_margins_are_left_to_graphs(rng):
    term = Term.of(rng.integers(0, 9, (4, 60)), 2**22, 2**22, 2**22, n_levels=9)
    for columns, fits in ((8, True), (9, False)):
        capacities = {(0, 1): np.asarray(2**21), (1, columns): np.asarray(2**22)}
        assert planes.can_solve(term, capacities) is fits
        found = minimize_grid(term, capacities, tie="lower").level
        np.testing.assert_array_equal(found, pymaxflow.minimize_grid(term, capacities, tie="lower"))


def test_planes_of_a_volume_have_narrow_margins():
    layout = planes.Layout.of((64, 64, 64), coarea.neighbor_offsets(3, 26), 4)
    assert 28 * 4 * layout.n_places < 131 * 64**3  # bytes


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(("beta", "neighbors"), [(0.5, 4), (1, 4), (3, 4), (1, 8)])
def test_photographs_are_those_of_pymaxflow(beta, neighbors, workers):
    image = data.camera()[::2, ::2]
    options = {"neighbors": neighbors, "workers": workers}
    for tie in TIES:
        filtered = coarea.denoise_tv_l1(image, beta, tie=tie, **options)
        expected = coarea.denoise_tv_l1(image, beta, tie=tie, neighbors=neighbors, solver="pymaxflow")
        np.testing.assert_array_equal(filtered, expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["camera", "moon", "grass", "brick", "coins"])
@pytest.mark.parametrize(("beta", "neighbors"), [(0.5, 4), (1, 4), (3, 4), (10, 4), (1, 8), (3, 8), (1, 16)])
def test_whole_photographs_are_those_of_pymaxflow(name, beta, neighbors):
    image = getattr(data, name)()
    filtered, info = coarea.denoise_tv_l1(image, beta, neighbors=neighbors, return_info=True)
    expected = coarea.denoise_tv_l1(image, beta, neighbors=neighbors, solver="pymaxflow")
    np.testing.assert_array_equal(filtered, expected)
    assert info.certificates[0].verify(filtered)
    assert info.energy == info.dual_bound


@pytest.mark.parametrize("neighbors", [6, 26])
def test_volumes_are_those_of_pymaxflow(neighbors):
    volume = np.stack([data.camera()[k : k + 30, 200:230] for k in range(8)])
    filtered, info = coarea.denoise_tv_l1(volume, 1, neighbors=neighbors, return_info=True)
    expected = coarea.denoise_tv_l1(volume, 1, neighbors=neighbors, solver="pymaxflow")
    np.testing.assert_array_equal(filtered, expected)
    assert info.certificates[0].verify(filtered)


# The certificate -----------------------------------------------------------------------------------------------

PROBLEMS = [
    ("pixels", {}),
    ("pixels, 8", {"neighbors": 8}),
    ("volume", {"neighbors": 26}),
    ("shapes", {"domain": "shapes"}),
    ("max_tree", {"domain": "max_tree"}),
]


@pytest.mark.parametrize(("name", "options"), PROBLEMS, ids=[name for name, _ in PROBLEMS])
@pytest.mark.parametrize("denoise", [coarea.denoise_tv_l1, coarea.denoise_tv_l2])
def test_certificates_reject_what_is_wrong(name, options, denoise, rng):
    image = rng.integers(0, 40, (4, 5, 6) if name == "volume" else (9, 11)).astype(np.uint8)
    _, info = denoise(image, 1.3, return_info=True, **options)
    (certificate,) = info.certificates
    best = certificate.values[certificate.level]
    assert certificate.verify()
    assert certificate.verify(best)
    assert certificate.dual_bound() == pytest.approx(info.energy)
    for _ in range(60):
        wrong = certificate.level.copy()
        where = tuple(rng.integers(0, n) for n in wrong.shape)
        wrong[where] = (wrong[where] + rng.integers(1, len(certificate.values))) % len(certificate.values)
        result = certificate.values[wrong]
        is_worse = certificate.energy(result) > info.energy * (1 + 1e-12)
        assert certificate.verify(result) != is_worse
    assert not certificate.verify(best + 0.25)
    assert not certificate.verify(best[:-1])


def test_certificates_reject_a_flow_that_is_not_admissible(rng):
    image = rng.integers(0, 9, (6, 7))
    _, info = coarea.denoise_tv_l1(image, 1, return_info=True)
    (certificate,) = info.certificates
    flow = certificate.edges[0].flow.copy()
    flow[0, 0] += 2 * int(certificate.edges[0].capacity.max()) + 1
    broken = coarea.Certificate(
        certificate.fidelity, [certificate.edges[0]._replace(flow=flow), *certificate.edges[1:]], certificate.level,
        certificate.values, certificate.unit,
    )  # fmt: skip
    assert not broken.verify()


def test_certificates_reject_an_edge_that_carries_one_too_much():
    term = Term.of(np.zeros(2), 9, 9, 9, n_levels=2)
    for carried in range(-4, 5):
        edges = [Edges(np.array([0]), np.array([1]), np.array([3]), np.array([carried]))]
        certificate = coarea.Certificate(term, edges, term.level, np.arange(2), 1.0)
        assert certificate.verify() == (abs(carried) <= 3)


def test_proofs_are_told_in_a_line():
    _, info = coarea.denoise_tv_l1(np.arange(12).reshape(3, 4), 1, return_info=True)
    assert repr(info.certificates[0]) == "Certificate(12 sites, 12 levels, 17 edges)"
    assert repr(info) == (
        f"Info(energy={info.energy:g}, initial_energy={info.initial_energy:g}, dual_bound={info.energy:g}, "
        "n_cuts=4, 1 certificates)"
    )


# Graphs --------------------------------------------------------------------------------------------------------


def test_a_grid_as_a_graph_is_the_filter_on_pixels(rng):
    image = rng.integers(0, 30, (14, 17)).astype(np.uint8)
    weights = rng.choice([0.5, 1, 2], image.shape)
    index = np.arange(image.size).reshape(image.shape)
    pairs = [(index[:-1], index[1:]), (index[:, :-1], index[:, 1:])]
    edges = np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in pairs])
    for tie in TIES:
        minimum = coarea.minimize_tv_graph(
            image.ravel(), edges, np.full(len(edges), 1.5), weights=weights.ravel(), tie=tie
        )
        expected = coarea.denoise_tv_l1(image, 1.5, weights=weights, tie=tie)
        np.testing.assert_array_equal(minimum.values.reshape(image.shape), expected)
        assert minimum.values.dtype == image.dtype
        assert minimum.certificate.verify(minimum.values)


def test_a_tree_as_a_graph_is_the_filter_on_the_tree(rng):
    for _ in range(30):
        n = int(rng.integers(1, 40))
        parent = np.array([0, *(rng.integers(0, i) for i in range(1, n))], np.int32)
        values, weights = rng.integers(0, 9, n), rng.integers(0, 4, n)
        lengths = rng.integers(0, 6, n)
        for tie in TIES:
            edges = np.stack([np.arange(1, n), parent[1:]], axis=1)
            minimum = coarea.minimize_tv_graph(values, edges, lengths[1:], weights=weights, tie=tie)
            level = values - values.min()
            term = Term.of(level, weights, weights, weights, n_levels=int(level.max()) + 1)
            on_tree, _ = minimize_tree(term, parent, lengths.astype(np.int64), tie=tie)
            np.testing.assert_array_equal(minimum.values, on_tree + values.min())
            assert minimum.certificate.verify()


def test_region_adjacency_graph():
    image = data.coffee()[::4, ::4]
    regions = segmentation.slic(image, n_segments=80, start_label=0)
    adjacency = graph.rag_mean_color(image, regions)
    grey = np.array([adjacency.nodes[node]["mean color"].mean() for node in adjacency])
    area = np.array([adjacency.nodes[node]["pixel count"] for node in adjacency])
    edges = np.array(adjacency.edges)
    minimum = coarea.minimize_tv_graph(grey, edges, np.full(len(edges), 40.0), weights=area)
    assert set(minimum.values) < set(grey)
    assert minimum.certificate.verify(minimum.values)
    assert minimum.certificate.dual_bound() == pytest.approx(minimum.certificate.energy())
    assert minimum.certificate.energy() < minimum.certificate.energy(grey)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([[1]], [], []), {}, ValueError, "values"),
        (([], [], []), {}, ValueError, "values"),
        (([1, np.nan], [], []), {}, ValueError, "values"),
        ((["a"], [], []), {}, TypeError, "values"),
        (([1, 2], [[0, 2]], [1]), {}, ValueError, "edges.*0, 2.*2"),
        (([1, 2], [[-1, 1]], [1]), {}, ValueError, "edges"),
        (([1, 2], [[0.0, 1.0]], [1]), {}, TypeError, "edges"),
        (([1, 2], [0, 1], [1]), {}, ValueError, "edges"),
        (([1, 2], [[0, 1]], [1, 2]), {}, ValueError, "edge_weights"),
        (([1, 2], [[0, 1]], [-1]), {}, ValueError, "edge_weights"),
        (([1, 2], [[0, 1]], [1]), {"weights": [1]}, ValueError, "weights"),
        (([1, 2], [[0, 1]], [1]), {"tie": "both"}, ValueError, "tie"),
        (([1, 2], [[0, 1]], [1]), {"quantile": 1.5}, ValueError, "quantile"),
        (([1, 2], [[0, 1]], [1]), {"workers": 0}, ValueError, "workers"),
        (([1, 2], [[0, 1]], [1]), {"fixed": [0, 1]}, TypeError, "fixed"),
    ],
)
def test_graphs_that_cannot_be_are_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        coarea.minimize_tv_graph(*arguments, **options)


def test_images_beyond_the_indices_are_refused():
    shape = (2**15, 2**14)
    level = np.lib.stride_tricks.as_strided(np.zeros(1, np.int32), shape, (0, 0))
    term = Term(level, np.ones((2, 1), np.int64), n_levels=2)
    with pytest.raises(ValueError, match=r"at most \d+ pixels.*32768"):
        minimize_grid(term, dict.fromkeys(coarea.neighbor_offsets(2), np.asarray(1)), tie="lower")


def test_a_proof_is_found_once_when_it_is_read_in_any_thread(monkeypatch):
    calls = []
    prove = planes.Planes.prove
    monkeypatch.setattr(planes.Planes, "prove", lambda self, level: calls.append(1) or prove(self, level))
    image = np.random.default_rng(4).integers(0, 9, (40, 50)).astype(np.uint8)
    _, info = coarea.denoise_tv_l1(image, 1, return_info=True, workers=2)
    assert not calls
    (certificate,) = info.certificates
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: certificate.verify(), range(8)))
    assert len(calls) == 1
    assert pickle.loads(pickle.dumps(info)).certificates[0].verify()
    assert info.energy == info.dual_bound

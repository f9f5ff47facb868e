"""Merging of regions beside binary partition trees of Higra and the merging of scikit-image; ratios of CPU time.

The regions are those that pixels are nearest to, of random seeds. Higra's linkage is the mean weight by length, which
is our key with area_power=0; scikit-image merges by the means of colours up to a threshold, so its ratio says what its
machinery costs.

python tests/benchmarks/regions.py            800 regions of 481 x 321, with and without histograms
python tests/benchmarks/regions.py large      a million pixels, stars
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import ndimage
from skimage import graph as peers
from solver import best_of

import coarea

try:
    import higra
except ImportError:
    sys.exit("Higra is missing: pip install coarea[bench]")

KEY = coarea.MergingKey(constant=-0.9, logit=0.8, area=0.5, chi2=(1.3, 0), root_chi2=(0, 2.3))


def regions_of(rng: np.random.Generator, shape: tuple[int, int], n: int) -> np.ndarray:
    seeds = np.ones(shape, bool)
    seeds.ravel()[rng.permutation(seeds.size)[:n]] = False
    row, column = ndimage.distance_transform_edt(seeds, return_distances=False, return_indices=True)
    return np.unique(row * shape[1] + column, return_inverse=True)[1].reshape(shape)


def tree_of_higra(graph: coarea.RegionGraph) -> tuple[object, np.ndarray]:
    own = higra.UndirectedGraph(len(graph.labels))
    own.add_edges(*graph.arcs.T.astype(np.int64))
    return higra.binary_partition_tree_average_linkage(own, graph.weights, graph.lengths)


def merged_by_means(labels: np.ndarray, image: np.ndarray) -> np.ndarray:
    def weight(graph: peers.RAG, _: int, target: int, other: int) -> dict[str, float]:
        return {"weight": np.linalg.norm(graph.nodes[target]["mean color"] - graph.nodes[other]["mean color"])}

    def merge(graph: peers.RAG, source: int, target: int) -> None:
        for name in ("total color", "pixel count"):
            graph.nodes[target][name] += graph.nodes[source][name]
        graph.nodes[target]["mean color"] = graph.nodes[target]["total color"] / graph.nodes[target]["pixel count"]

    adjacency = peers.rag_mean_color(image, labels)
    return peers.merge_hierarchical(labels, adjacency, np.inf, False, True, merge, weight)


def superpixels() -> None:
    rng = np.random.default_rng(0)
    labels, sides = regions_of(rng, (321, 481), 800), rng.random((2, 321, 481)).astype(np.float32)
    image = rng.random((321, 481, 3))
    bins = [
        np.bincount(labels.ravel() * k + rng.integers(0, k, labels.size), minlength=800 * k).reshape(800, k)
        for k in (36, 32)
    ]
    cpu, _, graph = best_of(9, lambda: coarea.region_graph(labels, sides))
    print(f"region_graph {cpu * 1e3:.1f} ms, {len(graph.arcs)} arcs")
    options = {"arcs": graph.arcs, "area_power": 0}
    cpu, _, ours = best_of(9, lambda: coarea.merge_regions(labels, graph.weights, graph.lengths, **options))
    theirs_cpu, _, (_, altitudes) = best_of(9, lambda: tree_of_higra(graph))
    same = np.allclose(ours.level, np.maximum.accumulate(altitudes), rtol=1e-9)
    print(
        f"mean weights {cpu * 1e3:.1f} ms; Higra's ratio {theirs_cpu / cpu:.2f}, {'same' if same else 'OTHER'} levels"
    )
    cpu = best_of(9, lambda: coarea.merge_regions(labels, graph.weights, graph.lengths, arcs=graph.arcs))[0]
    print(f"with areas {cpu * 1e3:.1f} ms; scikit-image's ratio "
          f"{best_of(1, lambda: merged_by_means(labels, image))[0] / cpu:.0f}")  # fmt: skip
    cpu = best_of(
        9,
        lambda: coarea.merge_regions(labels, graph.weights, graph.lengths, arcs=graph.arcs, key=KEY, histograms=bins),
    )[0]
    print(f"68 bins {cpu * 1e3:.1f} ms; boundary_map {best_of(9, ours.boundary_map)[0] * 1e3:.1f} ms, "
          f"cut {best_of(9, lambda: ours.cut(12))[0] * 1e3:.2f} ms")  # fmt: skip


def large() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(10**6).reshape(1000, 1000)
    for name, sides in (("random", rng.random((2, 1000, 1000))), ("flat", np.ones((2, 1000, 1000)))):
        cpu, _, h = best_of(1, lambda sides=sides: coarea.merge_regions(labels, sides))
        print(f"million pixels, {name}: {cpu:.2f} s, boundary_map {best_of(1, h.boundary_map)[0]:.2f} s", flush=True)
    for n in (5000, 50_000):
        arcs, weights = np.stack([np.zeros(n - 1, int), np.arange(1, n)], 1), rng.random(n - 1)
        plain = best_of(1, lambda n=n, a=arcs, w=weights: coarea.merge_regions(np.arange(n), w, arcs=a))[0]
        print(f"star of {n}: {plain:.2f} s", flush=True)
        keyed = best_of(
            1,
            lambda n=n, a=arcs, w=weights: coarea.merge_regions(
                np.arange(n), w, arcs=a, key=coarea.MergingKey(area=0.5)
            ),
        )[0]
        print(f"star of {n} with key: {keyed:.2f} s", flush=True)


if __name__ == "__main__":
    large() if sys.argv[1:] == ["large"] else superpixels()

"""Edge strength, superpixels and merging, over one filter after another and over peers; ratios of CPU time in one run.

Lab is made of the colours first. The partitions of Higra are compared with ours, for the number of regions that its cut
has. Merged are the regions of pixels nearest to random seeds. Higra's linkage is the mean weight by length, which is
our key with area_power=0; scikit-image merges by the means of colours, so its ratio says what its machinery costs.

python tests/benchmarks/segmentation.py                 photographs
python tests/benchmarks/segmentation.py large           2048 x 2048
python tests/benchmarks/segmentation.py photo.jpg ...   these photographs
python tests/benchmarks/segmentation.py merging         800 regions of 481 x 321, with and without histograms
python tests/benchmarks/segmentation.py merging large   a million pixels, stars
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import ndimage
from skimage import data, io
from skimage import graph as peers
from solver import best_of

import coarea
from coarea.regions._colors import lab8

try:
    import higra
except ImportError:
    sys.exit("Higra is missing: pip install coarea[bench]")

KEY = coarea.MergingKey(constant=-0.9, logit=0.8, area=0.5, chi2=(1.3, 0), root_chi2=(0, 2.3))
BETAS = (1, 2, 4, 8, 16, 32)


def images(arguments: list[str]) -> dict[str, np.ndarray]:
    if arguments == ["large"]:
        return {"astronaut 2048": np.pad(data.astronaut(), ((0, 1536), (0, 1536), (0, 0)), mode="reflect")}
    if arguments:
        return {name[-24:]: io.imread(name) for name in arguments}
    return {"astronaut": data.astronaut(), "cat": data.cat(), "coffee": data.coffee()}


def strength_by_filters(image: np.ndarray) -> np.ndarray:
    """What a user would write with the filter alone."""
    strength = np.zeros((2, *image.shape[:2]), np.float32)
    for beta in BETAS:
        filtered = coarea.denoise_tv_l1(image, beta, domain="shapes", channel_axis=-1, workers=1).astype(np.float32)
        strength[0, :-1] += np.sqrt(np.linalg.norm(filtered[1:] - filtered[:-1], axis=-1))
        strength[1, :, :-1] += np.sqrt(np.linalg.norm(filtered[:, 1:] - filtered[:, :-1], axis=-1))
    return strength / len(BETAS)


def regions_of_higra(strength: np.ndarray, n: int) -> np.ndarray:
    graph = higra.get_4_adjacency_graph(strength.shape[1:])
    one, two = graph.edge_list()
    weights = np.where(two - one == 1, strength[1].ravel()[one], strength[0].ravel()[one])
    tree, altitudes = higra.watershed_hierarchy_by_area(graph, weights)
    return higra.labelisation_horizontal_cut_from_num_regions(tree, altitudes, n)


def main(arguments: list[str]) -> None:
    for name, image in images(arguments).items():
        large = image.size > 10**7
        times, few, n = (2, 1, 20000) if large else (9, 2, 800)
        lab_cpu, _, lab = best_of(times, lambda v=image: lab8(v))
        trees = [coarea.tree_of_shapes(channel) for channel in np.moveaxis(lab, -1, 0)]
        cpu, _, strength = best_of(times, lambda v=lab: coarea.edge_strength(v, channel_axis=-1, workers=1))
        ranks_cpu = best_of(times, lambda v=lab: coarea.edge_strength(v, channel_axis=-1, workers=1, rank=True))[0]
        trees_cpu = best_of(times, lambda v=trees: coarea.edge_strength(v, workers=1))[0]
        slow_cpu, _, slow = best_of(few, lambda v=lab: strength_by_filters(v))
        np.testing.assert_allclose(strength, slow, rtol=1e-5)
        print(
            f"{name:24} {'x'.join(map(str, lab.shape))}: Lab {1e3 * lab_cpu:.1f} ms, edge strength {1e3 * cpu:.1f} ms "
            f"(ranks {1e3 * ranks_cpu:.1f}, of trees {1e3 * trees_cpu:.1f}), filters {slow_cpu / cpu:.2f} times",
            flush=True,
        )
        their_cpu, _, theirs = best_of(few, lambda v=strength, n=n: regions_of_higra(v, n))
        n_regions = len(np.unique(theirs))
        our_cpu, _, ours = best_of(times, lambda v=strength, n=n_regions: coarea.superpixels(v, n))
        n_pairs = len(np.unique(np.stack([theirs.ravel(), ours.ravel()]), axis=1).T)
        same = "the same" if n_pairs == n_regions == ours.max() + 1 else "NOT THE SAME"
        print(f"{'':24} {n_regions} superpixels {1e3 * our_cpu:.1f} ms, Higra {their_cpu / our_cpu:.2f} times, {same}")


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


def merging() -> None:
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


def merging_of_many() -> None:
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
    if sys.argv[1:2] != ["merging"]:
        main(sys.argv[1:])
    elif sys.argv[2:] == ["large"]:
        merging_of_many()
    else:
        merging()

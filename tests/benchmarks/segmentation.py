"""Edge strength over one filter after the other, and superpixels over those of Higra; ratios of CPU time in one run.

Lab is made of the colours first. The partitions of Higra are compared with ours, for the number of regions that its cut
has.

python tests/benchmarks/segmentation.py                 photographs
python tests/benchmarks/segmentation.py large           2048 x 2048
python tests/benchmarks/segmentation.py photo.jpg ...   these photographs
"""

from __future__ import annotations

import sys

import numpy as np
from skimage import data, io
from solver import best_of

import coarea
from coarea.regions._colors import lab8

try:
    import higra
except ImportError:
    sys.exit("Higra is missing: pip install coarea[bench]")

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
        their_cpu, _, theirs = best_of(few, lambda v=strength: regions_of_higra(v, n))
        n_regions = len(np.unique(theirs))
        our_cpu, _, ours = best_of(times, lambda v=strength: coarea.superpixels(v, n_regions))
        n_pairs = len(np.unique(np.stack([theirs.ravel(), ours.ravel()]), axis=1).T)
        same = "the same" if n_pairs == n_regions == ours.max() + 1 else "NOT THE SAME"
        print(f"{'':24} {n_regions} superpixels {1e3 * our_cpu:.1f} ms, Higra {their_cpu / our_cpu:.2f} times, {same}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Two phases, profiles and shape space against PyMaxflow and scikit-image: python tests/benchmarks/shape_space.py

CPU time in milliseconds, least of several runs, one thread, all in one process. A ratio says how many times longer the
peer takes.
"""

from __future__ import annotations

from collections.abc import Callable

import maxflow
import numpy as np
from skimage import data, morphology
from solver import best_of

import coarea
from coarea import attributes

BETA = 3000.0
THRESHOLDS = (10, 30, 100, 300, 1000, 3000, 10000, 30000)


def measure(call: Callable[[], object], runs: int = 3) -> float:
    """Least CPU time in milliseconds."""
    return 1e3 * best_of(runs, call)[0]


def row(title: str, own: float, peer: str = "", theirs: float = 0.0) -> None:
    ratio = f"   {peer} {theirs:9.1f} ms, ratio {theirs / own:5.1f}" if peer else ""
    print(f"{title:44s} {own:8.2f} ms{ratio}", flush=True)


def cut_by_maxflow(image: np.ndarray, low: float, high: float, beta: float) -> np.ndarray:
    preference = (image - low) ** 2 - (image - high) ** 2
    graph = maxflow.Graph[float]()
    pixels = graph.add_grid_nodes(image.shape)
    graph.add_grid_edges(pixels, beta)
    graph.add_grid_tedges(pixels, np.maximum(preference, 0), np.maximum(-preference, 0))
    graph.maxflow()
    return ~graph.get_grid_segments(pixels)


def two_phases() -> None:
    for name in ("camera", "coins", "moon"):
        image = getattr(data, name)()
        result = coarea.two_phase(image, BETA, workers=1)
        floats = image.astype(float)
        cut = measure(lambda image=image, result=result: coarea.two_phase(
            image, BETA, means=result.means, n_iter=0, workers=1
        ))  # fmt: skip
        low, high = result.means
        theirs = measure(lambda floats=floats, low=low, high=high: cut_by_maxflow(floats, low, high, BETA))
        same = (cut_by_maxflow(floats, low, high, BETA) == result.mask).mean()
        row(f"{name}: a cut, 4 neighbours (equal: {same:.3%})", cut, "PyMaxflow", theirs)
        row(
            f"  {result.n_cuts} cuts, the means found",
            measure(lambda image=image: coarea.two_phase(image, BETA, workers=1)),
        )


def profiles() -> None:
    image = data.camera()
    own = measure(lambda: coarea.attribute_profile(image, THRESHOLDS))
    row(f"camera: {len(THRESHOLDS)} areas, self-dual", own)
    own = measure(lambda: coarea.attribute_profile(image, THRESHOLDS, tree="min-max"))
    filters = (morphology.area_opening, morphology.area_closing)
    theirs = measure(lambda: [apply(image, t, connectivity=1) for t in THRESHOLDS for apply in filters], 1)
    row("  openings and closings", own, "scikit-image", theirs)


def nodes() -> None:
    image = data.camera()
    tree, bright = coarea.tree_of_shapes(image), coarea.max_tree(image)
    compactness = attributes.compactness(tree)
    row(f"dynamics of minima, {len(tree)} shapes", measure(lambda: attributes.dynamics_of_minima(tree, compactness)))
    row("ultimate opening of a tree", measure(lambda: coarea.ultimate_opening(bright)))
    row("pattern spectrum of a tree", measure(lambda: coarea.pattern_spectrum(bright, THRESHOLDS)))
    row("MSER of a tree", measure(lambda: coarea.mser(bright)))
    row("TBMR of a tree", measure(lambda: coarea.tbmr(bright)))
    index = np.arange(image.size).reshape(image.shape)
    ends = ((index[1:], index[:-1]), (index[:, 1:], index[:, :-1]))
    edges = np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in ends])
    own, grid = measure(lambda: coarea.tree_of_graph(image.ravel(), edges)), measure(lambda: coarea.max_tree(image))
    row("max-tree of the pixels as a graph", own, "max_tree", grid)


if __name__ == "__main__":
    two_phases()
    profiles()
    nodes()
